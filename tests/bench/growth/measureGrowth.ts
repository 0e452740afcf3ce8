import { summarize } from "../load/compare.ts";
import { percentile } from "../load/measure.ts";
import type { Losses, Slice, Trial, TrialPlan } from "../load/trial.ts";
import { TurnTaking } from "../load/turnTaking.ts";
import type { GrowthPoint } from "./growthPoint.ts";

export interface GrowthOptions {
  /** Ascending. */
  readonly calls: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  /** Before the first point, not measured: V8 makes code faster for half a minute. */
  readonly warmUpRounds: number;
}

export interface GrowthOfServer extends Losses {
  readonly server: string;
  readonly mbWithoutCalls: number;
}

/**
 * Measures servers in one run while their calls grow in number; the first is the yardstick. The points
 * come as they are measured, and what holds for all of them at the end. Calls that are in place stay.
 */
export async function* measureGrowth(
  plans: Readonly<Record<string, TrialPlan>>,
  { calls, rounds, seconds, warmUpRounds }: GrowthOptions,
): AsyncGenerator<GrowthPoint, readonly GrowthOfServer[]> {
  const turns = await TurnTaking.start(Object.values(plans));
  const servers = turns.trials.map((trial, i) => ({
    trial,
    name: Object.keys(plans)[i]!,
    mbWithoutCalls: trial.residentMb,
  }));
  let taking = servers;
  for (const [i, count] of calls.entries()) {
    const refusals = new Map<Trial, string>();
    for (const { trial } of taking) {
      await trial.callUpTo(count).catch((error) => refusals.set(trial, String(error)));
    }
    for (const { name, trial } of taking) {
      const refusal = refusals.get(trial);
      if (refusal !== undefined) yield { calls: count, server: name, refusal };
    }
    taking = taking.filter(({ trial }) => !refusals.has(trial));
    const trials = taking.map(({ trial }) => trial);
    if (i === 0) await turns.talk(trials, { rounds: warmUpRounds, seconds, calls: count });
    const slices = await turns.talk(trials, { rounds, seconds, calls: count });
    for (const [at, { name, trial, mbWithoutCalls }] of taking.entries()) {
      const own = slices[at]!;
      const mb = trial.residentMb;
      yield {
        calls: count,
        server: name,
        ...figuresOf(own, taking[0] === servers[0] ? slices[0]! : []),
        mb,
        mbPerCall: (mb - mbWithoutCalls) / count,
      };
    }
  }
  const losses = await turns.end();
  return servers.map(({ name, mbWithoutCalls }, i) => ({
    server: name,
    mbWithoutCalls,
    ...losses[i]!,
  }));
}

function figuresOf(own: readonly Slice[], yardstick: readonly Slice[]) {
  const { cpuMsPerCallSecond, cpuRatio, p99Ms, maxMs, longestMs } = summarize(own, yardstick);
  const worst = (of: (slice: Slice) => number) => Math.max(...own.map(of));
  return {
    cpuMsPerCallSecond,
    cpuRatio: yardstick.length === 0 ? NaN : cpuRatio,
    p99Ms,
    maxMs,
    longestMs,
    standInsShare: worst(({ standIns }) => standIns.coreShare),
    standInsLateMs: worst(({ standIns }) => percentile(standIns.lateMs, 0.99)),
  };
}
