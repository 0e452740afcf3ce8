import { BoundedMap } from "../../utils/boundedMap.ts";

/** Further back in the conversation nothing is inserted any more. */
const MAX_PLACES = 1000;
/** A model that does not say what it takes in leaves them waiting. */
const MAX_WRITTEN = 100;

/** Where each of the latest items stands in the conversation, whatever order they become known in. */
export class ItemOrder {
  readonly #places = new BoundedMap<string, Place>(MAX_PLACES);
  /** Lines of the caller's that the model has not taken in yet, oldest first. */
  readonly #written: string[] = [];
  #last = 0;

  /** The item's position, not always whole; one that is new comes last. */
  positionOf(id: string): number {
    return this.#placeOf(id).position;
  }

  /** An item of an earlier session, at the position that it had there. */
  restore(id: string, position: number): void {
    this.#set(id, position);
    this.#last = Math.max(this.#last, Math.ceil(position));
  }

  /** An item is the same as another, under the id of a later connection. */
  samePlace(itemId: string, as: string): void {
    if (!this.#places.has(itemId)) this.#set(itemId, this.positionOf(as));
  }

  /** A position behind all others, for what is not an item. */
  next(): number {
    return ++this.#last;
  }

  /** The model has taken in an item, behind `previousItemId` where it says so. */
  placed(itemId: string, previousItemId: string | undefined): void {
    if (this.#places.has(itemId)) return;
    if (previousItemId === undefined) this.#placeOf(itemId);
    else this.#set(itemId, this.#behind(this.#placeOf(previousItemId).reach));
  }

  /** The caller wrote a line, under an id of ours. */
  wrote(id: string): void {
    this.#written.push(id);
    if (this.#written.length > MAX_WRITTEN) this.#written.shift();
  }

  /**
   * The model has taken in what the caller wrote: the line that has waited longest is this item. The
   * line keeps its position, even if the model has inserted other items before it.
   */
  writtenPlaced(itemId: string, previousItemId: string | undefined): void {
    const waiting = this.#places.has(itemId) ? undefined : this.#written.shift();
    if (waiting === undefined) return this.placed(itemId, previousItemId);
    const position = this.positionOf(waiting);
    this.#set(itemId, position);
    if (previousItemId === undefined) return;
    this.#set(itemId, position, Math.max(position, this.#placeOf(previousItemId).reach));
  }

  #placeOf(id: string): Place {
    return this.#places.get(id) ?? this.#set(id, ++this.#last);
  }

  #set(id: string, position: number, reach = position): Place {
    const place = { position, reach };
    this.#places.set(id, place);
    return place;
  }

  #behind(position: number): number {
    let next = Infinity;
    for (const { position: other } of this.#places.values()) {
      if (other > position && other < next) next = other;
    }
    return next === Infinity ? ++this.#last : (position + next) / 2;
  }
}

interface Place {
  /** Not always whole. */
  readonly position: number;
  /** The highest position among this item and all items before it in the model's conversation. */
  readonly reach: number;
}
