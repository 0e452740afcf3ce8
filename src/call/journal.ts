export { decodeJournal, encodeJournal, type JournalEntry } from "./journal/journal.ts";
export { replay, type ReplayStep } from "./journal/replay.ts";
