/**
 * The last event of every process that a reader has received. As text it is an event's id, from which
 * any process can resume the reader.
 */
export type Positions = ReadonlyMap<string, number>;

export const noPositions: Positions = new Map();

/** More than the processes that share a database at a time. */
const MAX_ORIGINS = 20;

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

/** How far the events of every process are known here, this process included. */
export class OriginPositions {
  readonly #own: string;
  readonly #reached = new Map<string, number>();
  /** Events up to here are not kept any more, or never were. */
  readonly #dropped = new Map<string, number>();

  constructor(own: string) {
    this.#own = own;
    this.#reached.set(own, 0);
    this.#dropped.set(own, 0);
  }

  get reached(): Positions {
    return this.#reached;
  }

  /** The position of a process; one that was not known before starts at the position given. */
  ensure(origin: string, position: number): number {
    const known = this.#reached.get(origin);
    if (known !== undefined) return known;
    this.#reached.set(origin, position);
    this.#dropped.set(origin, position);
    if (this.#reached.size > MAX_ORIGINS) this.#forgetOldest();
    return position;
  }

  reach(origin: string, position: number): void {
    this.#reached.set(origin, position);
  }

  drop(origin: string, position: number): void {
    if (this.#dropped.has(origin)) this.#dropped.set(origin, position);
  }

  /** Why events after these positions are not all kept here. */
  whyMissed(after: Positions): "restarted" | "too_late" | undefined {
    for (const origin of after.keys()) if (!this.#reached.has(origin)) return "restarted";
    for (const [origin, dropped] of this.#dropped) {
      if (dropped > (after.get(origin) ?? 0)) return "too_late";
    }
    return undefined;
  }

  /** Limits positions to what has happened in this process. */
  bounded(after: Positions): Positions {
    const own = after.get(this.#own) ?? 0;
    const reached = this.#reached.get(this.#own) ?? 0;
    return own <= reached ? after : new Map([...after, [this.#own, reached]]);
  }

  #forgetOldest(): void {
    const oldest = [...this.#reached.keys()].find((origin) => origin !== this.#own);
    if (oldest === undefined) return;
    this.#reached.delete(oldest);
    this.#dropped.delete(oldest);
  }
}
