import type { FaultSet } from "./faults.ts";

/** What goes wrong with one response of the conversation. */
export type Spoilt = typeof spoiltResponses[number];

/** Faults that spoil the next response, and no other. */
export const spoiltResponses = [
  /** It begins, and nothing comes of it until it is cancelled. */
  "stuckResponse",
  /** It stops in the middle of a sentence, and does not end until it is cancelled. */
  "stuckMidSentence",
  /** It fails in the middle of a sentence. */
  "failMidSentence",
  /** It completes with nothing in it. */
  "emptyResponse",
  /** It is written and not spoken. */
  "textOnly",
] as const;

/** Where in a sentence a response stops that does so in the middle. */
export const middleMs = 600;

/** Takes what spoils a response, if anything does. */
export function takeSpoilt(faults: FaultSet): Spoilt | undefined {
  return spoiltResponses.find((fault) => faults.take(fault));
}

/** Settles when the signal fires. */
export function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
