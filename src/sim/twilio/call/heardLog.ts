import { bytesPerMs } from "../media/playBuffer.ts";

/** Audio as it was played to the person: mu-law, and when its first sample sounded. */
export interface HeardPiece {
  /** Milliseconds since the call was answered. */
  readonly atMs: number;
  readonly audio: Uint8Array;
}

/** What a person heard, by the time it was played; keeps the last minutes of it. */
export class HeardLog {
  readonly #keepMs: number;
  #pieces: HeardPiece[] = [];
  #keptMs = 0;

  constructor(keepMs = 600_000) {
    this.#keepMs = keepMs;
  }

  /** Records audio that will play from then on, unless it is cut. */
  record(piece: HeardPiece): void {
    if (piece.audio.length === 0 || this.#keepMs === 0) return;
    this.#pieces.push(piece);
    this.#keptMs += piece.audio.length / bytesPerMs;
    while (this.#keptMs > this.#keepMs) {
      const oldest = this.#pieces.shift();
      if (oldest === undefined) return;
      this.#keptMs -= oldest.audio.length / bytesPerMs;
    }
  }

  /** Drops what would have played after that moment. */
  cut(atMs: number): void {
    this.#pieces = this.played(atMs);
    this.#keptMs = this.#pieces.reduce((sum, piece) => sum + piece.audio.length / bytesPerMs, 0);
  }

  /** What was played in a span of time, with silence where there was nothing. */
  window(fromMs: number, untilMs: number): Uint8Array<ArrayBuffer> {
    const window = new Uint8Array(Math.round((untilMs - fromMs) * bytesPerMs)).fill(0xff);
    for (const { atMs, audio } of this.#pieces.slice(-maxInWindow).reverse()) {
      const endMs = atMs + audio.length / bytesPerMs;
      if (endMs <= fromMs) break;
      if (atMs >= untilMs) continue;
      const to = Math.round((atMs - fromMs) * bytesPerMs);
      const part = audio.subarray(Math.max(0, -to), Math.max(0, window.length - to));
      window.set(part.subarray(0, window.length - Math.max(0, to)), Math.max(0, to));
    }
    return window;
  }

  /** What has been played by that moment; the last piece may be a part. */
  played(untilMs: number): HeardPiece[] {
    return this.#pieces.filter((piece) => piece.atMs < untilMs).map((piece) => {
      const bytes = Math.round((untilMs - piece.atMs) * bytesPerMs);
      return bytes >= piece.audio.length
        ? piece
        : { atMs: piece.atMs, audio: piece.audio.subarray(0, bytes) };
    });
  }

  /** All of it on one track from the answer to that moment, with silence where nothing was played. */
  track(untilMs: number): Uint8Array<ArrayBuffer> {
    const track = new Uint8Array(Math.max(0, Math.round(untilMs * bytesPerMs))).fill(0xff);
    for (const piece of this.played(untilMs)) {
      const from = Math.round(piece.atMs * bytesPerMs);
      track.set(piece.audio.subarray(0, Math.max(0, track.length - from)), from);
    }
    return track;
  }
}

/** More pieces than these never sound in one frame; what an app queues ahead counts too. */
const maxInWindow = 4_000;
