import type { CallSound } from "../../../src/scenarios/report/keptSound.ts";
import type {
  CallResult,
  ReportedLine,
  RunReport,
  RunResult,
  ScenarioReport,
} from "../../../src/scenarios/report/runReport.ts";
import type { Verdict } from "../../../src/scenarios/expect/verdict.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";

/** A report of these scenarios. */
export function reportWith(
  scenarios: readonly ScenarioReport[],
  changes: Partial<RunReport> = {},
): RunReport {
  return {
    version: 1,
    startedAt: "2026-11-29T18:00:00.000Z",
    engine: "rehearsal",
    seed: 1,
    tookMs: 20_000,
    notRun: 0,
    scenarios,
    ...changes,
  };
}

export function scenarioWith(
  name: string,
  runs: readonly RunResult[],
  changes: Partial<ScenarioReport> = {},
): ScenarioReport {
  return { name, title: `About ${name}`, file: `scenarios/${name}.yaml`, runs, ...changes };
}

/** A run of one call, which failed where one of its verdicts did. */
export function runWith(call: Partial<CallResult> = {}, more: Partial<RunResult> = {}): RunResult {
  const verdicts = call.verdicts ?? [held("heard")];
  return {
    state: verdicts.some(({ state }) => state === "failed") ? "failed" : "passed",
    tookMs: 12_000,
    calls: [{ endMs: 10_000, verdicts, answers: [], cuts: [], lines: [], tools: [], ...call }],
    ...more,
  };
}

export function held(expected: string): Verdict {
  return { expected, state: "held", found: "so it was" };
}

export function failed(expected: string, changes: Partial<Verdict> = {}): Verdict {
  return { expected, state: "failed", found: "it was not", ...changes };
}

export function said(
  who: ReportedLine["who"],
  fromMs: number,
  toMs: number,
  text: string,
  unheard = "",
): ReportedLine {
  return { who, fromMs, toMs, text, unheard };
}

/** Both sides hum, the caller softly: `ms` long. */
export function humming(ms: number): CallSound {
  const side = (level: number) =>
    encodeG711(
      MU_LAW,
      Int16Array.from({ length: ms * 8 }, (_, i) => level * Math.sin(2 * Math.PI * 400 * i / 8000)),
    );
  return { caller: side(4000), agent: side(16_000) };
}
