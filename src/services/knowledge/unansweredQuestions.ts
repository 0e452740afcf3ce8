import { isRecord } from "../../utils/isRecord.ts";
import { searchWords, type UnansweredSearch } from "../store.ts";

/** What callers wanted to know and the documents do not say. */
export interface UnansweredQuestion {
  /** As it was asked last. */
  readonly question: string;
  /** Nothing was found, or the latest time something that has little to do with it. */
  readonly fit: UnansweredSearch["fit"];
  /** Calls in which it was asked. */
  readonly calls: number;
  readonly lastCallId: string;
  /** Milliseconds since 1970. */
  readonly lastAskedAt: number;
}

/**
 * The questions of searches, the newest first; what has the same telling words is one. Those of the most
 * calls come first.
 */
export function unansweredQuestions(
  searches: readonly UnansweredSearch[],
): readonly UnansweredQuestion[] {
  const found = new Map<string, { readonly question: UnansweredQuestion; calls: Set<string> }>();
  for (const { arguments: args, callId, fit, at } of searches) {
    const query = isRecord(args) ? args["query"] : undefined;
    if (typeof query !== "string") continue;
    const key = searchWords(query).toSorted().join(" ");
    // What is redacted has no words.
    if (key === "") continue;
    const known = found.get(key);
    if (known !== undefined) {
      known.calls.add(callId);
      continue;
    }
    const question = { question: query, fit, calls: 1, lastCallId: callId, lastAskedAt: at };
    found.set(key, { question, calls: new Set([callId]) });
  }
  return [...found.values()].map(({ question, calls }) => ({ ...question, calls: calls.size }))
    .toSorted((a, b) => b.calls - a.calls || b.lastAskedAt - a.lastAskedAt);
}
