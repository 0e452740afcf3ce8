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
import type { KeptSpeech } from "../keptSpeech.ts";

type WaitingLeg = Pick<CallLeg, "play" | "mark" | "clear">;

type LegCommand = Extract<
  CallCommand,
  { readonly type: "play" | "mark" | "clear" | "waitingSound" }
>;

/** A multiple of 3 ms, so that a piece of G.711 is whole base64. */
const PIECE_MS = 300;
/** How far the leg is ahead: what it has not played is taken back when somebody speaks. */
const AHEAD = 2;

/**
 * A sound for a caller who waits, again and again until it is stopped; later it goes on where it was. It is no speech:
 * nothing of it is counted as heard.
 */
export class WaitingSound {
  readonly #clock: Clock;
  readonly #format: AudioFormat;
  readonly #leg: () => WaitingLeg | undefined;
  readonly #read: () => Base64 | undefined;
  #sound: Uint8Array | undefined;
  #at = 0;
  #count = 0;
  #isOn = false;
  #nextAt = 0;
  #cancel: (() => void) | undefined;

  /** Ends by itself where there is no `leg` any more; the sound of `kept` is asked for once. */
  constructor(
    clock: Clock,
    format: AudioFormat,
    leg: () => WaitingLeg | undefined,
    kept: () => Pick<KeptSpeech, "waiting"> | undefined,
  ) {
    this.#clock = clock;
    this.#format = format;
    this.#leg = leg;
    this.#read = () => kept()?.waiting?.();
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
    this.#nextAt = this.#clock.now();
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
  }

  #wait(): void {
    this.#nextAt += PIECE_MS;
    const delayMs = Math.max(0, this.#nextAt - this.#clock.now());
    this.#cancel = this.#clock.setTimer(() => {
      this.#next();
      if (this.#isOn) this.#wait();
    }, delayMs);
  }

  #next(): void {
    const [sound, leg] = [this.#sound, this.#leg()];
    if (sound === undefined || leg === undefined) return this.stop();
    const bytes = PIECE_MS * bytesPerMs(this.#format);
    const piece = new Uint8Array(bytes);
    for (let filled = 0; filled < bytes;) {
      const part = sound.subarray(this.#at, this.#at + bytes - filled);
      piece.set(part, filled);
      filled += part.length;
      this.#at = (this.#at + part.length) % sound.length;
    }
    const itemId = `waiting_${this.#count}`;
    leg.play({ itemId, audio: encodeBase64(piece), durationMs: PIECE_MS });
  }
}
