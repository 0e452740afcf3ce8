import { HeardLog } from "./heardLog.ts";
import { Keypad } from "../media/keypad.ts";
import { Mouth } from "../media/audioSource.ts";
import type { Exchange } from "../networkContext.ts";
import type { ClearReport } from "../media/playBuffer.ts";

/** The person on the phone: a mouth, a keypad, and an ear that forgets nothing. */
export class Person {
  readonly mouth = new Mouth();
  readonly keypad: Keypad;
  readonly heard: HeardLog;
  #clears: ClearReport[] = [];

  constructor({ clock, line }: Exchange) {
    this.keypad = new Keypad(clock);
    this.heard = new HeardLog({ keepMs: line.keepHeardMs ?? tenMinutesMs });
  }

  /** What had really been played at each clear; the last ten thousand. */
  get clears(): readonly ClearReport[] {
    return this.#clears;
  }

  noteClear(report: ClearReport): void {
    this.#clears.push(report);
    if (this.#clears.length > maxClears) this.#clears = this.#clears.slice(-maxClears / 2);
  }
}

const tenMinutesMs = 600_000;
const maxClears = 10_000;
