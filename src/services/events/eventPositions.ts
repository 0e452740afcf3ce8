/**
 * How far somebody has come in the events of every process, by process. Written down it is an
 * event's id: whichever process a reader comes back to knows from it what the reader has had.
 */
export type Positions = ReadonlyMap<string, number>;

export const noPositions: Positions = new Map();

/** More processes than ever share a database at a time. */
export const MAX_ORIGINS = 20;

export function writePositions(positions: Positions): string {
  return [...positions].map(([origin, position]) => `${origin}-${position}`).join(".");
}

/** Nothing for what is no id of an event. */
export function readPositions(text: string): Positions | undefined {
  const positions = new Map<string, number>();
  for (const part of text.split(".")) {
    const [, origin, position] = /^(\w+)-(\d{1,15})$/.exec(part) ?? [];
    if (origin === undefined) return undefined;
    positions.set(origin, Number(position));
  }
  return positions;
}
