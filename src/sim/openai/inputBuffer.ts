import {
  audioDurationMs,
  type AudioFormat,
  type Base64,
  bytesPerMs,
  isBase64,
} from "../../utils/audio/audioFormat.ts";
import { FLOOR_DB, levelOf } from "../../utils/audio/audioLevel.ts";
import { SpeechDetector } from "../../utils/audio/speechDetector.ts";
import { newId, type Refusal, type TurnDetection } from "./wire.ts";

/** What the server noticed in the caller's audio; times count audio since the session began. */
export type SpeechChange =
  | { readonly type: "started"; readonly itemId: string; readonly audioStartMs: number }
  | { readonly type: "stopped"; readonly audioEndMs: number; readonly turn: SpokenTurn };

/** A stretch of the caller's audio that becomes an item. */
export interface SpokenTurn {
  readonly itemId: string;
  readonly audioStartMs: number;
  /** Length of the item, padding and closing silence included. */
  readonly audioMs: number;
  /** Length of the speech alone. */
  readonly spokenMs: number;
}

/** The input audio buffer and its voice detection, which run on audio time, not on the clock. */
export class InputBuffer {
  #format: AudioFormat;
  #detection: TurnDetection | null;
  #detector: SpeechDetector;
  #totalMs = 0;
  #startMs = 0;
  #speech:
    | { readonly itemId: string; readonly startMs: number; readonly forced: boolean }
    | undefined;

  constructor(format: AudioFormat, detection: TurnDetection | null) {
    this.#format = format;
    this.#detection = detection;
    this.#detector = detectorFor(detection);
  }

  /** Audio heard since the session began. */
  get totalMs(): number {
    return this.#totalMs;
  }

  get speaking(): boolean {
    return this.#speech !== undefined;
  }

  configure(format: AudioFormat, detection: TurnDetection | null): void {
    this.#format = format;
    if (JSON.stringify(detection) === JSON.stringify(this.#detection)) return;
    this.#detection = detection;
    this.#detector = detectorFor(detection);
    this.#speech = undefined;
  }

  /** Takes one `append`; undefined where it is not base64. */
  append(audio: Base64): readonly SpeechChange[] | undefined {
    if (audio === "") return [];
    if (!isBase64(audio)) return undefined;
    const heard: SpeechChange[] = [];
    const step = windowChars[this.#format];
    for (let at = 0; at < audio.length; at += step) {
      const event = this.#hear(audio.length <= step ? audio : audio.slice(at, at + step));
      if (event) heard.push(event);
    }
    return heard;
  }

  /** Takes the buffer as a turn, as `input_audio_buffer.commit` does. */
  commit(): SpokenTurn | Refusal {
    const audioMs = this.#totalMs - this.#startMs;
    if (audioMs < minCommitMs) {
      return {
        code: "input_audio_buffer_commit_empty",
        message: "Error committing input audio buffer: buffer too small. Expected at least " +
          `${minCommitMs}ms of audio, but buffer only has ${audioMs.toFixed(2)}ms of audio.`,
      };
    }
    const itemId = this.#speech?.itemId ?? newId("item");
    const turn = { itemId, audioStartMs: Math.round(this.#startMs), audioMs, spokenMs: audioMs };
    this.clear();
    return turn;
  }

  /** What an idle timeout commits: the silence since the last turn. */
  commitSilence(): SpokenTurn {
    const audioMs = this.#totalMs - this.#startMs;
    const audioStartMs = Math.round(this.#startMs);
    this.clear();
    return { itemId: newId("item"), audioStartMs, audioMs, spokenMs: 0 };
  }

  clear(): void {
    this.#startMs = this.#totalMs;
    this.#speech = undefined;
    this.#detector = detectorFor(this.#detection);
  }

  /** Pretends that speech begins now; the detector is not asked until `stopSpeech`. */
  startSpeech(): SpeechChange | undefined {
    return this.#speech ? undefined : this.#begin(true);
  }

  /** Pretends that speech ends now, after `spokenMs` if that was not really heard. */
  stopSpeech(spokenMs?: number): SpeechChange | undefined {
    return this.#speech && this.#end(spokenMs);
  }

  #hear(audio: Base64): SpeechChange | undefined {
    const durationMs = audioDurationMs(audio, this.#format);
    this.#totalMs += durationMs;
    if (this.#detection === null || this.#speech?.forced) return undefined;
    const change = this.#detector.hear(levelOf(audio, this.#format) ?? FLOOR_DB, durationMs);
    if (change === "started" && !this.#speech) return this.#begin(false);
    return change === "stopped" && this.#speech ? this.#end() : undefined;
  }

  #begin(forced: boolean): SpeechChange {
    const padded = this.#totalMs - (forced ? 0 : onsetMs) - prefixMs(this.#detection);
    const startMs = Math.max(this.#startMs, Math.round(padded));
    const itemId = newId("item");
    this.#startMs = startMs;
    this.#speech = { itemId, startMs, forced };
    return { type: "started", itemId, audioStartMs: Math.round(startMs) };
  }

  #end(claimedMs?: number): SpeechChange | undefined {
    if (!this.#speech) return undefined;
    const { itemId, startMs } = this.#speech;
    const heardMs = this.#totalMs - startMs;
    const spokenMs = claimedMs ??
      Math.max(0, heardMs - silenceMs(this.#detection) - prefixMs(this.#detection));
    const audioMs = Math.round(Math.max(heardMs, claimedMs ?? 0));
    this.#speech = undefined;
    this.#startMs = this.#totalMs;
    const turn = { itemId, audioStartMs: Math.round(startMs), audioMs, spokenMs };
    return { type: "stopped", audioEndMs: Math.round(startMs) + audioMs, turn };
  }
}

const minCommitMs = 100;

const onsetMs = 60;

// A whole number of base64 quanta, so that a long append is judged in pieces without decoding it.
const windowChars: Readonly<Record<AudioFormat, number>> = {
  pcmu: 30 * bytesPerMs("pcmu") / 3 * 4,
  pcma: 30 * bytesPerMs("pcma") / 3 * 4,
  pcm24k: 20 * bytesPerMs("pcm24k") / 3 * 4,
};

function detectorFor(detection: TurnDetection | null): SpeechDetector {
  // The API's threshold runs from 0 to 1; its default of 0.5 is the detector's own margin of 12 dB.
  const marginDb = 6 + 12 * (detection?.threshold ?? 0.5);
  return new SpeechDetector({ onsetMs, hangoverMs: silenceMs(detection), marginDb });
}

function silenceMs(detection: TurnDetection | null): number {
  return detection?.silence_duration_ms ?? 500;
}

function prefixMs(detection: TurnDetection | null): number {
  return detection?.prefix_padding_ms ?? 300;
}
