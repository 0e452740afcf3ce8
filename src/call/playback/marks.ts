import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { Milliseconds } from "../types.ts";

/** Multiples of 3 ms: then a piece of G.711 ends on a whole group of base64 characters. */
export const PIECE_MS = 159;
/**
 * How much speech may go without a mark. Closer where a stretch of speech begins, for its first marks
 * show most: how late the leg started. Every mark is one more message each way.
 */
const MARK_EVERY_MS = 3 * PIECE_MS;
const CLOSE_MARKS = 3;

/** Decides which pieces of speech carry a mark, and names the marks: an echo shows what was played. */
export class Marks {
  readonly #commands: CommandBuffer;
  #generation = 0;
  #named = 0;
  #unmarkedMs = 0;
  #inBurst = 0;

  constructor(commands: CommandBuffer) {
    this.#commands = commands;
  }

  /** How long a piece may be that follows others without a gap. */
  get pieceMs(): Milliseconds {
    return this.#inBurst < CLOSE_MARKS ? PIECE_MS : MARK_EVERY_MS;
  }

  /** Sends a mark by itself, behind all speech so far; returns its name. */
  send(): string {
    const name = this.#next();
    this.#commands.push({ type: "mark", name });
    return name;
  }

  /** The mark of a piece that is being written, if it is to have one. */
  markFor(
    { durationMs, startsBurst, endsItem }: {
      readonly durationMs: Milliseconds;
      readonly startsBurst: boolean;
      readonly endsItem: boolean;
    },
  ): string | undefined {
    this.#unmarkedMs += durationMs;
    if (startsBurst) this.#inBurst = 0;
    if (!startsBurst && !endsItem && this.#unmarkedMs < this.pieceMs) return undefined;
    this.#inBurst++;
    return this.#next();
  }

  /** The leg drops what was written; the marks of that still come back, and are ignored. */
  cleared(): void {
    this.#generation++;
    this.#unmarkedMs = 0;
  }

  /** A name that was never used before; speech written so far needs no other mark. */
  #next(): string {
    this.#unmarkedMs = 0;
    return `g${this.#generation}.${++this.#named}`;
  }
}
