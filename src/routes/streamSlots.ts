import { HttpProblem } from "./errors.ts";

/** The streams that are open, so that there are not too many, and that they can be ended. */
export interface StreamSlots {
  /** Throws where too many are open. The signal says that the stream is to end. */
  take(keyName: string): { readonly signal: AbortSignal; readonly release: () => void };
  /** Ends all streams of a key. */
  endAll(keyName: string): void;
}

export function createStreamSlots({ maxStreamsPerKey = 100, maxStreams = 1000 }: {
  readonly maxStreamsPerKey?: number;
  readonly maxStreams?: number;
}): StreamSlots {
  const open = new Map<string, Set<AbortController>>();
  let all = 0;

  return {
    take(keyName) {
      const mine = open.get(keyName) ?? new Set();
      if (mine.size >= maxStreamsPerKey || all >= maxStreams) {
        throw new HttpProblem(
          429,
          "too_many_streams",
          `No more than ${maxStreamsPerKey} streams of one key may be open: close one first.`,
          undefined,
          { "Retry-After": "10" },
        );
      }
      const stream = new AbortController();
      open.set(keyName, mine.add(stream));
      all++;
      return {
        signal: stream.signal,
        release() {
          if (!mine.delete(stream)) return;
          all--;
          if (mine.size === 0) open.delete(keyName);
        },
      };
    },
    endAll(keyName) {
      for (const stream of [...open.get(keyName) ?? []]) stream.abort();
    },
  };
}
