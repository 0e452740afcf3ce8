import { HeardLog } from "./heardLog.ts";
import { Keypad } from "../media/keypad.ts";
import { SpeechQueue } from "../media/speechQueue.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { ClearReport } from "../media/playBuffer.ts";

/** The person on the phone: queued speech, a keypad, and a log of what was heard. */
export class SimulatedCaller {
  readonly speech = new SpeechQueue();
  readonly keypad: Keypad;
  readonly heard: HeardLog;
  #clears: ClearReport[] = [];

  constructor({ clock, line }: NetworkContext) {
    this.keypad = new Keypad(clock);
    this.heard = new HeardLog(line.keepHeardMs);
  }

  /** What had really been played at each clear; the last ten thousand. */
  get clears(): readonly ClearReport[] {
    return this.#clears;
  }

  recordClear(report: ClearReport): void {
    this.#clears.push(report);
    if (this.#clears.length > maxClears) this.#clears = this.#clears.slice(-maxClears / 2);
  }
}

const maxClears = 10_000;
