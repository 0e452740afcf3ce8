import type { CallEvidence, RecordedCall, RecordedTurn } from "../callEvidence.ts";
import { plainWords } from "../ear/findWords.ts";
import type { HeardLine } from "../ear/heardLines.ts";
import { recordOffset } from "./recordOffset.ts";
import { seconds, skipped, type Verdict, verdict } from "./verdict.ts";

/** At a cut the word that was being spoken may be told either way. */
const WORDS_AT_CUT = 2;
/** Less was heard of a line than can be told from nothing. */
const LEAST_HEARD_MS = 120;

/**
 * The record has the agent's lines as they left the loudspeaker: all of what was heard and nothing else, each
 * with the same words, begun and cut at the same time.
 */
export function checkRecord(
  withinMs: number,
  record: RecordedCall,
  evidence: CallEvidence,
): Verdict {
  const expected = "the record says what was heard";
  const lines = evidence.lines.filter(({ itemId }) => itemId !== undefined);
  if (lines.length === 0) return skipped(expected, "no line of the agent's was heard");
  const offset = recordOffset(record, evidence);
  const turns = record.turns.filter(({ role }) => role === "agent");
  for (const line of lines) {
    const turn = turns.find(({ id }) => id === line.itemId);
    const fault = turn === undefined
      ? missing(line)
      : wordsFault(turn, line) ?? timeFault(turn, line, offset, withinMs);
    if (fault !== undefined) return verdict(expected, false, fault, line.fromMs);
  }
  const unheard = turns.find(({ id, text }) =>
    text.trim() !== "" && !lines.some(({ itemId }) => itemId === id)
  );
  // Sound of no item may be a kept recording of a line.
  const isForeign = evidence.lines.some(({ itemId }) => itemId === undefined);
  if (unheard !== undefined && !isForeign) {
    const found = `it has "${unheard.text}", of which nothing was heard`;
    return verdict(expected, false, found, unheard.startedMs + offset);
  }
  const by = evidence.wordsBy === "record" ? ", compared by their times alone" : "";
  return verdict(expected, true, `${lines.length} lines of the agent's${by}`);
}

function missing({ heardMs, words }: HeardLine): string | undefined {
  if (heardMs < LEAST_HEARD_MS) return undefined;
  return `it lacks "${words.map(({ text }) => text).join(" ")}"`;
}

function wordsFault(turn: RecordedTurn, line: HeardLine): string | undefined {
  const heard = plainWords(line.words.map(({ text }) => text).join(" "));
  const told = plainWords(turn.text);
  const all = [...heard, ...plainWords(line.unheard)];
  const isBeginning = told.every((word, index) => word === all[index]);
  const allowed = turn.interrupted ? WORDS_AT_CUT : 0;
  if (isBeginning && Math.abs(told.length - heard.length) <= allowed) return undefined;
  return `it has "${turn.text}", heard was "${line.words.map(({ text }) => text).join(" ")}"`;
}

function timeFault(
  { startedMs, endedMs, interrupted }: RecordedTurn,
  line: HeardLine,
  offset: number,
  withinMs: number,
): string | undefined {
  const beginsOff = Math.abs(startedMs + offset - line.fromMs);
  if (beginsOff > withinMs) return `its line begins ${seconds(beginsOff)} off`;
  if (!interrupted || endedMs === undefined) return undefined;
  const endsOff = Math.abs(endedMs + offset - line.toMs);
  return endsOff > withinMs ? `its cut is ${seconds(endsOff)} off` : undefined;
}
