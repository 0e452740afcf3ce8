import {
  audioDurationMs,
  type AudioFormat,
  type Base64,
  silenceOf,
} from "../../utils/audioFormat.ts";
import { FLOOR_DB, levelOf } from "../../utils/audioLevel.ts";
import { SpeechDetector } from "../../utils/speechDetector.ts";
import type { CallInput } from "../callInput.ts";
import { SilenceFill } from "./silenceFill.ts";
import type { Clock } from "../../utils/clock.ts";

export interface CallerAudioOptions {
  readonly format: AudioFormat;
  /** Whether turns end by the level that is measured here, and not by what a model hears. */
  readonly endsTurns: boolean;
  /** Takes each frame, and silence in place of those that do not come while a turn goes on. */
  readonly audio: (audio: Base64) => void;
  readonly level: (speaking: boolean) => void;
}

/** What comes from the caller: handed on as it is, with only its level read. */
export class CallerAudio {
  readonly #options: CallerAudioOptions;
  readonly #detector = new SpeechDetector();
  readonly #gap: SilenceFill;

  constructor(clock: Clock, options: CallerAudioOptions) {
    this.#options = options;
    this.#gap = new SilenceFill(clock, (durationMs) => {
      this.#take(silenceOf(durationMs, options.format), FLOOR_DB);
    });
  }

  /** Tells whether it was a frame: base64, and not empty. */
  hear(audio: Base64): boolean {
    const levelDb = levelOf(audio, this.#options.format);
    if (levelDb === undefined) return false;
    this.#gap.frame();
    this.#take(audio, levelDb);
    return true;
  }

  /** A turn is as long as whoever listens for its end takes it to be. */
  follow(input: CallInput): void {
    switch (input.type) {
      case "speechStarted":
        return this.#gap.turnBegins();
      case "speechStopped":
      case "committed":
      case "modelLost":
        return this.#gap.turnEnds();
      case "callerLevel":
        if (!this.#options.endsTurns) return;
        return input.speaking ? this.#gap.turnBegins() : this.#gap.turnEnds();
    }
  }

  close(): void {
    this.#gap.turnEnds();
  }

  #take(audio: Base64, levelDb: number): void {
    const { format, audio: handOn, level } = this.#options;
    handOn(audio);
    const change = this.#detector.hear(levelDb, audioDurationMs(audio, format));
    if (change !== undefined) level(change === "started");
  }
}
