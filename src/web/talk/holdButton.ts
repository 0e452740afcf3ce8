/// <reference lib="dom" />
import { find } from "../elements.ts";
import type { WebCall } from "./webCall.ts";

/**
 * Connects push-to-talk: the button, by pointer, touch and keyboard, and the space bar wherever it has no
 * other meaning. Enter, and what assistive software presses, holds until it is pressed again.
 */
export function createHoldButton({ isVisible, onChange }: {
  readonly isVisible: () => boolean;
  /** The caller has begun or ceased to talk. */
  readonly onChange: () => void;
}) {
  const button = find("hold", HTMLButtonElement);
  let call: WebCall | undefined;

  button.onpointerdown = (event) => {
    if (event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    hold();
  };
  button.onpointerup = button.onpointercancel = release;
  // A long press on a touch screen would open a menu.
  button.oncontextmenu = (event) => event.preventDefault();
  button.onclick = ({ detail }) => {
    if (detail !== 0) return;
    if (call?.isHeld === true) release();
    else hold();
  };
  document.addEventListener("keydown", (event) => {
    if (event.code !== "Space" || !isOn() || !isVisible() || !isFree(event)) return;
    // Held down, it comes again and again, and would scroll the page or press the button.
    event.preventDefault();
    if (!event.repeat) hold();
  });
  document.addEventListener("keyup", (event) => {
    if (event.code !== "Space" || call?.isHeld !== true) return;
    event.preventDefault();
    release();
  });
  // The key is let go elsewhere.
  addEventListener("blur", release);
  document.addEventListener("visibilitychange", release);

  return {
    /** Shows the button where the call has push-to-talk. */
    show(shown: WebCall | undefined): void {
      call = shown;
      button.hidden = !isOn();
      button.ariaPressed = "false";
    },
    focus: (): void => button.focus(),
  };

  function isOn(): boolean {
    return call?.hasMicrophone === true && call.pushToTalk;
  }

  function isFree({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey || altKey || !(target instanceof Element)) return false;
    return target === button || target.closest(WITH_SPACE) === null;
  }

  function hold(): void {
    if (!isOn() || call?.isHeld === true) return;
    call?.hold();
    button.ariaPressed = "true";
    onChange();
  }

  function release(): void {
    if (call?.isHeld !== true) return;
    call.release();
    button.ariaPressed = "false";
    onChange();
  }
}

/** Where the space bar writes, presses or opens. */
const WITH_SPACE =
  "input, textarea, select, button, summary, a[href], dialog, [contenteditable], [role=button]";
