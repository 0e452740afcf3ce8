import { Pace } from "../pace.ts";

export interface KeptEvent {
  readonly atMs: number;
  readonly type: string;
  /** JSON, as it is shown. */
  readonly text: string;
  /** Type and text in small letters, in which is looked. */
  readonly folded: string;
}

/** Looks for words among the events of a call. */
export class EventSearch {
  readonly #events: readonly KeptEvent[];
  #last: { readonly wanted: string; readonly found: readonly KeptEvent[] };
  #searches = 0;

  constructor(events: readonly KeptEvent[]) {
    this.#events = events;
    this.#last = { wanted: "", found: events };
  }

  /** In their order; undefined where another search has begun since. */
  async find(text: string): Promise<readonly KeptEvent[] | undefined> {
    const search = ++this.#searches;
    const wanted = text.trim().toLowerCase();
    // What has more letters of the same words is among what had the fewer.
    const among = wanted.includes(this.#last.wanted) ? this.#last.found : this.#events;
    const found: KeptEvent[] = [];
    const pace = new Pace();
    for (const event of among) {
      if (event.folded.includes(wanted)) found.push(event);
      const rest = pace.rest();
      if (rest === undefined) continue;
      await rest;
      if (search !== this.#searches) return undefined;
    }
    this.#last = { wanted, found };
    return found;
  }
}
