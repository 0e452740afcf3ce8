/** What keeps the first of one list from being all that counts. */
const SMOOTHING = 10;

/** One order of several, each the best first: by the sum of what an id's ranks are worth. */
export function fuseRanks(orders: readonly (readonly number[])[]): readonly number[] {
  const scores = new Map<number, number>();
  for (const order of orders) {
    for (const [rank, id] of order.entries()) {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (SMOOTHING + rank));
    }
  }
  return [...scores].sort(([, one], [, other]) => other - one).map(([id]) => id);
}
