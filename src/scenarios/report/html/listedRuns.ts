import type { CallSound } from "../keptSound.ts";
import type { CallResult, RunResult, ScenarioReport } from "../runReport.ts";
import type { WholeReport } from "../wholeReport.ts";

/** A run as the report lists it, with the names by which it links to it. */
export interface ListedRun {
  readonly scenario: ScenarioReport;
  readonly run: RunResult;
  readonly id: string;
  /** Counted from 1. */
  readonly number: number;
  readonly calls: readonly ListedCall[];
}

export interface ListedCall {
  readonly id: string;
  readonly call: CallResult;
  readonly sound?: CallSound;
}

const MAX_RUNS = 1000;

/** The runs in their order; of very many those that failed, and the first of the others. */
export function listedRuns({ report, sounds }: Pick<WholeReport, "report" | "sounds">): {
  readonly runs: readonly ListedRun[];
  readonly leftOut: number;
} {
  let callNumber = 0;
  let index = 0;
  const all = report.scenarios.flatMap((scenario) =>
    scenario.runs.map((run, number): ListedRun => {
      const id = `run-${index + 1}`;
      const kept = sounds[index++];
      const calls = run.calls.map((call, caller): ListedCall => {
        const sound = kept?.[caller];
        return { id: `call-${++callNumber}`, call, ...(sound && { sound }) };
      });
      return { id, scenario, run, number: number + 1, calls };
    })
  );
  if (all.length <= MAX_RUNS) return { runs: all, leftOut: 0 };
  const wanted = new Set(
    all.toSorted((a, b) => rank(a) - rank(b)).slice(0, MAX_RUNS),
  );
  return { runs: all.filter((run) => wanted.has(run)), leftOut: all.length - MAX_RUNS };
}

/** How a run is told from the others of its scenario; empty for the only one. */
export function runNumber({ scenario: { runs }, number }: ListedRun): string {
  return runs.length > 1 ? `run ${number} of ${runs.length}` : "";
}

/** The line of the conversation at a time, for links; the call itself where there is none. */
export function lineIdAt({ id, call: { lines } }: ListedCall, atMs: number): string {
  const near = lines.findLastIndex(({ fromMs }) => fromMs <= atMs + NEAR_MS);
  return near < 0 ? id : `${id}-line-${near + 1}`;
}

const NEAR_MS = 100;

function rank({ run: { state } }: ListedRun): number {
  return state === "failed" ? 0 : 1;
}
