import type { RecordedCall } from "../callEvidence.ts";
import type { HeardLine } from "../ear/heardLines.ts";
import type { Verdict } from "../expect/verdict.ts";
import { type CallDifference, callDifference } from "../recorded/callDifference.ts";
import type { CallRun, ScenarioRun } from "../run/runScenario.ts";
import { present } from "../../utils/present.ts";

/** What a rehearsal was made with. */
export interface RunConditions {
  /** ISO 8601. */
  readonly startedAt: string;
  /** `rehearsal` for the built-in engine, else the model's name. */
  readonly engine: string;
  /** The server's address, where it was not started for this. */
  readonly against?: string;
  readonly seed: number;
  readonly line?: string;
}

/** A whole rehearsal, without its sound: what JSON reports hold, and what a later one is compared with. */
export interface RunReport extends RunConditions {
  readonly version: 1;
  readonly tookMs: number;
  readonly scenarios: readonly ScenarioReport[];
}

export interface ScenarioReport {
  readonly name: string;
  readonly title: string;
  readonly runs: readonly RunResult[];
}

/** One time that a scenario was acted out. */
export interface RunResult {
  readonly state: "passed" | "failed" | "skipped";
  readonly tookMs: number;
  /** Why it could not be acted out, or was not to be. */
  readonly error?: string;
  readonly calls: readonly CallResult[];
}

export interface CallResult {
  readonly verdicts: readonly Verdict[];
  readonly firstSoundMs?: number;
  /** From the caller's last sound to the agent's first, of each answer. */
  readonly answersMs: readonly number[];
  /** From the caller's first sound to the agent's last, of each interruption. */
  readonly cutsMs: readonly number[];
  readonly longestSilenceMs: number;
  readonly costUsd?: number;
  readonly lines: readonly ReportedLine[];
  /** Of a scenario that was made of a recorded call. */
  readonly sinceRecorded?: CallDifference;
}

/** One line of the conversation as it was heard. */
export interface ReportedLine {
  readonly who: "agent" | "caller";
  readonly fromMs: number;
  readonly toMs: number;
  readonly text: string;
  /** What was cut off. */
  readonly unheard: string;
}

/** A scenario that was acted out, or could not be. */
export interface ScenarioOutcome {
  readonly name: string;
  readonly title: string;
  readonly run?: ScenarioRun;
  readonly error?: string;
  /** Why it was not to be acted out here. */
  readonly skipped?: string;
  readonly tookMs: number;
}

/** Makes the report of a rehearsal; runs of one scenario stand together, in their order. */
export function reportOf(
  outcomes: readonly ScenarioOutcome[],
  conditions: RunConditions,
  tookMs: number,
): RunReport {
  const scenarios = new Map<string, { title: string; runs: RunResult[] }>();
  for (const outcome of outcomes) {
    const known = scenarios.get(outcome.name) ?? { title: outcome.title, runs: [] };
    scenarios.set(outcome.name, known);
    known.runs.push(resultOf(outcome));
  }
  return {
    version: 1,
    ...conditions,
    tookMs: Math.round(tookMs),
    scenarios: [...scenarios].map(([name, { title, runs }]) => ({ name, title, runs })),
  };
}

/** How often scenarios passed; those that could tell nothing do not count. */
export function passRate({ scenarios }: Pick<RunReport, "scenarios">): {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
} {
  const states = scenarios.flatMap(({ runs }) => runs.map(({ state }) => state));
  const count = (wanted: RunResult["state"]) => states.filter((state) => state === wanted).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

function resultOf({ run, error, skipped, tookMs }: ScenarioOutcome): RunResult {
  const calls = run?.calls.map((call) => callResult(call, run.recorded)) ?? [];
  const verdicts = calls.flatMap(({ verdicts }) => verdicts);
  const isFailed = error !== undefined || verdicts.some(({ state }) => state === "failed");
  const isTold = verdicts.some(({ state }) => state === "held");
  return {
    state: isFailed ? "failed" : isTold ? "passed" : "skipped",
    tookMs: Math.round(tookMs),
    ...present({ error: error ?? skipped }),
    calls,
  };
}

function callResult(
  { evidence, verdicts, spoken }: CallRun,
  recorded: RecordedCall | undefined,
): CallResult {
  const { taking, lines, record } = evidence;
  const { firstSoundMs, answers, cuts, silences } = taking;
  return {
    verdicts,
    ...present({ firstSoundMs: rounded(firstSoundMs), costUsd: record?.costUsd }),
    answersMs: answers.map(({ afterMs }) => Math.round(afterMs)),
    cutsMs: cuts.flatMap(({ afterMs }) => afterMs === undefined ? [] : [Math.round(afterMs)]),
    longestSilenceMs: Math.round(Math.max(0, ...silences.map(({ fromMs, toMs }) => toMs - fromMs))),
    lines: [
      ...lines.map(agentLine),
      ...spoken.map(({ fromMs, toMs, words }): ReportedLine => ({
        who: "caller",
        fromMs: Math.round(fromMs),
        toMs: Math.round(toMs),
        text: words === "" ? "(sound)" : words,
        unheard: "",
      })),
    ].toSorted((a, b) => a.fromMs - b.fromMs),
    ...(recorded !== undefined && record !== undefined &&
      { sinceRecorded: callDifference(recorded, record) }),
  };
}

function agentLine({ itemId, fromMs, toMs, words, unheard }: HeardLine): ReportedLine {
  return {
    who: "agent",
    fromMs: Math.round(fromMs),
    toMs: Math.round(toMs),
    text: itemId === undefined ? "(recording)" : words.map(({ text }) => text).join(" "),
    unheard,
  };
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}
