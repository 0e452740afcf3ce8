import type { EndReason } from "../../call/types.ts";
import type { CallEvidence } from "../callEvidence.ts";
import type { Expectation, Scenario } from "../scenario.ts";
import { present } from "../../utils/present.ts";
import { checkHeard, checkNeverHeard, wordsUntold } from "./heardChecks.ts";
import {
  checkAnalysis,
  checkCost,
  checkEnd,
  checkField,
  checkTool,
  checkTransfer,
} from "./recordChecks.ts";
import { checkRecord } from "./recordIsHeard.ts";
import { checkAnswers, checkCuts, checkDeadAir, checkFirstSound } from "./timingChecks.ts";
import { skipped, type Verdict, verdict } from "./verdict.ts";

/** Tells whether what the caller heard comes to a meaning; `untold` says why it cannot. */
export type Judge = (
  meaning: string,
  evidence: CallEvidence,
) => Promise<
  { readonly holds: boolean; readonly why: string } | { readonly untold: string }
>;

/** Holds all expectations against a call, its end, and steps of the caller's that did not come about. */
export async function checkCall(
  expectations: readonly Expectation[],
  evidence: CallEvidence,
  judge: Judge | undefined,
  lineOf: NonNullable<Scenario["lineOf"]> = () => undefined,
): Promise<readonly Verdict[]> {
  const missed = evidence.missed.map(({ what, atMs, step }): Verdict => ({
    expected: "the caller gets through the scenario",
    state: "failed",
    found: what,
    ...present({ atMs, line: step && lineOf(step) }),
  }));
  const verdicts = await Promise.all(
    expectations.map(async (each): Promise<Verdict> => ({
      ...await check(each, evidence, judge),
      ...present({ line: lineOf(each) }),
    })),
  );
  return [...faultyEnd(expectations, evidence), ...missed, ...verdicts];
}

/** A call that a fault ended, or that never began, fails the call even where all other expectations hold. */
function faultyEnd(
  expectations: readonly Expectation[],
  { record, endMs }: CallEvidence,
): readonly Verdict[] {
  const { reason, detail } = record?.end ?? {};
  if (reason === undefined || !FAULTY.has(reason)) return [];
  const isMeant = expectations.some(({ type }) =>
    type === "ended" || reason === "not_answered" && type === "outcome"
  );
  if (isMeant) return [];
  const found = detail === undefined ? reason : `${reason} (${detail})`;
  return [verdict("the call takes place, and ends without a fault", false, found, endMs)];
}

/** Ends that a scenario has to name. */
const FAULTY: ReadonlySet<string> = new Set<EndReason>([
  "internal_error",
  "leg_failed",
  "model_failed",
  "not_answered",
  "outside_hours",
  "refused",
  "server_stopped",
  "spend_limit",
]);

async function check(
  expectation: Expectation,
  evidence: CallEvidence,
  judge: Judge | undefined,
): Promise<Verdict> {
  switch (expectation.type) {
    case "heard":
      return checkHeard(expectation, evidence);
    case "neverHeard":
      return checkNeverHeard(expectation.text, evidence);
    case "meant":
      return await judged(expectation, evidence, judge);
    case "firstSoundWithin":
      return checkFirstSound(expectation.ms, evidence);
    case "answersWithin":
      return checkAnswers(expectation.ms, evidence);
    case "cutWithin":
      return checkCuts(expectation.ms, evidence);
    case "deadAirUnder":
      return checkDeadAir(expectation.ms, evidence);
    default:
      return checkInRecord(expectation, evidence);
  }
}

type OfRecord = Exclude<
  Expectation,
  {
    readonly type:
      | "heard"
      | "neverHeard"
      | "meant"
      | "firstSoundWithin"
      | "answersWithin"
      | "cutWithin"
      | "deadAirUnder";
  }
>;

function checkInRecord(expectation: OfRecord, evidence: CallEvidence): Verdict {
  const { record } = evidence;
  if (record === undefined) {
    return skipped(expectation.type, "the server has no record of the call");
  }
  switch (expectation.type) {
    case "tool":
      return checkTool(expectation, record, evidence);
    case "transferredTo":
      return checkTransfer(expectation.target, record);
    case "ended":
      return checkEnd(expectation.because, record);
    case "outcome":
      return checkField("the outcome", expectation.outcome, record.outcome);
    case "answeredBy":
      return checkField("who answered", expectation.who, record.answeredBy);
    case "analysis":
      return checkAnalysis(expectation.fields, record);
    case "costUnder":
      return checkCost(expectation.usd, record);
    case "recordIsHeard":
      return checkRecord(expectation.withinMs + evidence.lineWandersMs, record, evidence);
    default:
      return expectation satisfies never;
  }
}

async function judged(
  { meaning, not }: { readonly meaning: string; readonly not: boolean },
  evidence: CallEvidence,
  judge: Judge | undefined,
): Promise<Verdict> {
  const expected = `${not ? "never meant" : "meant"}: ${meaning}`;
  const untold = wordsUntold(evidence);
  if (untold !== undefined) return skipped(expected, untold);
  if (judge === undefined) return skipped(expected, "there is no judge without a key");
  const answer = await judge(meaning, evidence);
  if ("untold" in answer) return skipped(expected, answer.untold);
  return { expected, state: answer.holds !== not ? "held" : "failed", found: answer.why };
}
