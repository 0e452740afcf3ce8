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

/** Keeps what was not reported as rendered, so that another player can go on with it. */
export interface UnheardSpeech {
  /** The last position that was reported, or the beginning of what comes first. */
  readonly position: Position | undefined;
  /** What lies behind it, in the order of speaking. */
  readonly pieces: readonly Piece[];
  add(piece: Piece): void;
  /** Forgets what lies before the position. */
  rendered(position: Position): void;
  clear(): void;
  /** Where the player was when it was cleared: an item that goes on goes on from there. */
  silenced(position: Position): void;
}

export function createUnheardSpeech(): UnheardSpeech {
  let pieces: Piece[] = [];
  let position: Position | undefined;
  /** Where in its item the first piece begins. */
  let beginsMs = 0;

  return {
    get position() {
      return position;
    },
    get pieces() {
      const [first, ...others] = pieces;
      if (first === undefined || position?.itemId !== first.itemId) return pieces;
      const heardBytes = Math.max(0, Math.round(position.ms - beginsMs)) * BYTES_PER_MS;
      return [{ ...first, pcm: first.pcm.slice(heardBytes) }, ...others];
    },
    add(piece) {
      position ??= { itemId: piece.itemId, ms: 0 };
      if (pieces.length === 0) beginsMs = position.itemId === piece.itemId ? position.ms : 0;
      pieces.push(piece);
    },
    rendered(reported) {
      position = reported;
      const at = pieces.findIndex(({ itemId }) => itemId === reported.itemId);
      if (at < 0) return;
      if (at > 0) beginsMs = 0;
      let drops = at;
      for (const { itemId, pcm } of pieces.slice(at)) {
        const endsMs = beginsMs + durationOf(pcm);
        if (itemId !== reported.itemId || endsMs > reported.ms + ROUNDING_MS) break;
        beginsMs = endsMs;
        drops++;
      }
      pieces = pieces.slice(drops);
      if (pieces[0]?.itemId !== reported.itemId) beginsMs = 0;
    },
    silenced(reported) {
      position = reported;
      if (pieces[0]?.itemId === reported.itemId) beginsMs = reported.ms;
    },
    clear() {
      pieces = [];
    },
  };
}

export function durationOf(pcm: ArrayBuffer): number {
  return pcm.byteLength / BYTES_PER_MS;
}

const BYTES_PER_MS = 48;
/** Positions are rounded up to whole milliseconds. */
const ROUNDING_MS = 0.5;
