import {
  type AudioFormat,
  type Base64,
  bytesPerMs,
  encodeBase64,
} from "../../utils/audio/audioFormat.ts";
import { ByteRing } from "../../utils/byteRing.ts";
import type { Milliseconds } from "../types.ts";

/** A frame of the caller's audio, or the end of a turn. */
interface Kept {
  /** Absent where a turn was ended by hand. */
  readonly audio?: Base64;
}

/** Longer than a turn that a caller would not repeat when asked. */
const MAX_MS = 30_000;
const MAX_KEPT = 6000;
/** Room for a second of a phone line, which is what a call without a turn under way needs. */
const LEAST_ENTRIES = 64;
const LEAST_MS = 1024;

/**
 * The caller's latest audio, for a connection that has not heard it: half a minute at most.
 *
 * It is copied into memory of its own, a ring: frames that were kept as objects would all outlive a
 * collection of garbage, which has to copy what outlives it.
 */
export class KeptAudio {
  readonly #maxBytes: number;
  readonly #bytes: ByteRing;
  /** When each entry came, and its length; a commit has none. */
  #at = new Float64Array(LEAST_ENTRIES);
  #lengths = new Uint32Array(LEAST_ENTRIES);
  /** The first entry; those behind it go on at the beginning of the arrays. */
  #first = 0;
  #count = 0;

  constructor(format: AudioFormat) {
    this.#maxBytes = MAX_MS * bytesPerMs(format);
    this.#bytes = new ByteRing(LEAST_MS * bytesPerMs(format));
  }

  /** Copies a frame, which is not empty. */
  keep(bytes: Uint8Array, at: Milliseconds): void {
    const kept = bytes.length <= this.#maxBytes ? bytes : bytes.subarray(-this.#maxBytes);
    while (this.#bytes.length + kept.length > this.#maxBytes) this.#forgetFirst();
    this.#add(kept.length, at);
    this.#bytes.append(kept);
  }

  /** The caller's turn has been ended by hand. */
  keepCommit(at: Milliseconds): void {
    this.#add(0, at);
  }

  /** Forgets what came before. */
  forgetBefore(at: Milliseconds): void {
    while (this.#count > 0 && this.#at[this.#first]! < at) this.#forgetFirst();
  }

  /** Forgets what the caller has taken back: all since the last commit. */
  forgetTurn(): void {
    while (this.#count > 0) {
      const last = this.#index(this.#count - 1);
      const length = this.#lengths[last]!;
      if (length === 0) return;
      this.#bytes.dropLast(length);
      this.#count--;
    }
  }

  /** What came at that time or after, the oldest first. */
  from(at: Milliseconds): readonly Kept[] {
    const kept: Kept[] = [];
    let offset = 0;
    for (let i = 0; i < this.#count; i++) {
      const index = this.#index(i);
      const length = this.#lengths[index]!;
      if (this.#at[index]! >= at) {
        kept.push(length === 0 ? {} : { audio: encodeBase64(this.#bytes.copy(offset, length)) });
      }
      offset += length;
    }
    return kept;
  }

  #add(length: number, at: Milliseconds): void {
    if (this.#count >= MAX_KEPT) this.#forgetFirst();
    if (this.#count === this.#at.length) this.#grow();
    const index = this.#index(this.#count);
    this.#at[index] = at;
    this.#lengths[index] = length;
    this.#count++;
  }

  #forgetFirst(): void {
    this.#bytes.dropFirst(this.#lengths[this.#first]!);
    this.#first = this.#index(1);
    this.#count--;
  }

  #index(entry: number): number {
    const index = this.#first + entry;
    return index < this.#at.length ? index : index - this.#at.length;
  }

  #grow(): void {
    const at = new Float64Array(this.#at.length * 2);
    const lengths = new Uint32Array(at.length);
    for (let i = 0; i < this.#count; i++) {
      const index = this.#index(i);
      at[i] = this.#at[index]!;
      lengths[i] = this.#lengths[index]!;
    }
    this.#at = at;
    this.#lengths = lengths;
    this.#first = 0;
  }
}
