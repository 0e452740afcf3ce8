/** Where each item stands in the conversation, whatever order items become known in. */
export class ItemOrder {
  readonly #positions = new Map<string, number>();
  /** For a written line that the model placed after later positions: the last of those positions. */
  readonly #reached = new Map<string, number>();
  /** Lines of the caller's that the model has not taken in yet, oldest first. */
  readonly #written: string[] = [];
  #last = 0;

  /** The item's position, not always whole; one that is new comes last. */
  positionOf(id: string): number {
    const known = this.#positions.get(id);
    if (known !== undefined) return known;
    this.#positions.set(id, ++this.#last);
    return this.#last;
  }

  /** A position behind all others, for what is not an item. */
  next(): number {
    return ++this.#last;
  }

  /** The model has taken in an item, behind `previousItemId` where it says so. */
  placed(itemId: string, previousItemId: string | undefined): void {
    if (this.#positions.has(itemId)) return;
    if (previousItemId === undefined) this.positionOf(itemId);
    else this.#positions.set(itemId, this.#behind(this.#reach(previousItemId)));
  }

  /** The caller wrote a line, under an id of ours. */
  wrote(id: string): void {
    this.#written.push(id);
  }

  /**
   * The model has taken in what the caller wrote: the line that has waited longest is this item. The
   * line keeps its position, even if the model has inserted other items before it.
   */
  writtenPlaced(itemId: string, previousItemId: string | undefined): void {
    const waiting = this.#positions.has(itemId) ? undefined : this.#written.shift();
    if (waiting === undefined) return this.placed(itemId, previousItemId);
    const position = this.positionOf(waiting);
    this.#positions.set(itemId, position);
    const reached = previousItemId === undefined ? position : this.#reach(previousItemId);
    if (reached > position) this.#reached.set(itemId, reached);
  }

  /** The highest position among this item and all items before it in the model's conversation. */
  #reach(id: string): number {
    return this.#reached.get(id) ?? this.positionOf(id);
  }

  #behind(position: number): number {
    let next = Infinity;
    for (const other of this.#positions.values()) {
      if (other > position && other < next) next = other;
    }
    return next === Infinity ? ++this.#last : (position + next) / 2;
  }
}
