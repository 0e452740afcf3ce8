import {
  type AudioFormat,
  type Base64,
  bytesPerMs,
  decodeBase64,
  encodeBase64,
} from "../../utils/audio/audioFormat.ts";
import type { Clock } from "../../utils/clock.ts";
import type { CallCommand } from "../callCommand.ts";
import type { CallLeg } from "../callLeg.ts";
import type { HeardSound } from "../callTap.ts";
import type { KeptSpeech } from "../keptSpeech.ts";

type WaitingLeg = Pick<CallLeg, "play" | "mark" | "clear">;

type LegCommand = Extract<
  CallCommand,
  { readonly type: "play" | "mark" | "clear" | "waitingSound" }
>;

export interface AroundWaitingSound {
  readonly leg: () => WaitingLeg | undefined;
  /** Its sound is asked for once. */
  readonly kept: () => Pick<KeptSpeech, "waiting"> | undefined;
  /** Takes what was heard of it to the recording. */
  readonly tap: { perform(command: { type: "keepHeard"; sound: HeardSound }): void };
}

/** A multiple of 3 ms, so that a piece of G.711 is whole base64. */
const PIECE_MS = 300;
/** Samples are whole, in every format, at this many bytes. */
const SAMPLE_BYTES = 2;
/** How far the leg is ahead: what it has not played is taken back when somebody speaks. */
const AHEAD = 2;

/**
 * A sound for a caller who waits, again and again until it is stopped; later it goes on where it was. It is no speech:
 * nothing of it is counted as heard, though recordings have it.
 */
export class WaitingSound {
  readonly #clock: Clock;
  readonly #format: AudioFormat;
  readonly #leg: () => WaitingLeg | undefined;
  readonly #read: () => Base64 | undefined;
  readonly #tap: AroundWaitingSound["tap"];
  /** Pieces that the leg has and that may not have been heard yet. */
  #pieces: HeardSound[] = [];
  #endsAt = 0;
  #sound: Uint8Array | undefined;
  #at = 0;
  #count = 0;
  #isOn = false;
  #nextAt = 0;
  #cancel: (() => void) | undefined;

  /** Ends by itself where there is no leg any more. */
  constructor(clock: Clock, format: AudioFormat, { leg, kept, tap }: AroundWaitingSound) {
    this.#clock = clock;
    this.#format = format;
    this.#leg = leg;
    this.#read = () => kept()?.waiting?.();
    this.#tap = tap;
  }

  /** What goes to the leg: speech takes the place of the sound. */
  perform(command: LegCommand): void {
    if (command.type === "waitingSound" && command.on) return this.#start();
    if (command.type !== "clear") this.#quiet();
    if (command.type === "play") this.#leg()?.play(command.piece);
    if (command.type === "mark") this.#leg()?.mark(command.name);
    if (command.type !== "clear") return;
    this.stop();
    this.#leg()?.clear();
  }

  #start(): void {
    if (this.#isOn) return;
    this.#sound ??= decodeBase64(this.#read() ?? "");
    if (this.#sound.length === 0) return;
    this.#isOn = true;
    this.#count++;
    this.#nextAt = this.#endsAt = this.#clock.now();
    for (let piece = 0; piece < AHEAD; piece++) this.#next();
    if (this.#isOn) this.#wait();
  }

  /** Takes back what the leg has of it. */
  #quiet(): void {
    if (!this.#isOn) return;
    this.stop();
    this.#leg()?.clear();
  }

  stop(): void {
    this.#isOn = false;
    this.#cancel?.();
    this.#cancel = undefined;
    const now = this.#clock.now();
    this.#heardUntil(now);
    const [begun] = this.#pieces;
    this.#pieces = [];
    const samples = begun === undefined
      ? 0
      : Math.floor((now - begun.at) * this.#perMs / SAMPLE_BYTES);
    if (begun === undefined || samples <= 0) return;
    this.#keep({ ...begun, audio: begun.audio.subarray(0, samples * SAMPLE_BYTES) });
  }

  /** Keeps the pieces that were heard whole. */
  #heardUntil(now: number): void {
    for (let [piece] = this.#pieces; piece !== undefined; [piece] = this.#pieces) {
      if (piece.at + PIECE_MS > now) return;
      this.#pieces.shift();
      this.#keep(piece);
    }
  }

  #keep(sound: HeardSound): void {
    this.#tap.perform({ type: "keepHeard", sound });
  }

  get #perMs(): number {
    return bytesPerMs(this.#format);
  }

  #wait(): void {
    this.#nextAt += PIECE_MS;
    const delayMs = Math.max(0, this.#nextAt - this.#clock.now());
    this.#cancel = this.#clock.setTimer(() => {
      this.#heardUntil(this.#clock.now());
      this.#next();
      if (this.#isOn) this.#wait();
    }, delayMs);
  }

  #next(): void {
    const [sound, leg] = [this.#sound, this.#leg()];
    if (sound === undefined || leg === undefined) return this.stop();
    const bytes = PIECE_MS * this.#perMs;
    const piece = new Uint8Array(bytes);
    for (let filled = 0; filled < bytes;) {
      const part = sound.subarray(this.#at, this.#at + bytes - filled);
      piece.set(part, filled);
      filled += part.length;
      this.#at = (this.#at + part.length) % sound.length;
    }
    const itemId = `waiting_${this.#count}`;
    leg.play({ itemId, audio: encodeBase64(piece), durationMs: PIECE_MS });
    // A piece that comes late is heard when it comes.
    const at = Math.max(this.#endsAt, this.#clock.now());
    this.#pieces.push({ audio: piece, at });
    this.#endsAt = at + PIECE_MS;
  }
}
