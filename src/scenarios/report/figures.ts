import type { RunReport } from "./runReport.ts";

/** Figures of a rehearsal over all of its calls, in milliseconds; absent where there is nothing to measure. */
export interface Figures {
  readonly firstSound?: Spread;
  readonly answers?: Spread;
  readonly cuts?: Spread;
  readonly silence?: Spread;
}

export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly worst: number;
}

export function figuresOf({ scenarios }: Pick<RunReport, "scenarios">): Figures {
  const calls = scenarios.flatMap(({ runs }) => runs.flatMap(({ calls }) => calls));
  const figures = {
    firstSound: spreadOf(calls.flatMap(({ firstSoundMs = [] }) => firstSoundMs)),
    answers: spreadOf(calls.flatMap(({ answersMs }) => answersMs)),
    cuts: spreadOf(calls.flatMap(({ cutsMs }) => cutsMs)),
    silence: spreadOf(calls.map(({ longestSilenceMs }) => longestSilenceMs)),
  };
  return Object.fromEntries(Object.entries(figures).filter(([, spread]) => spread !== undefined));
}

/** Undefined for no figures at all. */
export function spreadOf(figures: readonly number[]): Spread | undefined {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
  const [median, p95, worst] = [at(0.5), at(0.95), sorted.at(-1)];
  if (median === undefined || p95 === undefined || worst === undefined) return undefined;
  return { count: sorted.length, median, p95, worst };
}
