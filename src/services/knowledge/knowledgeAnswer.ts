import type { KnowledgePassage } from "../store.ts";

/** What a search has found. */
export type KnowledgeAnswer =
  | {
    readonly result: "found";
    readonly passages: readonly { readonly source: string; readonly text: string }[];
    /** They are the best there are, but seem to be about something else. */
    readonly isWeak: boolean;
  }
  | { readonly result: "nothing" }
  /** Files are still being read, and those that have been hold nothing. */
  | { readonly result: "not_ready"; readonly done: number; readonly total: number }
  /** The index does not answer, or the agent has no knowledge. */
  | { readonly result: "failed" };

export const MAX_PASSAGES = 5;
const MAX_CHARS = 4000;

/** As many passages as a model can use while a caller waits, the best first. */
export function boundedPassages(
  passages: readonly KnowledgePassage[],
): readonly { readonly source: string; readonly text: string }[] {
  const bounded: { readonly source: string; readonly text: string }[] = [];
  let left = MAX_CHARS;
  for (const { source, text } of passages.slice(0, MAX_PASSAGES)) {
    const shown = text.slice(0, left).toWellFormed();
    if (bounded.length > 0 && shown.length < text.length) break;
    bounded.push({ source, text: shown });
    left -= shown.length + source.length;
  }
  return bounded;
}
