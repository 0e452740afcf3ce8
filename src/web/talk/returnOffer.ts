/// <reference lib="dom" />
import { find } from "../elements.ts";
import { type LeftCall, msLeft } from "./leftCall.ts";

interface ReturnOfferEvents {
  /** Called within the click. */
  onContinue(left: LeftCall): void;
  /** The caller wants no more of it, or it is too late. */
  onGone(): void;
}

/** Connects the offer to go on with the call of a page that was left, in the place of the start form. */
export function createReturnOffer({ onContinue, onGone }: ReturnOfferEvents) {
  const panel = find("return", HTMLElement);
  const form = find("start-form", HTMLFormElement);
  const seconds = find("return-seconds", HTMLElement);
  const button = find("return-continue", HTMLButtonElement);
  let left: LeftCall | undefined;
  let countdown: ReturnType<typeof setInterval> | undefined;

  button.onclick = () => {
    const continued = left;
    hide();
    if (continued !== undefined) onContinue(continued);
  };
  find("return-decline", HTMLButtonElement).onclick = giveUp;

  return {
    show(call: LeftCall): void {
      left = call;
      panel.hidden = false;
      form.hidden = true;
      countdown = setInterval(count, 1000);
      count();
      button.focus();
    },
  };

  function count(): void {
    const ms = left === undefined ? 0 : msLeft(left);
    if (ms <= 0) return giveUp();
    seconds.textContent = `${Math.ceil(ms / 1000)} s`;
  }

  function giveUp(): void {
    hide();
    onGone();
  }

  function hide(): void {
    clearInterval(countdown);
    left = undefined;
    panel.hidden = true;
    form.hidden = false;
  }
}
