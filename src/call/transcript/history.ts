import type { HistoryItem } from "../modelSetup.ts";
import { historyItemOf, type TranscriptEntry } from "./transcriptEntry.ts";

/** Enough to go on; a longer history in text makes a speech model tend to answer in text. */
const MAX_CHARACTERS = 8000;
const MAX_ITEMS = 60;
/** Results of tools that the agent has yet to tell; far beyond what one sensibly returns. */
const MAX_UNANSWERED_CHARACTERS = 200_000;

/**
 * What a fresh model session needs to go on: the latest part of the conversation, and all results of
 * tools since the agent's last words.
 */
export function historyOf(entries: Iterable<TranscriptEntry>): readonly HistoryItem[] {
  // Of an earlier session several may be known to stand between the same turns alone: they stay in order.
  const latestFirst = [...entries].sort((a, b) => a.position - b.position).reverse();
  const items: HistoryItem[] = [];
  let characters = 0;
  let unansweredCharacters = 0;
  let isAnswered = false;
  for (const entry of latestFirst) {
    const item = historyItemOf(entry);
    if (item === undefined) continue;
    isAnswered ||= entry.kind === "agent";
    const { length } = JSON.stringify(item);
    if (entry.kind === "tool" && !isAnswered) unansweredCharacters += length;
    else characters += length;
    if (
      items.length >= MAX_ITEMS || characters > MAX_CHARACTERS ||
      unansweredCharacters > MAX_UNANSWERED_CHARACTERS
    ) {
      items.push({ type: "message", role: "system", text: "Earlier parts are left out here." });
      break;
    }
    items.push(item);
  }
  return items.reverse();
}
