import {
  type AudioFormat,
  type Base64,
  bytesPerMs,
  decodeBase64,
  isBase64,
} from "../../utils/audio/audioFormat.ts";
import { levelsOfBytes } from "../../utils/audio/audioLevel.ts";
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

/**
 * The input audio buffer and its voice detection, which run on audio time, not on the clock, and hear the
 * same whatever the pieces that the audio comes in.
 */
export class InputBuffer {
  #format: AudioFormat;
  #detection: TurnDetection | null;
  #detector: SpeechDetector;
  /** What is judged at once; the audio that has not filled it yet is its beginning. */
  readonly #window = new Uint8Array(windowMs * bytesPerMs("pcm24k"));
  #windowBytes = 0;
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
    if (format !== this.#format) this.#windowBytes = 0;
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
    const bytes = decodeBase64(audio);
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + this.#windowLength - this.#windowBytes);
      at += piece.length;
      const event = this.#hear(piece);
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
    this.#windowBytes = 0;
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

  get #windowLength(): number {
    return windowMs * bytesPerMs(this.#format);
  }

  #hear(piece: Uint8Array): SpeechChange | undefined {
    this.#totalMs += piece.length / bytesPerMs(this.#format);
    this.#window.set(piece, this.#windowBytes);
    this.#windowBytes += piece.length;
    if (this.#windowBytes < this.#windowLength) return undefined;
    this.#windowBytes = 0;
    if (this.#detection === null || this.#speech?.forced) return undefined;
    const { levelDb } = levelsOfBytes(this.#window, this.#windowLength, this.#format);
    const change = this.#detector.hear(levelDb, windowMs);
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

const windowMs = 20;

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
