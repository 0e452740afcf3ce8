import type { CallEvidence, RecordedCall, RecordedTurn } from "../callEvidence.ts";
import { plainWords, wordsIn } from "../ear/findWords.ts";
import type { HeardLine } from "../ear/heardLines.ts";
import { lateAbout, unlessLate } from "./lateMachine.ts";
import { turnsOfLines } from "./turnsOfLines.ts";
import { wordsApart } from "./wordsApart.ts";
import { recordOffset } from "./recordOffset.ts";
import { seconds, skipped, type Verdict, verdict } from "./verdict.ts";

/** Words are placed to a third of a second: about a cut, so many may be told either way. */
const WORDS_AT_CUT = 2;
const HOW: Readonly<Record<CallEvidence["wordsBy"], string>> = {
  model: "",
  nobody: "",
  record: ", compared by their times alone",
  ear: ", as transcribed",
};
/** Less was heard of a line than can be told from nothing. */
const LEAST_HEARD_MS = 120;
/** What was late so long before and after a line begins can have moved it. */
const BEFORE_MS = 1000;
const AFTER_MS = 300;

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
  const isByEar = evidence.wordsBy === "ear";
  const turns = record.turns.filter(({ role }) => role === "agent");
  const apart = isByEar ? wordsApart(turns, evidence) : undefined;
  if (apart !== undefined && "untold" in apart) return skipped(expected, apart.untold);
  if (apart !== undefined) return verdict(expected, false, apart.found, apart.atMs);
  const lines = evidence.lines.filter(({ itemId }) => itemId !== undefined);
  if (lines.length === 0) return skipped(expected, "no line of the agent's was heard");
  const { late } = evidence;
  const offset = recordOffset(record, evidence);
  const lateAt = (atMs: number) => lateAbout(late, atMs - BEFORE_MS, atMs + AFTER_MS);
  // All lines are held against one of them.
  const turnOf = turnsOfLines(lines, turns);
  const reference = lines.find((line) => {
    const turn = turnOf.get(line);
    return turn !== undefined && line.fromMs - turn.startedMs === offset;
  });
  const referenceMs = reference === undefined ? 0 : lateAt(reference.fromMs);
  let unclear: Verdict | undefined;
  for (const line of lines) {
    const turn = turnOf.get(line);
    const fault = isByEar ? undefined : turn === undefined ? missing(line) : wordsFault(turn, line);
    if (fault !== undefined) return verdict(expected, false, fault, line.fromMs);
    const times = turn && timeFault(turn, line, offset);
    if (times === undefined || times.offMs <= withinMs) continue;
    const found = verdict(expected, false, times.found, line.fromMs);
    const told = unlessLate(found, times.offMs - withinMs, lateAt(times.atMs) + referenceMs);
    if (told.state === "failed") return told;
    unclear ??= told;
  }
  const told = new Set(turnOf.values());
  const unheard = turns.find((turn) => turn.text.trim() !== "" && !told.has(turn));
  // Sound of no item may be a kept recording of a line.
  const isForeign = evidence.lines.some(({ itemId }) => itemId === undefined);
  if (unheard !== undefined && !isForeign) {
    const found = `it has "${unheard.text}", of which nothing was heard`;
    return verdict(expected, false, found, unheard.startedMs + offset);
  }
  if (unclear !== undefined) return unclear;
  const found = `${lines.length} lines of the agent's${HOW[evidence.wordsBy]}`;
  const { notTranscribed } = evidence;
  if (notTranscribed === undefined) {
    return { ...verdict(expected, true, found), ...(!isByEar && { timing: "told" }) };
  }
  return skipped(expected, `${found}; transcribing the call failed: ${notTranscribed}`);
}

function missing({ heardMs, words }: HeardLine): string | undefined {
  if (heardMs < LEAST_HEARD_MS || words.length === 0) return undefined;
  return `it lacks "${words.map(({ text }) => text).join(" ")}"`;
}

function wordsFault(turn: RecordedTurn, line: HeardLine): string | undefined {
  const heard = line.words.map(({ text }) => text).join(" ");
  const allowed = turn.interrupted ? WORDS_AT_CUT : 0;
  const isToldBy = (read: typeof plainWords) => {
    const [told, here, cut] = [read(turn.text), read(heard), read(line.unheard)];
    const all = [...here, ...cut];
    return told.every((word, index) => word === all[index]) &&
      Math.abs(told.length - here.length) <= allowed;
  };
  // A cut may be within a number, of which each side is another; numbers may be written in two ways.
  if (isToldBy(wordsIn) || isToldBy(plainWords)) return undefined;
  return `it has "${turn.text}", heard was "${heard}"`;
}

/** How far the beginning of a line or its cut is off, the worse of both. */
function timeFault(
  { startedMs, endedMs, interrupted }: RecordedTurn,
  { fromMs, toMs }: HeardLine,
  offset: number,
): { readonly found: string; readonly atMs: number; readonly offMs: number } {
  const beginsOff = Math.abs(startedMs + offset - fromMs);
  const endsOff = interrupted && endedMs !== undefined ? Math.abs(endedMs + offset - toMs) : 0;
  return beginsOff >= endsOff
    ? { found: `its line begins ${seconds(beginsOff)} off`, atMs: fromMs, offMs: beginsOff }
    : { found: `its cut is ${seconds(endsOff)} off`, atMs: toMs, offMs: endsOff };
}
