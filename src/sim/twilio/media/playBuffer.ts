/** A stretch of audio between two marks, as far as it was really played. */
export interface PlayedSegment {
  /** The mark that followed it; null for audio that no mark has closed yet. */
  readonly mark: string | null;
  readonly ms: number;
  readonly playedMs: number;
}

/** A mark going back to the app. Only `played` proves that what came before it was played. */
export interface MarkEcho {
  readonly name: string;
  readonly at: number;
  readonly reason: "played" | "empty" | "cleared";
}

/** What had been played when a clear arrived, to the fraction of a millisecond. */
export interface ClearReport {
  readonly at: number;
  /** All audio played since the stream began. */
  readonly playedMs: number;
  /** What the clear threw away. */
  readonly droppedMs: number;
  /** Everything written since the clear before, in order. */
  readonly segments: readonly PlayedSegment[];
}

export interface PlayBufferOptions {
  /** How long the first audio after silence waits before it plays: a figure, or one for each burst. */
  readonly startupDelayMs?: number | (() => number);
}

/** Where a write went in time: `startsAt` for its first sample, `acceptedMs` less than written when full. */
export interface Written {
  readonly startsAt: number;
  readonly acceptedMs: number;
}

/** Mu-law bytes in a millisecond. */
export const bytesPerMs = 8;

/** Twilio's limit: the rest of a write is discarded. */
const maxQueuedMs = 600_000;
/** How many segments a clear report may list; older ones are dropped. */
const maxSegments = 20_000;

/**
 * Twilio's play-out of one stream: a first-in-first-out buffer played at real time.
 *
 * Pure: every method takes the current time in milliseconds, which never goes backwards from one call
 * to the next.
 */
export type PlayBuffer = ReturnType<typeof createPlayBuffer>;

/** Creates an empty play buffer. */
export function createPlayBuffer(
  { startupDelayMs = 0 }: PlayBufferOptions = {},
) {
  let pieces: Piece[] = [];
  let segments: OpenSegment[] = [];
  let echoes: MarkEcho[] = [];
  let finishedMs = 0;
  let dryAt = -Infinity;

  function write(audio: number | Uint8Array, now: number): Written {
    settle(now);
    const ms = typeof audio === "number" ? audio : audio.length / bytesPerMs;
    const startsAt = dryAt >= now ? dryAt : now + delayOf(startupDelayMs);
    const acceptedMs = Math.min(ms, Math.max(0, maxQueuedMs - unplayedMs(now)));
    if (acceptedMs <= 0) return { startsAt, acceptedMs: 0 };
    const segment = openSegment();
    segment.ms += acceptedMs;
    pieces.push({ startsAt, ms: acceptedMs, segment });
    dryAt = startsAt + acceptedMs;
    return { startsAt, acceptedMs };
  }

  function mark(name: string, now: number): void {
    settle(now);
    openSegment().mark = name;
    const waits = dryAt > now;
    echoes.push({ name, at: waits ? dryAt : now, reason: waits ? "played" : "empty" });
  }

  function clear(now: number): ClearReport {
    settle(now);
    const head = pieces[0];
    const headMs = head === undefined ? 0 : playedOf(head, now);
    if (head !== undefined) head.segment.playedMs += headMs;
    finishedMs += headMs;
    const queued = pieces.reduce((sum, piece) => sum + piece.ms, 0);
    const report: ClearReport = {
      at: now,
      playedMs: finishedMs,
      droppedMs: queued - headMs,
      segments: segments.map(({ mark, ms, playedMs }) => ({ mark, ms, playedMs })),
    };
    pieces = [];
    segments = [];
    dryAt = -Infinity;
    echoes = echoes.map((echo) =>
      echo.at > now ? { name: echo.name, at: now, reason: "cleared" } : echo
    );
    return report;
  }

  function advance(now: number): MarkEcho[] {
    settle(now);
    const due = echoes.filter((echo) => echo.at <= now);
    if (due.length > 0) echoes = echoes.slice(due.length);
    return due;
  }

  function settle(now: number): void {
    let finished = 0;
    for (const piece of pieces) {
      if (piece.startsAt + piece.ms > now) break;
      piece.segment.playedMs += piece.ms;
      finishedMs += piece.ms;
      finished++;
    }
    if (finished > 0) pieces = pieces.slice(finished);
  }

  function openSegment(): OpenSegment {
    const last = segments.at(-1);
    if (last !== undefined && last.mark === null) return last;
    const opened: OpenSegment = { mark: null, ms: 0, playedMs: 0 };
    segments.push(opened);
    if (segments.length > maxSegments) segments = segments.slice(-maxSegments / 2);
    return opened;
  }

  function unplayedMs(now: number): number {
    const head = pieces[0];
    if (head === undefined) return 0;
    return dryAt - Math.max(now, head.startsAt);
  }

  return {
    /** Queues audio, as milliseconds or as mu-law bytes (8 a millisecond). */
    write,
    mark,
    /** Forgets what is unplayed; every pending mark is then echoed by the next advance(). */
    clear,
    /** The echoes due by now, in the order of their marks. */
    advance,
    /** When the next echo is due; undefined while none is pending. */
    nextEventAt: (): number | undefined => echoes[0]?.at,
    playedMs: (now: number): number => {
      settle(now);
      const head = pieces[0];
      return finishedMs + (head === undefined ? 0 : playedOf(head, now));
    },
    queuedMs: (now: number): number => {
      settle(now);
      return unplayedMs(now);
    },
    /** When the buffer runs dry; undefined when it is empty. */
    endsAt: (now: number): number | undefined => dryAt > now ? dryAt : undefined,
  };
}

interface Piece {
  readonly startsAt: number;
  readonly ms: number;
  readonly segment: OpenSegment;
}

interface OpenSegment {
  mark: string | null;
  ms: number;
  playedMs: number;
}

function playedOf(piece: Piece, now: number): number {
  return Math.min(piece.ms, Math.max(0, now - piece.startsAt));
}

function delayOf(delay: number | (() => number)): number {
  return typeof delay === "number" ? delay : delay();
}
