import { MAX_ORIGINS, type Positions } from "./eventPositions.ts";

/** What this process knows of the events of every process, its own included. */
export class OriginPositions {
  readonly #own: string;
  readonly #reached = new Map<string, number>();
  /** Up to here nothing is kept any more, or ever was. */
  readonly #gone = new Map<string, number>();

  constructor(own: string) {
    this.#own = own;
    this.#reached.set(own, 0);
    this.#gone.set(own, 0);
  }

  get reached(): Positions {
    return this.#reached;
  }

  /** How far a process has come; one that was not known before begins at the position given. */
  meet(origin: string, position: number): number {
    const known = this.#reached.get(origin);
    if (known !== undefined) return known;
    this.#reached.set(origin, position);
    this.#gone.set(origin, position);
    if (this.#reached.size > MAX_ORIGINS) this.#forgetOldest();
    return position;
  }

  reach(origin: string, position: number): void {
    this.#reached.set(origin, position);
  }

  lose(origin: string, position: number): void {
    if (this.#gone.has(origin)) this.#gone.set(origin, position);
  }

  /** Why a reader who has come so far has missed something that is not to be had here. */
  whyMissed(after: Positions): "restarted" | "too_late" | undefined {
    for (const origin of after.keys()) if (!this.#reached.has(origin)) return "restarted";
    for (const [origin, gone] of this.#gone) {
      if (gone > (after.get(origin) ?? 0)) return "too_late";
    }
    return undefined;
  }

  /** A reader cannot have come further than to what has happened here. */
  bounded(after: Positions): Positions {
    const own = after.get(this.#own) ?? 0;
    const reached = this.#reached.get(this.#own) ?? 0;
    return own <= reached ? after : new Map([...after, [this.#own, reached]]);
  }

  #forgetOldest(): void {
    const oldest = [...this.#reached.keys()].find((origin) => origin !== this.#own);
    if (oldest === undefined) return;
    this.#reached.delete(oldest);
    this.#gone.delete(oldest);
  }
}
