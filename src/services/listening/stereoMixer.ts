import type { CallEar, ListenedCall } from "../../call/callEar.ts";
import { type AudioFormat, bytesPerMs, decodeBase64 } from "../../utils/audio/audioFormat.ts";
import { A_LAW, decodeG711, encodeG711, MU_LAW } from "../../utils/audio/g711.ts";
import { createResampler } from "../../utils/audio/resampler.ts";
import { SideTrack } from "./sideTrack.ts";

/** A tenth of a second of both sides, as people who listen in get it. */
export interface StereoPiece {
  /** Where it begins, in milliseconds since the call began. */
  readonly atMs: number;
  /** Nothing is heard as the recording is paused. */
  readonly isSilenced: boolean;
  /** Mu-law at 8 kHz, sample by sample: the caller, the agent. */
  readonly audio: Uint8Array<ArrayBuffer>;
}

export const PIECE_MS = 100;
/** What comes later than this is left out: networks are uneven. */
const BEHIND_MS = 200;
const SLACK_MS = 120;
/** A caller who sends a file gets no further ahead; no leg is given speech earlier. */
const MAX_LEAD_MS = { caller: 2000, agent: 20_000 };
/** After a longer stall what was not read is left out. */
const MAX_LATE_MS = 2000;

/** Puts both sides of a call side by side in time, while it has listeners. */
export class StereoMixer implements CallEar {
  readonly #now: () => number;
  readonly #isPaused: () => boolean;
  #caller: SideTrack | undefined;
  #agent: SideTrack | undefined;
  #toMuLaw: readonly ((audio: Uint8Array) => Uint8Array)[] = [];
  #perMs = 8;
  #startedAt = 0;
  #cursor = 0;
  #silentUntil = -Infinity;
  #wasPaused = false;

  /** `isPaused` while nothing may be heard. */
  constructor(now: () => number, isPaused: () => boolean) {
    this.#now = now;
    this.#isPaused = isPaused;
  }

  /** The call that it hears from now on. */
  begin({ format, startedAt, queued }: Omit<ListenedCall, "stop">): void {
    this.#startedAt = startedAt;
    this.#perMs = bytesPerMs(format);
    this.#toMuLaw = [toMuLaw(format), toMuLaw(format)];
    this.#caller = new SideTrack(format, MAX_LEAD_MS.caller);
    this.#agent = new SideTrack(format, MAX_LEAD_MS.agent);
    for (const { audio, at } of queued) this.#agent.put(audio.slice(), at, SLACK_MS);
    this.#cursor = this.#now();
  }

  caller(frame: Uint8Array): void {
    if (this.#isPaused() || this.#caller === undefined) return;
    // Of a long frame nothing is left out, though its beginning is past.
    const begins = Math.max(this.#now() - frame.length / this.#perMs, this.#cursor);
    this.#caller.put(frame.slice(), begins, SLACK_MS);
  }

  agent(audio: string): void {
    this.#agent?.put(decodeBase64(audio), this.#now(), 0);
  }

  clear(): void {
    this.#agent?.cut(this.#now());
  }

  /** What was heard since the last time, but for the latest moment. */
  take(): readonly StereoPiece[] {
    const now = this.#now();
    const paused = this.#isPaused();
    // What was said just before the end of a pause belongs to it.
    if (paused || this.#wasPaused) this.#silentUntil = now;
    this.#wasPaused = paused;
    const until = now - BEHIND_MS;
    if (until - this.#cursor > MAX_LATE_MS) this.#cursor = until - PIECE_MS;
    const pieces: StereoPiece[] = [];
    for (; this.#cursor + PIECE_MS <= until; this.#cursor += PIECE_MS) pieces.push(this.#next());
    return pieces;
  }

  #next(): StereoPiece {
    const isSilenced = this.#cursor < this.#silentUntil;
    const sides = [this.#caller, this.#agent].map((track, side) => {
      const audio = track?.read(this.#cursor, PIECE_MS);
      return isSilenced || audio === undefined ? undefined : this.#toMuLaw[side]?.(audio);
    });
    const samples = PIECE_MS * 8;
    const audio = new Uint8Array(2 * samples).fill(0xff);
    sides.forEach((codes, side) => {
      for (let i = 0; codes !== undefined && i < samples; i++) {
        audio[2 * i + side] = codes[i] ?? 0xff;
      }
    });
    return { atMs: Math.max(0, Math.round(this.#cursor - this.#startedAt)), isSilenced, audio };
  }
}

/** Of one side, whose audio follows without a gap. */
function toMuLaw(format: AudioFormat): (audio: Uint8Array) => Uint8Array {
  if (format === "pcmu") return (audio) => audio;
  if (format === "pcma") return (audio) => encodeG711(MU_LAW, decodeG711(A_LAW, audio));
  const resampler = createResampler(24_000, 8000);
  return (audio) => {
    const samples = new Int16Array(audio.buffer, audio.byteOffset, audio.length / 2);
    return encodeG711(MU_LAW, resampler.process(samples));
  };
}
