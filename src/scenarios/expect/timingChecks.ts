import type { CallEvidence } from "../callEvidence.ts";
import { seconds, skipped, type Verdict, verdict } from "./verdict.ts";

type Taking = Pick<CallEvidence, "taking">;

export function checkFirstSound(ms: number, { taking: { firstSoundMs } }: Taking): Verdict {
  const expected = `the first sound within ${seconds(ms)}`;
  if (firstSoundMs === undefined) return verdict(expected, false, "nothing was heard");
  return verdict(expected, firstSoundMs <= ms, `at ${seconds(firstSoundMs)}`, firstSoundMs);
}

export function checkAnswers(ms: number, { taking: { answers } }: Taking): Verdict {
  const expected = `every answer within ${seconds(ms)}`;
  const slowest = worst(answers, ({ afterMs }) => afterMs);
  if (slowest === undefined) return skipped(expected, "the agent answered nothing");
  const found = `the slowest of ${answers.length} after ${seconds(slowest.afterMs)}`;
  return verdict(expected, slowest.afterMs <= ms, found, slowest.atMs);
}

/** The agent falls silent in time when it is broken in upon, and stays so until the caller is done. */
export function checkCuts(ms: number, { taking: { cuts } }: Taking): Verdict {
  const expected = `silent within ${seconds(ms)} of being interrupted, and nothing after`;
  const late = cuts.filter(({ afterMs }) => afterMs !== undefined);
  const [over] = cuts.filter(({ isSpokenOver }) => isSpokenOver);
  if (over !== undefined) {
    return verdict(expected, false, "the agent went on while the caller spoke", over.atMs);
  }
  const slowest = worst(late, ({ afterMs = 0 }) => afterMs);
  if (slowest === undefined) {
    return cuts.length === 0
      ? verdict(expected, false, "the caller interrupted nothing")
      : verdict(expected, false, "the agent was silent already when the caller broke in");
  }
  const { afterMs = 0, atMs } = slowest;
  return verdict(expected, afterMs <= ms, `after ${seconds(afterMs)}`, atMs);
}

export function checkDeadAir(ms: number, { taking: { silences } }: Taking): Verdict {
  const expected = `dead air under ${seconds(ms)}`;
  const longest = worst(silences, ({ fromMs, toMs }) => toMs - fromMs);
  if (longest === undefined) return verdict(expected, true, "none");
  const { fromMs, toMs } = longest;
  return verdict(expected, toMs - fromMs < ms, `the longest is ${seconds(toMs - fromMs)}`, fromMs);
}

function worst<T>(all: readonly T[], figure: (one: T) => number): T | undefined {
  return all.reduce<T | undefined>(
    (worst, one) => worst === undefined || figure(one) > figure(worst) ? one : worst,
    undefined,
  );
}
