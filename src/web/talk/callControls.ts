/// <reference lib="dom" />
import { find } from "../elements.ts";
import type { WebCall } from "./webCall.ts";

interface CallControlEvents {
  onMuteChange(): void;
  onHangUp(): void;
}

/** Connects the buttons, keypad and text field of a live call, with their keyboard shortcuts. */
export function createCallControls({ onMuteChange, onHangUp }: CallControlEvents) {
  const view = find("talk", HTMLElement);
  const desk = find("desk", HTMLElement);
  const textField = find("text", HTMLInputElement);
  const muteButton = find("mute", HTMLButtonElement);
  const interruptButton = find("interrupt", HTMLButtonElement);
  const keypad = find("keypad", HTMLElement);
  const keypadToggle = find("keypad-toggle", HTMLButtonElement);
  let call: WebCall | undefined;

  muteButton.onclick = toggleMute;
  interruptButton.onclick = interrupt;
  keypadToggle.onclick = () => showKeypad(keypad.hidden !== false);
  fillKeypad(keypad, (digit) => call?.send({ type: "dtmf", digit }));
  find("stop", HTMLButtonElement).onclick = onHangUp;
  find("text-form", HTMLFormElement).onsubmit = (event) => {
    event.preventDefault();
    const text = textField.value.trim();
    if (text !== "") call?.send({ type: "text", text });
    textField.value = "";
  };
  document.onkeydown = ({ key, target, repeat, ctrlKey, metaKey, altKey }) => {
    if (repeat || ctrlKey || metaKey || altKey || view.hidden) return;
    if (key === "Escape") interrupt();
    else if (key.toLowerCase() === "m" && !isText(target)) toggleMute();
  };

  return {
    /** Shows the controls of a call and focuses the main one; hides them without a call. */
    show(shown: WebCall | undefined): void {
      call = shown;
      desk.hidden = call === undefined;
      showKeypad(false);
      // With push-to-talk the agent hears nothing anyway until the button is held.
      const isPushed = call?.pushToTalk === true;
      if (call !== undefined && isPushed && call.muted) call.muted = false;
      muteButton.hidden = call?.hasMicrophone === false || isPushed;
      muteButton.ariaPressed = String(call?.hasMicrophone === true && call.muted);
      if (call !== undefined) (call.hasMicrophone ? muteButton : textField).focus();
    },
    /** Whether there is anything to interrupt. */
    setInterruptible(interruptible: boolean): void {
      interruptButton.disabled = !interruptible;
    },
  };

  function showKeypad(shown: boolean): void {
    keypad.hidden = !shown;
    keypadToggle.ariaExpanded = String(shown);
  }

  function toggleMute(): void {
    if (call?.hasMicrophone !== true || call.pushToTalk) return;
    call.muted = !call.muted;
    muteButton.ariaPressed = String(call.muted);
    onMuteChange();
  }

  function interrupt(): void {
    if (!interruptButton.disabled) call?.send({ type: "interrupt" });
  }
}

/** Fills `group` with the twelve keys of a telephone. */
function fillKeypad(group: HTMLElement, onDigit: (digit: string) => void): void {
  group.replaceChildren(
    ..."123456789*0#".split("").map((digit) => {
      const key = document.createElement("button");
      key.type = "button";
      key.textContent = digit;
      key.onclick = () => onDigit(digit);
      return key;
    }),
  );
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement;
}
