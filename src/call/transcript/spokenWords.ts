import { historyItemOf, type TranscriptEntry } from "./transcriptEntry.ts";
import type { Milliseconds } from "../types.ts";

/** What stands for the sound of an item: its words as far as they were heard. */
export interface SpokenWords {
  readonly role: "user" | "agent";
  readonly text: string;
  /** Length of the sound, about. */
  readonly audioMs: Milliseconds;
}

/**
 * The words of something that was said: `open` where they may still come or change, `none` where they are
 * not known, there were none, or they are all that the model has of it.
 */
export function spokenWordsOf(entry: TranscriptEntry | undefined): SpokenWords | "open" | "none" {
  if (entry?.kind !== "caller" && entry?.kind !== "agent") return "none";
  if (!entry.final) return "open";
  const item = historyItemOf(entry);
  if (item?.type !== "message" || item.role === "system" || entry.text.trim() === "") return "none";
  const { role, text } = item;
  if (entry.kind === "agent") {
    return entry.said === true ? "none" : { role, text, audioMs: entry.heardMs ?? 0 };
  }
  const { startedAt, endedAt = startedAt } = entry;
  return { role, text, audioMs: Math.max(0, endedAt - startedAt) };
}
