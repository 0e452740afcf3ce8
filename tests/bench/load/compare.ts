import { median, percentile } from "./measure.ts";
import type { Losses, Slice, TrialPlan } from "./trial.ts";
import { TurnTaking } from "./turnTaking.ts";

export interface LoadOptions {
  readonly calls: number;
  /** In each, one server after another talks for so long. */
  readonly secondsPerRound: number;
  /** Not measured: V8 makes code faster for half a minute, and memory takes its size. */
  readonly warmUpRounds: number;
  readonly rounds: number;
}

export interface LoadFigures extends Losses {
  readonly cpuMsPerCallSecond: number;
  readonly mainMsPerCallSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The longest of the median round, and of all. */
  readonly maxMs: number;
  readonly longestMs: number;
  /** Resident, against the server without calls, over all calls. */
  readonly mbPerCall: number;
  /** What each of some more calls adds at the end: by then V8 has set aside all that it wants once. */
  readonly mbPerMoreCall: number;
  /** Against the first server: the medians of what was measured in the same moments. */
  readonly cpuRatio: number;
  readonly mainRatio: number;
  readonly p99Ratio: number;
}

/**
 * Measures servers in one run. All are up with all their calls, and talk in turns of a few seconds:
 * what else the machine does strikes all of them, and each has been warm for as long as the others.
 */
export async function compareLoads(
  plans: Readonly<Record<string, TrialPlan>>,
  options: LoadOptions,
): Promise<ReadonlyMap<string, LoadFigures>> {
  const turns = await TurnTaking.start(Object.values(plans));
  const { trials } = turns;
  const { calls, rounds, warmUpRounds, secondsPerRound: seconds } = options;
  const emptyMb = trials.map((trial) => trial.residentMb);
  await turns.talk(trials, { rounds: warmUpRounds, seconds, calls });
  const slices = await turns.talk(trials, { rounds, seconds, calls });
  const fullMb = trials.map((trial) => trial.residentMb);
  const moreCalls = Math.ceil(calls / 2);
  await turns.talk(trials, { rounds: 2, seconds, calls: calls + moreCalls });
  const moreMb = trials.map((trial) => trial.residentMb);
  const losses = await turns.end();
  return new Map(
    Object.keys(plans).map((name, i) => [name, {
      ...summarize(slices[i]!, slices[0]!),
      ...losses[i]!,
      mbPerCall: (fullMb[i]! - emptyMb[i]!) / calls,
      mbPerMoreCall: (moreMb[i]! - fullMb[i]!) / moreCalls,
    }]),
  );
}

/** What the rounds of one server have shown, against those of the first. */
export function summarize(own: readonly Slice[], first: readonly Slice[]) {
  const delays = own.flatMap(({ delaysMs }) => delaysMs);
  const against = (compare: (slice: Slice, of: Slice) => number) =>
    median(own.map((slice, round) => compare(slice, first[round] ?? slice)));
  const p99 = ({ delaysMs }: Slice) => percentile(delaysMs, 0.99);
  const longest = ({ delaysMs }: Slice) => delaysMs.reduce((a, b) => Math.max(a, b), 0);
  return {
    cpuMsPerCallSecond: median(own.map((slice) => slice.cpuMsPerCallSecond)),
    mainMsPerCallSecond: median(own.map((slice) => slice.mainMsPerCallSecond)),
    p50Ms: percentile(delays, 0.5),
    p99Ms: median(own.map(p99)),
    maxMs: median(own.map(longest)),
    longestMs: Math.max(...own.map(longest)),
    cpuRatio: against((slice, of) => slice.cpuMsPerCallSecond / of.cpuMsPerCallSecond),
    mainRatio: against((slice, of) => slice.mainMsPerCallSecond / of.mainMsPerCallSecond),
    p99Ratio: against((slice, of) => p99(slice) / p99(of)),
  };
}
