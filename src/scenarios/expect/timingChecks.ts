import type { CallEvidence } from "../callEvidence.ts";
import type { SoundSpan } from "../ear/soundSpans.ts";
import type { Cut } from "../ear/turnTaking.ts";
import { lateBetween, unlessLate } from "./lateMachine.ts";
import { seconds, skipped, type Verdict, verdict } from "./verdict.ts";

/** What keeps callers from breaking in at their word may have come so long before the agent was silent. */
const REACTS_MS = 1000;

type Taking = Pick<CallEvidence, "taking" | "late">;

export function checkFirstSound(ms: number, { taking: { firstSoundMs }, late }: Taking): Verdict {
  const expected = `the first sound within ${seconds(ms)}`;
  if (firstSoundMs === undefined) return verdict(expected, false, "nothing was heard");
  const span = { fromMs: 0, toMs: firstSoundMs, atMs: firstSoundMs, ms: firstSoundMs };
  return worstWithin(expected, ms, [span], () => `at ${seconds(firstSoundMs)}`, late);
}

/** A line that is left without an answer for longer than one may take fails as well. */
export function checkAnswers(
  ms: number,
  { taking: { answers, unanswered }, late }: Taking,
): Verdict {
  const expected = `every answer within ${seconds(ms)}`;
  const waits = unanswered.filter(({ waitedMs }) => waitedMs > ms)
    .map((span) => ({ ...span, ms: span.waitedMs, atMs: span.fromMs, isAnswered: false }));
  const spans = answers.map(({ atMs, afterMs }) => ({
    ...{ fromMs: atMs - afterMs, toMs: atMs, atMs, ms: afterMs },
    isAnswered: true,
  }));
  if (spans.length + waits.length === 0) return skipped(expected, "the agent answered nothing");
  const found = (after: string, { isAnswered }: typeof spans[number]) =>
    isAnswered
      ? `the slowest of ${answers.length} after ${after}`
      : `a line had no answer for ${after}`;
  return worstWithin(expected, ms, [...spans, ...waits], found, late);
}

/** The agent falls silent in time when it is broken in upon, and stays so until the caller is done. */
export function checkCuts(ms: number, { taking: { cuts }, late }: Taking): Verdict {
  const expected = `silent within ${seconds(ms)} of being interrupted, and nothing after`;
  const [over] = cuts.filter(({ isSpokenOver }) => isSpokenOver);
  if (over !== undefined) {
    return verdict(expected, false, "the agent went on while the caller spoke", over.atMs);
  }
  if (cuts.length === 0) return verdict(expected, false, "the caller interrupted nothing");
  const tooLate = cuts.flatMap((cut) =>
    cut.afterMs === undefined ? [metSilence(expected, cut, late)] : []
  );
  const spans = cuts.flatMap(({ atMs, afterMs }) =>
    afterMs === undefined ? [] : [{ fromMs: atMs, toMs: atMs + afterMs, atMs, ms: afterMs }]
  );
  const all = spans.length === 0
    ? tooLate
    : [...tooLate, worstWithin(expected, ms, spans, (after) => `after ${after}`, late)];
  const [told] = all.toSorted((a, b) => GRAVITY[b.state] - GRAVITY[a.state]);
  return told ?? skipped(expected, "there was nothing to measure");
}

/** What one of several says of all. */
const GRAVITY = { failed: 2, skipped: 1, held: 0 };

/** The caller broke in on silence: too late, or the machine was. */
function metSilence(
  expected: string,
  { atMs, silentForMs = Infinity }: Cut,
  late: CallEvidence["late"],
): Verdict {
  const found = "the agent was silent already when the caller broke in";
  const lateMs = lateBetween(late, atMs - silentForMs - REACTS_MS, atMs);
  return unlessLate(verdict(expected, false, found, atMs), silentForMs, lateMs);
}

export function checkDeadAir(ms: number, { taking: { silences }, late }: Taking): Verdict {
  const expected = `dead air under ${seconds(ms)}`;
  if (silences.length === 0) return verdict(expected, true, "none");
  const spans = silences.map(({ fromMs, toMs }) => ({
    fromMs,
    toMs,
    atMs: fromMs,
    ms: toMs - fromMs,
  }));
  return worstWithin(expected, ms, spans, (longest) => `the longest is ${longest}`, late);
}

/** What was measured, how long of it counts, and where reports point to it. */
interface Measured extends SoundSpan {
  readonly ms: number;
  readonly atMs: number;
}

/** Holds the longest of what was measured against a limit; one that a late machine explains says nothing. */
function worstWithin<Span extends Measured>(
  expected: string,
  limitMs: number,
  measured: readonly Span[],
  describe: (length: string, worst: Span) => string,
  late: CallEvidence["late"],
): Verdict {
  const overMs = ({ ms }: Measured) => ms - limitMs;
  const lateMs = ({ fromMs, toMs }: Measured) => lateBetween(late, fromMs, toMs);
  const isExplained = (span: Measured) => overMs(span) <= lateMs(span);
  const worst = longest(measured.filter((span) => !isExplained(span))) ?? longest(measured);
  if (worst === undefined) return skipped(expected, "there was nothing to measure");
  const found = describe(seconds(worst.ms), worst);
  const told = verdict(expected, overMs(worst) <= 0, found, worst.atMs);
  return unlessLate(told, overMs(worst), lateMs(worst));
}

function longest<Span extends Measured>(measured: readonly Span[]): Span | undefined {
  return measured.reduce<Span | undefined>(
    (worst, one) => worst === undefined || one.ms > worst.ms ? one : worst,
    undefined,
  );
}
