import type { Verdict } from "../expect/verdict.ts";
import type { CallDifference } from "../recorded/callDifference.ts";

/** Texts are this long at most, in characters: what was found may hold what a tool was given. */
export const MAX_TEXT = 20_000;

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
  /** Runs that were asked for and did not come to their end, as somebody interrupted. */
  readonly notRun: number;
  readonly scenarios: readonly ScenarioReport[];
}

export interface ScenarioReport {
  readonly name: string;
  readonly title: string;
  /** Its path, as the command was given it. */
  readonly file?: string;
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

/** Times are milliseconds since the answer. */
export interface CallResult {
  readonly endMs: number;
  readonly verdicts: readonly Verdict[];
  readonly firstSoundMs?: number;
  /** From the end of what asked for it to the agent's first sound, of each answer. */
  readonly answers: readonly TimedFigure[];
  /** From the caller's first sound to the agent's last, of each interruption. */
  readonly cuts: readonly TimedFigure[];
  /** The longest silence that the agent ended, or left to the end. */
  readonly deadAir?: TimedFigure;
  readonly costUsd?: number;
  readonly lines: readonly ReportedLine[];
  /** What the agent called, by the record. */
  readonly tools: readonly ReportedTool[];
  /** Why the call was over, by the record. */
  readonly ended?: string;
  /** Of a scenario that was made of a recorded call. */
  readonly sinceRecorded?: CallDifference;
}

export interface ReportedTool {
  readonly name: string;
  readonly atMs: number;
  /** Absent where it has not answered. */
  readonly ok?: boolean;
}

/** How long something took, and where in the call. */
export interface TimedFigure {
  readonly atMs: number;
  readonly ms: number;
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

/** Makes the report of a rehearsal; runs of one scenario stand together, in their order. */
export function reportOf(
  kept: readonly (Omit<ScenarioReport, "runs"> & { readonly result: RunResult })[],
  conditions: RunConditions,
  { tookMs, notRun = 0 }: { readonly tookMs: number; readonly notRun?: number },
): RunReport {
  const scenarios = new Map<string, Omit<ScenarioReport, "runs"> & { runs: RunResult[] }>();
  for (const { name, title, file, result } of kept) {
    const known = scenarios.get(name) ?? { name, title, ...(file && { file }), runs: [] };
    scenarios.set(name, known);
    known.runs.push(result);
  }
  return {
    version: 1,
    ...conditions,
    tookMs: Math.round(tookMs),
    notRun,
    scenarios: [...scenarios.values()],
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

/** Verdicts of a run that did not hold, and how many calls it had where that is more than one. */
export function failuresOf(
  { calls }: RunResult,
): readonly (Verdict & { readonly caller?: number })[] {
  return calls.flatMap(({ verdicts }, index) =>
    verdicts.filter(({ state }) => state === "failed")
      .map((verdict) => calls.length > 1 ? { ...verdict, caller: index + 1 } : verdict)
  );
}

/** Expectations of which nothing could be told, such as a meaning without a judge. */
export function untoldOf({ calls }: RunResult): readonly Verdict[] {
  return calls.flatMap(({ verdicts }) => verdicts.filter(({ state }) => state === "skipped"));
}

/** Where an expectation stands, as editors and terminals link it. */
export function placeOf(
  { file }: Pick<ScenarioReport, "file">,
  { line }: Pick<Verdict, "line">,
): string | undefined {
  if (file === undefined || line === undefined) return file;
  return `${file}:${line}`;
}
