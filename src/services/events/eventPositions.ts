/**
 * The last event of every process that a reader has received. As text it is an event's id, from which
 * any process can resume the reader.
 */
export type Positions = ReadonlyMap<string, number>;

export const noPositions: Positions = new Map();

/** More than the processes that share a database at a time. */
const MAX_ORIGINS = 20;

/** How far the events of every process were known at one moment, in what costs nothing to keep. */
export interface Reached {
  /** The last event of this process. */
  readonly own: number;
  /** The last events of the others, as the end of an event id; shared until one of them goes on. */
  readonly others: string;
}

/** Writes an event id: `origin-position` for every process, joined by dots; this process is the first. */
export function writeId(own: string, reached: Reached): string {
  return `${own}-${reached.own}${reached.others}`;
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
  /** Undefined from when another process goes on until it is asked for. */
  #others: string | undefined = "";

  constructor(own: string) {
    this.#own = own;
    this.#reached.set(own, 0);
    this.#dropped.set(own, 0);
  }

  get reached(): Reached {
    return { own: this.#reached.get(this.#own) ?? 0, others: this.#others ??= this.#writeOthers() };
  }

  /** The position of a process; one that was not known before starts at the position given. */
  ensure(origin: string, position: number): number {
    const known = this.#reached.get(origin);
    if (known !== undefined) return known;
    this.#reached.set(origin, position);
    this.#dropped.set(origin, position);
    this.#others = undefined;
    if (this.#reached.size > MAX_ORIGINS) this.#forgetOldest();
    return position;
  }

  reach(origin: string, position: number): void {
    this.#reached.set(origin, position);
    if (origin !== this.#own) this.#others = undefined;
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

  #writeOthers(): string {
    let text = "";
    for (const [origin, position] of this.#reached) {
      if (origin !== this.#own) text += `.${origin}-${position}`;
    }
    return text;
  }

  #forgetOldest(): void {
    const oldest = [...this.#reached.keys()].find((origin) => origin !== this.#own);
    if (oldest === undefined) return;
    this.#reached.delete(oldest);
    this.#dropped.delete(oldest);
  }
}
