/** The value that the share `rank` (0 to 1) of sorted values does not exceed; undefined without values. */
export function percentile(sorted: ArrayLike<number>, rank: number): number | undefined {
  return sorted[percentileIndex(sorted.length, rank)];
}

/** The index of that value among `count`. */
export function percentileIndex(count: number, rank: number): number {
  return Math.max(0, Math.ceil(count * rank) - 1);
}
