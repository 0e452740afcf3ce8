/** The unit in which times are taken: offsets of time zones are whole multiples of it. */
const CELL_MS = 5 * 60_000;

/** The cells that a time touches, counted from 1970; times are in milliseconds since then. */
export function cellsOf(startsAt: number, endsAt: number): readonly number[] {
  const first = cellAt(startsAt);
  return Array.from(
    { length: Math.ceil(endsAt / CELL_MS) - first },
    (_, offset) => first + offset,
  );
}

/** The cell that a moment lies in. */
export function cellAt(time: number): number {
  return Math.floor(time / CELL_MS);
}
