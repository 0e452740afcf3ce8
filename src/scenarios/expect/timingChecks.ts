import type { CallEvidence } from "../callEvidence.ts";
import type { SoundSpan } from "../ear/soundSpans.ts";
import { lateBetween, unlessLate } from "./lateMachine.ts";
import { seconds, skipped, type Verdict, verdict } from "./verdict.ts";

/** What keeps callers from breaking in at their word may have come so long before the agent was silent. */
const REACTS_MS = 1000;

type Taking = Pick<CallEvidence, "taking" | "late">;

export function checkFirstSound(ms: number, { taking: { firstSoundMs }, late }: Taking): Verdict {
  const expected = `the first sound within ${seconds(ms)}`;
  if (firstSoundMs === undefined) return verdict(expected, false, "nothing was heard");
  const span = { fromMs: 0, toMs: firstSoundMs, atMs: firstSoundMs };
  return worstWithin(expected, ms, [span], () => `at ${seconds(firstSoundMs)}`, late);
}

export function checkAnswers(ms: number, { taking: { answers }, late }: Taking): Verdict {
  const expected = `every answer within ${seconds(ms)}`;
  if (answers.length === 0) return skipped(expected, "the agent answered nothing");
  const spans = answers.map(({ atMs, afterMs }) => ({ fromMs: atMs - afterMs, toMs: atMs, atMs }));
  const found = (after: string) => `the slowest of ${answers.length} after ${after}`;
  return worstWithin(expected, ms, spans, found, late);
}

/** The agent falls silent in time when it is broken in upon, and stays so until the caller is done. */
export function checkCuts(ms: number, { taking: { cuts }, late }: Taking): Verdict {
  const expected = `silent within ${seconds(ms)} of being interrupted, and nothing after`;
  const [over] = cuts.filter(({ isSpokenOver }) => isSpokenOver);
  if (over !== undefined) {
    return verdict(expected, false, "the agent went on while the caller spoke", over.atMs);
  }
  const spans = cuts.flatMap(({ atMs, afterMs }) =>
    afterMs === undefined ? [] : [{ fromMs: atMs, toMs: atMs + afterMs, atMs }]
  );
  if (spans.length === 0) {
    const [cut] = cuts;
    if (cut === undefined) return verdict(expected, false, "the caller interrupted nothing");
    const { atMs, silentForMs = Infinity } = cut;
    const found = "the agent was silent already when the caller broke in";
    const lateMs = lateBetween(late ?? [], atMs - silentForMs - REACTS_MS, atMs);
    return unlessLate(verdict(expected, false, found, atMs), silentForMs, lateMs);
  }
  return worstWithin(expected, ms, spans, (after) => `after ${after}`, late);
}

export function checkDeadAir(ms: number, { taking: { silences }, late }: Taking): Verdict {
  const expected = `dead air under ${seconds(ms)}`;
  if (silences.length === 0) return verdict(expected, true, "none");
  const spans = silences.map((span) => ({ ...span, atMs: span.fromMs }));
  return worstWithin(expected, ms, spans, (longest) => `the longest is ${longest}`, late);
}

/** What was measured, and where reports point to it. */
interface Measured extends SoundSpan {
  readonly atMs: number;
}

/** Holds the longest of what was measured against a limit; one that a late machine explains says nothing. */
function worstWithin(
  expected: string,
  limitMs: number,
  measured: readonly Measured[],
  describe: (worst: string) => string,
  late: CallEvidence["late"] = [],
): Verdict {
  const overMs = (span: Measured) => lengthOf(span) - limitMs;
  const lateMs = ({ fromMs, toMs }: Measured) => lateBetween(late, fromMs, toMs);
  const isExplained = (span: Measured) => overMs(span) <= lateMs(span);
  const worst = longest(measured.filter((span) => !isExplained(span))) ?? longest(measured);
  if (worst === undefined) return skipped(expected, "there was nothing to measure");
  const found = describe(seconds(lengthOf(worst)));
  const told = verdict(expected, overMs(worst) <= 0, found, worst.atMs);
  return unlessLate(told, overMs(worst), lateMs(worst));
}

function longest(measured: readonly Measured[]): Measured | undefined {
  return measured.reduce<Measured | undefined>(
    (worst, one) => worst === undefined || lengthOf(one) > lengthOf(worst) ? one : worst,
    undefined,
  );
}

function lengthOf({ fromMs, toMs }: SoundSpan): number {
  return toMs - fromMs;
}
