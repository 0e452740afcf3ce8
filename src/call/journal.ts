export { decodeJournal, encodeJournal, type JournalEntry } from "./journal/journalCodec.ts";
export { replay, type ReplayStep } from "./journal/replay.ts";
