import { HeardLog } from "./heardLog.ts";
import { CallerFrames } from "../media/callerFrames.ts";
import { Keypad } from "../media/keypad.ts";
import { SpeechQueue } from "../media/speechQueue.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { ClearReport } from "../media/playBuffer.ts";

/** The person on the phone: queued speech, a keypad, and a log of what was heard. */
export class SimulatedCaller {
  readonly speech = new SpeechQueue();
  /** What the network gets of it. */
  readonly frames: CallerFrames;
  readonly keypad: Keypad;
  readonly heard: HeardLog;
  /** What the network was given for the app, when. */
  readonly said: HeardLog;
  #clears: ClearReport[] = [];

  constructor({ clock, line, random }: NetworkContext) {
    this.keypad = new Keypad(clock);
    this.frames = new CallerFrames(this.speech, line, random);
    this.heard = new HeardLog(line.keepHeardMs);
    this.said = new HeardLog(line.keepSaidMs ?? 0);
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
