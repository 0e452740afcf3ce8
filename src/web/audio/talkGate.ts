import { frameLevel } from "./frameLevel.ts";

interface TalkGateEvents {
  /** A frame that is to be sent. */
  onFrame(frame: ArrayBuffer): void;
  /** The caller's turn is over; `spoken` is whether anything was said in it. */
  onReleased(spoken: boolean): void;
}

/** Push-to-talk: while it is on, frames pass only as long as it is held. */
export class TalkGate {
  readonly #events: TalkGateEvents;
  #isOn = false;
  #isHeld = false;
  #loudFrames = 0;
  #closing: ReturnType<typeof setTimeout> | undefined;

  constructor(events: TalkGateEvents) {
    this.#events = events;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  set isOn(isOn: boolean) {
    this.release();
    this.#isOn = isOn;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** False where there is nothing to hold, or it is held already. */
  hold(): boolean {
    if (!this.#isOn || this.#isHeld) return false;
    // Pressed again before the last turn was over: it goes on.
    if (this.#closing === undefined) this.#loudFrames = 0;
    clearTimeout(this.#closing);
    this.#closing = undefined;
    this.#isHeld = true;
    return true;
  }

  release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#closing = setTimeout(() => {
      this.#closing = undefined;
      this.#events.onReleased(this.#loudFrames >= SPOKEN_FRAMES);
    }, TAIL_MS);
  }

  /** Takes a captured frame of 20 ms. */
  frame(frame: ArrayBuffer): void {
    if (this.#isOn) {
      if (!this.#isHeld && this.#closing === undefined) return;
      if (frameLevel(frame) > AUDIBLE) this.#loudFrames++;
    }
    this.#events.onFrame(frame);
  }

  close(): void {
    clearTimeout(this.#closing);
    this.#closing = undefined;
    this.#isHeld = false;
  }
}

/** What was said when the button was let go is still on its way from the microphone. */
const TAIL_MS = 120;
/** Shorter sounds are the press of the button. */
const SPOKEN_FRAMES = 5;
/** Some -54 dB: whoever speaks quietly is heard, too. */
const AUDIBLE = 0.002;
