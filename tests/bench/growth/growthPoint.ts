/** What one server has shown with one number of calls. */
export type GrowthPoint = GrowthFigures | Refusal;

export interface GrowthFigures {
  readonly calls: number;
  readonly server: string;
  readonly cpuMsPerCallSecond: number;
  /** Against the yardstick in the same rounds; NaN without one. */
  readonly cpuRatio: number;
  readonly p99Ms: number;
  /** The longest delay of a frame in the median round, and of all. */
  readonly maxMs: number;
  readonly longestMs: number;
  /** Resident, in total, and against the server without calls. */
  readonly mb: number;
  readonly mbPerCall: number;
  /** Of the process with the callers and the models, in the worst round: how much of its core it took. */
  readonly standInsShare: number;
  /** And how late its clock was, p99 of its steps. */
  readonly standInsLateMs: number;
}

/** The server did not take so many calls. */
export interface Refusal {
  readonly calls: number;
  readonly server: string;
  /** What it said. */
  readonly refusal: string;
}

export type Limit = "callers" | "server";

/**
 * What had no more to give. Where the callers and the models were late themselves, frames waited for them:
 * the delays are then an upper bound of the server's. They are also late by what a slow server hands them
 * at once, and then by a small part of the delay.
 */
export function limitsOf(figures: GrowthFigures): readonly Limit[] {
  const { standInsShare, standInsLateMs, p99Ms } = figures;
  const areLate = standInsLateMs > LATE_MS && standInsLateMs > p99Ms / 2;
  const limits: Limit[] = [];
  if (standInsShare >= FULL_SHARE || areLate) limits.push("callers");
  if (serverShare(figures) >= FULL_SHARE) limits.push("server");
  return limits;
}

/** How much of its core the server took. */
export function serverShare({ cpuMsPerCallSecond, calls }: GrowthFigures): number {
  return cpuMsPerCallSecond * calls / 1000;
}

const FULL_SHARE = 0.9;
/** A clock of 2 ms that wakes by timers of 1 ms is up to 3 ms late on an idle core. */
const LATE_MS = 5;
