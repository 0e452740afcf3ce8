/**
 * The last event of every process that a reader has received. As text it is an event's id, from which
 * any process can resume the reader.
 */
export type Positions = ReadonlyMap<string, number>;

export const noPositions: Positions = new Map();

/** More than the processes that share a database at a time. */
export const MAX_ORIGINS = 20;

/** Writes an event id: `origin-position` for every process, joined by dots. */
export function writePositions(positions: Positions): string {
  return [...positions].map(([origin, position]) => `${origin}-${position}`).join(".");
}

/** Undefined for a text that is no event id. */
export function readPositions(text: string): Positions | undefined {
  const positions = new Map<string, number>();
  for (const part of text.split(".")) {
    const [, origin, position] = /^(\w+)-(\d{1,15})$/.exec(part) ?? [];
    if (origin === undefined) return undefined;
    positions.set(origin, Number(position));
  }
  return positions;
}
