import { BoundedMap } from "../../utils/boundedMap.ts";

const MAX_SAME = 1000;

/**
 * Turns of the caller's that a connection has lost and the next one hears once more, under other ids: the
 * next items that it reports are these.
 */
export class RepeatedTurns {
  /** Not reported by the next connection yet, in their order. */
  #due: readonly string[] = [];
  /** The turn that an item of a later connection is, by the item's id. */
  readonly #turns = new BoundedMap<string, string>(MAX_SAME);

  /** The last that is due. */
  get latest(): string | undefined {
    return this.#due.at(-1);
  }

  /** Returns the turns that these items are. */
  heardAgain(itemIds: readonly string[]): readonly string[] {
    const ids = itemIds.map((id) => this.turnOf(id));
    this.#due = [...new Set([...this.#due, ...ids])];
    return ids;
  }

  /** Returns what was due, and is not any more. */
  giveUp(): readonly string[] {
    const due = this.#due;
    this.#due = [];
    return due;
  }

  /** The turn that an item is known to be: itself, or one that it repeats. */
  turnOf(itemId: string): string {
    return this.#turns.get(itemId) ?? itemId;
  }

  /** The same for an item that is reported now: one that `isNew` repeats the first turn that is due. */
  reported(itemId: string, isNew: boolean): string {
    const known = this.#turns.get(itemId);
    const [first] = this.#due;
    if (known !== undefined || first === undefined || !isNew) return known ?? itemId;
    this.#due = this.#due.slice(1);
    this.#turns.set(itemId, first);
    return first;
  }
}
