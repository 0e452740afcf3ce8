/** The value that the share `rank` (0 to 1) of sorted values does not exceed; nothing where there are none. */
export function percentile(sorted: ArrayLike<number>, rank: number): number | undefined {
  return sorted[percentileIndex(sorted.length, rank)];
}

/** Where that value stands among so many. */
export function percentileIndex(count: number, rank: number): number {
  return Math.max(0, Math.ceil(count * rank) - 1);
}
