import type { ScenarioOutcome } from "../report/runResult.ts";
import type { Scenario } from "../scenario.ts";
import { NotRehearsed } from "./notRehearsed.ts";
import type { ScenarioRun } from "./runScenario.ts";

/** A scenario, with whatever acting it out takes. */
export interface Actable {
  readonly scenario: Scenario;
}

export interface RunAllOptions<Item extends Actable> {
  /** How often each is acted out. */
  readonly repeat: number;
  /** How many at a time. */
  readonly concurrency: number;
  /** Acts a scenario out; `seed` is another for every repetition. */
  readonly act: (item: Item, seed: number) => Promise<ScenarioRun>;
  readonly seed: number;
  readonly onStart: () => void;
  /** `index` is its place among all runs: by scenarios, then by repetitions. */
  readonly onDone: (outcome: ScenarioOutcome, index: number, repetition: number) => void;
  readonly signal: AbortSignal;
}

/** How long calls that are hung up have for it. */
const ENDING_MS = 5000;

/** What `hurryTime` replaces would leave them less: what ends a call takes as long as it takes. */
const realTimeout = globalThis.setTimeout;

/**
 * Acts out all scenarios, so many at a time, in their order; one that fails to be acted out is an outcome with
 * its error. Aborted, it begins no more, and what is not done by then has no outcome.
 */
export async function runAll<Item extends Actable>(
  items: readonly Item[],
  { repeat, concurrency, act, seed, onStart, onDone, signal }: RunAllOptions<Item>,
): Promise<void> {
  const tasks = items.flatMap((item) =>
    Array.from({ length: repeat }, (_, repetition) => ({ item, repetition }))
  );
  let next = 0;
  const work = async () => {
    for (let index = next++; index < tasks.length && !signal.aborted; index = next++) {
      const task = tasks[index];
      if (task === undefined) return;
      const { item, repetition } = task;
      onStart();
      const outcome = await attempt(item, () => act(item, seed + repetition));
      if (!signal.aborted) onDone(outcome, index, repetition);
    }
  };
  const working = Promise.all(Array.from({ length: Math.min(concurrency, tasks.length) }, work));
  const given = Promise.withResolvers<void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const giveUp = () => timer = realTimeout(given.resolve, ENDING_MS);
  if (signal.aborted) giveUp();
  signal.addEventListener("abort", giveUp, { once: true });
  try {
    await Promise.race([working, given.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", giveUp);
  }
}

async function attempt(
  { scenario }: Actable,
  act: () => Promise<ScenarioRun>,
): Promise<ScenarioOutcome> {
  const startedAt = performance.now();
  try {
    const run = await act();
    return { scenario, run, tookMs: performance.now() - startedAt };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const tookMs = performance.now() - startedAt;
    const isSkipped = error instanceof NotRehearsed;
    return { scenario, ...(isSkipped ? { skipped: reason } : { error: reason }), tookMs };
  }
}
