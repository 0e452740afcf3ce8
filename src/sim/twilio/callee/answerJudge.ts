import { levelsOfBytes } from "../../../utils/audio/audioLevel.ts";
import { decodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import { SpeechDetector } from "../../../utils/audio/speechDetector.ts";
import { ToneDetector } from "../../../utils/audio/toneDetector.ts";

/** How Twilio's answering machine detection is set; the defaults are Twilio's. */
export interface JudgeOptions {
  readonly mode: "Enable" | "DetectMessageEnd";
  readonly timeoutMs?: number | undefined;
  readonly speechThresholdMs?: number | undefined;
  readonly speechEndThresholdMs?: number | undefined;
  readonly silenceTimeoutMs?: number | undefined;
}

/** Silence after a greeting that has no beep. */
const MESSAGE_END_MS = 2_500;
const FRAME_MS = 20;

/**
 * Who answered, by Twilio's rules: from the lengths of speech and silence alone, so that it is wrong where
 * Twilio is wrong. A person with a long greeting is a machine, a machine with a short one is a person.
 */
export class AnswerJudge {
  readonly #options: JudgeOptions;
  readonly #speech = new SpeechDetector({ hangoverMs: 200 });
  readonly #tones = new ToneDetector();
  #atMs = 0;
  #beganMs: number | undefined;
  #quietMs = 0;
  #isMachine = false;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** How long it has listened. */
  get atMs(): number {
    return this.#atMs;
  }

  /** Takes the next 20 ms of mu-law; returns Twilio's word once it is certain. */
  hear(frame: Uint8Array): string | undefined {
    this.#atMs += FRAME_MS;
    const tone = this.#tones.hear(decodeG711(MU_LAW, frame));
    const sounding = this.#tones.sounding;
    if (sounding !== undefined && sounding.ms >= 1_000 && isFax(sounding.hz)) return "fax";
    this.#speech.hear(levelsOfBytes(frame, frame.length, "pcmu").levelDb, FRAME_MS);
    this.#quietMs = this.#speech.speaking ? 0 : this.#quietMs + FRAME_MS;
    const { mode, timeoutMs = 30_000 } = this.#options;
    const beeped = tone !== undefined && !isFax(tone.hz) && tone.ms < 2_000;
    if (!this.#isMachine) {
      const word = this.#greeting();
      if (word !== "machine") return word ?? (this.#atMs >= timeoutMs ? "unknown" : undefined);
      if (mode === "Enable") return "machine_start";
      this.#isMachine = true;
    }
    if (beeped) return "machine_end_beep";
    if (this.#quietMs >= MESSAGE_END_MS) return "machine_end_silence";
    return this.#atMs >= timeoutMs ? "machine_end_other" : undefined;
  }

  #greeting(): "machine" | "human" | "unknown" | undefined {
    const {
      speechThresholdMs = 2_400,
      speechEndThresholdMs = 1_200,
      silenceTimeoutMs = 5_000,
    } = this.#options;
    if (this.#beganMs === undefined) {
      if (this.#speech.speaking) this.#beganMs = this.#atMs;
      else if (this.#atMs >= silenceTimeoutMs) return "unknown";
      return undefined;
    }
    if (this.#quietMs >= speechEndThresholdMs) return "human";
    const spokenMs = this.#atMs - this.#quietMs - this.#beganMs;
    return spokenMs >= speechThresholdMs ? "machine" : undefined;
  }
}

/** The tones by which a fax answers and calls. */
function isFax(hz: number): boolean {
  return Math.abs(hz - 2_100) < 30 || Math.abs(hz - 1_100) < 15;
}
