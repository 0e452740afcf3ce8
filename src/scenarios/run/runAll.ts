import type { ScenarioOutcome } from "../report/runReport.ts";
import type { Scenario } from "../scenario.ts";
import { NotRehearsed } from "./notRehearsed.ts";
import type { ScenarioRun } from "./runScenario.ts";

export interface RunAllOptions {
  /** How often each is acted out. */
  readonly repeat: number;
  /** How many at a time. */
  readonly concurrency: number;
  /** Acts a scenario out; `seed` is another for every repetition. */
  readonly act: (scenario: Scenario, seed: number) => Promise<ScenarioRun>;
  readonly seed: number;
  readonly onDone: (outcome: ScenarioOutcome, left: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Acts out all scenarios, so many at a time, in their order; one that fails to be acted out is an outcome with
 * its error. Outcomes are in the order of scenarios and repetitions. Aborted, it begins no more.
 */
export async function runAll(
  scenarios: readonly Scenario[],
  { repeat, concurrency, act, seed, onDone, signal }: RunAllOptions,
): Promise<readonly ScenarioOutcome[]> {
  const tasks = scenarios.flatMap((scenario) =>
    Array.from({ length: repeat }, (_, repetition) => ({ scenario, repetition }))
  );
  const outcomes: ScenarioOutcome[] = [];
  let next = 0;
  let left = tasks.length;
  const work = async () => {
    for (let index = next++; index < tasks.length && !signal.aborted; index = next++) {
      const task = tasks[index];
      if (task === undefined) return;
      const outcome = await attempt(
        task.scenario,
        () => act(task.scenario, seed + task.repetition),
      );
      outcomes[index] = outcome;
      onDone(outcome, --left);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, tasks.length) }, work));
  return outcomes.filter((outcome) => outcome !== undefined);
}

async function attempt(
  { name, title }: Scenario,
  act: () => Promise<ScenarioRun>,
): Promise<ScenarioOutcome> {
  const startedAt = performance.now();
  try {
    const run = await act();
    return { name, title, run, tookMs: performance.now() - startedAt };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const tookMs = performance.now() - startedAt;
    const isSkipped = error instanceof NotRehearsed;
    return { name, title, ...(isSkipped ? { skipped: reason } : { error: reason }), tookMs };
  }
}
