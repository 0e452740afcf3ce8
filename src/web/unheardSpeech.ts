/** A piece of PCM16 at 24 kHz. */
export interface Piece {
  readonly itemId: string;
  readonly pcm: ArrayBuffer;
}

/** How much of an item has been rendered. */
export interface Position {
  readonly itemId: string;
  readonly ms: number;
}

/** The speech that was not reported as rendered, from which a new player can continue. */
export interface UnheardSpeech {
  /** The last reported position, or the start of the first piece. */
  readonly position: Position | undefined;
  /** What comes after it, in order. */
  readonly pieces: readonly Piece[];
  enqueue(piece: Piece): void;
  /** Drops what lies before the reported position. */
  recordPosition(position: Position): void;
  clear(): void;
  /** The position at which the player stopped after `clear`; more of the same item continues there. */
  recordCleared(position: Position): void;
}

/** Starts empty. */
export function createUnheardSpeech(): UnheardSpeech {
  let pieces: Piece[] = [];
  let position: Position | undefined;
  /** The position of the first piece within its item. */
  let firstPieceMs = 0;

  return {
    get position() {
      return position;
    },
    get pieces() {
      const [first, ...others] = pieces;
      if (first === undefined || position?.itemId !== first.itemId) return pieces;
      const heardBytes = Math.max(0, Math.round(position.ms - firstPieceMs)) * BYTES_PER_MS;
      return [{ ...first, pcm: first.pcm.slice(heardBytes) }, ...others];
    },
    enqueue(piece) {
      position ??= { itemId: piece.itemId, ms: 0 };
      if (pieces.length === 0) firstPieceMs = position.itemId === piece.itemId ? position.ms : 0;
      pieces.push(piece);
    },
    recordPosition(reported) {
      position = reported;
      const at = pieces.findIndex(({ itemId }) => itemId === reported.itemId);
      if (at < 0) return;
      if (at > 0) firstPieceMs = 0;
      let drops = at;
      for (const { itemId, pcm } of pieces.slice(at)) {
        const endsMs = firstPieceMs + durationOf(pcm);
        if (itemId !== reported.itemId || endsMs > reported.ms + ROUNDING_MS) break;
        firstPieceMs = endsMs;
        drops++;
      }
      pieces = pieces.slice(drops);
      if (pieces[0]?.itemId !== reported.itemId) firstPieceMs = 0;
    },
    recordCleared(reported) {
      position = reported;
      if (pieces[0]?.itemId === reported.itemId) firstPieceMs = reported.ms;
    },
    clear() {
      pieces = [];
    },
  };
}

/** In milliseconds, for PCM16 at 24 kHz. */
export function durationOf(pcm: ArrayBuffer): number {
  return pcm.byteLength / BYTES_PER_MS;
}

const BYTES_PER_MS = 48;
/** Positions are rounded up to whole milliseconds. */
const ROUNDING_MS = 0.5;
