/** The value that the share `rank` (0 to 1) of sorted values does not exceed; nothing where there are none. */
export function percentile(sorted: ArrayLike<number>, rank: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * rank) - 1)];
}

/** Whole numbers written one after another, separated by commas, in ascending order. */
export function sortedNumbers(list: string): Float64Array {
  if (list === "") return new Float64Array();
  return Float64Array.from(list.split(","), Number).sort();
}
