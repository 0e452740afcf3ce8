import type { CallResult, RunReport } from "./runReport.ts";

/** Figures of calls, in milliseconds; absent where there is nothing to measure. */
export interface Figures {
  readonly firstSound?: Spread;
  readonly answers?: Spread;
  readonly cuts?: Spread;
  /** The longest silence of each call. */
  readonly deadAir?: Spread;
}

export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly worst: number;
}

export const figureNames = {
  firstSound: "first sound",
  answers: "answers",
  cuts: "cut after",
  deadAir: "dead air",
} as const satisfies Readonly<Record<keyof Figures, string>>;

/** Of a whole rehearsal, or of one scenario of it. */
export function figuresOf({ scenarios }: Pick<RunReport, "scenarios">): Figures {
  const calls = callsOf({ scenarios });
  const figures = {
    firstSound: spreadOf(calls.flatMap(({ firstSoundMs = [] }) => firstSoundMs)),
    answers: spreadOf(calls.flatMap(({ answers }) => answers.map(({ ms }) => ms))),
    cuts: spreadOf(calls.flatMap(({ cuts }) => cuts.map(({ ms }) => ms))),
    deadAir: spreadOf(calls.flatMap(({ deadAir }) => deadAir?.ms ?? [])),
  };
  return Object.fromEntries(Object.entries(figures).filter(([, spread]) => spread !== undefined));
}

/** What the calls cost together; undefined where none has a price. */
export function costOf({ scenarios }: Pick<RunReport, "scenarios">): number | undefined {
  const costs = callsOf({ scenarios }).flatMap(({ costUsd = [] }) => costUsd);
  return costs.length === 0 ? undefined : costs.reduce((sum, usd) => sum + usd, 0);
}

/** The built-in engine says what a model would have read and written, and nobody pays for it. */
export function costName({ engine }: Pick<RunReport, "engine">): string {
  return engine === "rehearsal" ? "cost, simulated" : "cost";
}

/** A sum as reports show it. */
export function dollars(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.995 ? 4 : 2)}`;
}

function callsOf({ scenarios }: Pick<RunReport, "scenarios">): readonly CallResult[] {
  return scenarios.flatMap(({ runs }) => runs.flatMap(({ calls }) => calls));
}

/** Undefined for no figures at all. */
function spreadOf(figures: readonly number[]): Spread | undefined {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1];
  const [median, p95, worst] = [at(0.5), at(0.95), sorted.at(-1)];
  if (median === undefined || p95 === undefined || worst === undefined) return undefined;
  return { count: sorted.length, median, p95, worst };
}
