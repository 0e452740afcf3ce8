/** A piece of PCM16 at 24 kHz. */
export interface Piece {
  readonly itemId: string;
  readonly pcm: ArrayBuffer;
  /** Where it begins within its item, where another connection has brought what comes before. */
  readonly fromMs?: number;
}

/** How much of an item has been rendered. */
interface Position {
  readonly itemId: string;
  readonly ms: number;
}

/** The speech that was not reported as rendered, from which a new player can continue. */
export class UnheardSpeech {
  #pieces: Piece[] = [];
  #position: Position | undefined;
  /** The position of the first piece within its item. */
  #firstPieceMs = 0;

  /** The last reported position, or the start of the first piece. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** What comes after the position, in order. */
  get pieces(): readonly Piece[] {
    const [first, ...others] = this.#pieces;
    const { itemId, ms } = this.#position ?? {};
    if (first === undefined || ms === undefined || itemId !== first.itemId) return this.#pieces;
    const heardBytes = Math.max(0, Math.round(ms - this.#firstPieceMs)) * BYTES_PER_MS;
    return [{ itemId, pcm: first.pcm.slice(heardBytes) }, ...others];
  }

  enqueue(piece: Piece): void {
    if (piece.fromMs !== undefined && this.#pieces.length === 0) {
      this.#position = { itemId: piece.itemId, ms: piece.fromMs };
    }
    const { itemId, ms } = this.#position ??= { itemId: piece.itemId, ms: 0 };
    if (this.#pieces.length === 0) this.#firstPieceMs = itemId === piece.itemId ? ms : 0;
    this.#pieces.push(piece);
  }

  /** Drops what lies before the reported position. */
  recordPosition(reported: Position): void {
    this.#position = reported;
    const at = this.#pieces.findIndex(({ itemId }) => itemId === reported.itemId);
    if (at < 0) return;
    if (at > 0) this.#firstPieceMs = 0;
    let dropped = at;
    for (const { itemId, pcm } of this.#pieces.slice(at)) {
      const endMs = this.#firstPieceMs + durationOf(pcm);
      if (itemId !== reported.itemId || endMs > reported.ms + ROUNDING_MS) break;
      this.#firstPieceMs = endMs;
      dropped++;
    }
    this.#pieces = this.#pieces.slice(dropped);
    if (this.#pieces[0]?.itemId !== reported.itemId) this.#firstPieceMs = 0;
  }

  clear(): void {
    this.#pieces = [];
  }

  /** The position at which the player stopped after `clear`; more of the item continues there. */
  recordCleared(reported: Position): void {
    this.#position = reported;
    if (this.#pieces[0]?.itemId === reported.itemId) this.#firstPieceMs = reported.ms;
  }
}

/** In milliseconds, for PCM16 at 24 kHz. */
export function durationOf(pcm: ArrayBuffer): number {
  return pcm.byteLength / BYTES_PER_MS;
}

const BYTES_PER_MS = 48;
/** Positions are rounded up to whole milliseconds. */
const ROUNDING_MS = 0.5;
