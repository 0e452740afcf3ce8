import type { ScenarioRun } from "../../scenarios/run/runScenario.ts";

/** What the calls of a run have cost, and how long they were. */
export interface RunCost {
  readonly usd: number;
  readonly talkedMs: number;
}

/** Undefined where one of the calls does not say, and no price of a minute is known. */
export function runCost(
  { calls }: ScenarioRun,
  usdPerMinute: number | undefined,
): RunCost | undefined {
  let [usd, talkedMs] = [0, 0];
  for (const { evidence: { record, endMs } } of calls) {
    const ofTime = usdPerMinute && usdPerMinute * Math.ceil(endMs / 60_000);
    const cost = record?.costUsd ?? ofTime;
    if (cost === undefined) return undefined;
    usd += cost;
    talkedMs += endMs;
  }
  return { usd, talkedMs };
}

/** The part that the built-in engine does not make up. */
export function analysisUsdOf({ calls }: ScenarioRun): number {
  return calls.reduce((sum, { evidence: { record } }) => sum + (record?.analysisUsd ?? 0), 0);
}
