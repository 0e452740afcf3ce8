import { decodeJournal, decodeJournalLine, type JournalEntry } from "../../call/journal.ts";
import { withMeaning } from "../openai.ts";

/** Reads a journal, or lines of one, also one that was written by an older version. Throws a `SyntaxError`. */
export function readJournal(text: string): readonly JournalEntry[] {
  return decodeJournal(text).map(withInputMeaning);
}

/** Reads one line of a journal, which is not empty; `number` counts from 1. Throws a `SyntaxError`. */
export function readJournalLine(line: string, number: number): JournalEntry {
  return withInputMeaning(decodeJournalLine(line, number));
}

function withInputMeaning(entry: JournalEntry): JournalEntry {
  return "input" in entry ? { ...entry, input: withMeaning(entry.input) } : entry;
}
