import type { CallEvidence, RecordedCall } from "../callEvidence.ts";
import { callDifference } from "../recorded/callDifference.ts";
import { recordOffset } from "../expect/recordOffset.ts";
import type { HeardLine } from "../ear/heardLines.ts";
import type { CallRun, ScenarioRun } from "../run/runScenario.ts";
import type { Scenario } from "../scenario.ts";
import { present } from "../../utils/present.ts";
import {
  type CallResult,
  MAX_TEXT,
  type ReportedLine,
  type ReportedTool,
  type RunResult,
} from "./runReport.ts";

/** A scenario that was acted out, or could not be. */
export interface ScenarioOutcome {
  readonly scenario: Scenario;
  readonly run?: ScenarioRun;
  readonly error?: string;
  /** Why it was not to be acted out here. */
  readonly skipped?: string;
  readonly tookMs: number;
}

/** What a report says of a scenario that was acted out, or could not be. */
export function resultOf({ run, error, skipped, tookMs }: ScenarioOutcome): RunResult {
  const calls = run?.calls.map((call) => callResult(call, run.recorded)) ?? [];
  const verdicts = calls.flatMap(({ verdicts }) => verdicts);
  const isFailed = error !== undefined || verdicts.some(({ state }) => state === "failed");
  const written = verdicts.filter(({ line }) => line !== undefined);
  const isUntold = written.length > 0 && written.every(({ state }) => state === "skipped");
  const isTold = !isUntold && verdicts.some(({ state }) => state === "held");
  return {
    state: isFailed ? "failed" : isTold ? "passed" : "skipped",
    tookMs: Math.round(tookMs),
    ...present({ error: shortened(error ?? skipped) }),
    calls,
  };
}

function callResult(
  { evidence, verdicts, spoken }: CallRun,
  recorded: RecordedCall | undefined,
): CallResult {
  const { taking, lines, record, endMs } = evidence;
  const { firstSoundMs, answers, cuts, silences } = taking;
  const [longest] = silences.map(({ fromMs, toMs }) => ({ atMs: fromMs, afterMs: toMs - fromMs }))
    .toSorted((a, b) => b.afterMs - a.afterMs);
  return {
    endMs: Math.round(endMs),
    verdicts: verdicts.map((verdict) => ({
      ...verdict,
      expected: shortened(verdict.expected),
      found: shortened(verdict.found),
      ...present({ atMs: rounded(verdict.atMs) }),
    })),
    ...present({
      firstSoundMs: rounded(firstSoundMs),
      costUsd: record?.costUsd,
      ended: record?.end?.reason,
    }),
    answers: answers.map(figure),
    cuts: cuts.flatMap(({ atMs, afterMs }) =>
      afterMs === undefined ? [] : [figure({ atMs, afterMs })]
    ),
    ...(longest && { deadAir: figure(longest) }),
    lines: [
      ...lines.map(agentLine),
      ...spoken.map(({ fromMs, toMs, words }): ReportedLine => ({
        who: "caller",
        fromMs: Math.round(fromMs),
        toMs: Math.round(toMs),
        text: words === "" ? "(sound)" : shortened(words),
        unheard: "",
      })),
    ].toSorted((a, b) => a.fromMs - b.fromMs),
    tools: toolsOf(evidence),
    ...(recorded !== undefined && record !== undefined &&
      { sinceRecorded: callDifference(recorded, record) }),
  };
}

function toolsOf(evidence: CallEvidence): readonly ReportedTool[] {
  const { record } = evidence;
  if (record === undefined) return [];
  const offset = recordOffset(record, evidence);
  return record.tools.map(({ name, startedMs, ok }) => ({
    name,
    atMs: Math.max(0, Math.round(startedMs + offset)),
    ...present({ ok }),
  }));
}

function agentLine({ itemId, fromMs, toMs, words, unheard }: HeardLine): ReportedLine {
  return {
    who: "agent",
    fromMs: Math.round(fromMs),
    toMs: Math.round(toMs),
    text: itemId === undefined ? "(recording)" : shortened(words.map(({ text }) => text).join(" ")),
    unheard: shortened(unheard),
  };
}

function figure({ atMs, afterMs }: { readonly atMs: number; readonly afterMs: number }) {
  return { atMs: Math.round(atMs), ms: Math.round(afterMs) };
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}

function shortened<Text extends string | undefined>(text: Text): Text | string {
  return text === undefined || text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
}
