import type { ScenarioRun } from "../../scenarios/run/runScenario.ts";

/** What the calls of a run have cost, and how long they were. */
export interface RunCost {
  readonly usd: number;
  readonly talkedMs: number;
}

/** By the records of its calls; undefined where one of them does not say. */
export function runCost({ calls }: ScenarioRun): RunCost | undefined {
  let [usd, talkedMs] = [0, 0];
  for (const { evidence: { record, endMs } } of calls) {
    if (record?.costUsd === undefined) return undefined;
    usd += record.costUsd;
    talkedMs += endMs;
  }
  return { usd, talkedMs };
}

/** The part that the built-in engine does not make up. */
export function analysisUsdOf({ calls }: ScenarioRun): number {
  return calls.reduce((sum, { evidence: { record } }) => sum + (record?.analysisUsd ?? 0), 0);
}
