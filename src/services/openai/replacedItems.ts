import type { ModelRequest } from "../../call/realtimeClient.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { type ClientEvent, historyItemId, itemCreate } from "./wire/clientRequests.ts";

export type Replace = Extract<ModelRequest, { type: "replace" }>;

/** What the server's word of an item means for the one whose place it was to take. */
interface Taken {
  readonly request: Replace;
  /** What is to go now: the sound, or the words where they do not stand in its place. */
  readonly removal: ClientEvent;
  readonly misplaced: boolean;
}

/**
 * Puts words in the place of an item's sound. The sound goes only when the server has said that the words
 * stand right behind it, so that nothing is lost over a server that cannot do this.
 */
export class ReplacedItems {
  /** By the id of the words, until the sound is gone. */
  readonly #waiting = new BoundedMap<string, Replace>(MAX_WAITING);
  /** Items whose words are in place, until they are gone. */
  readonly #placed = new BoundedMap<string, Replace>(MAX_WAITING);
  /** The item whose place they take, by the id of the words. */
  readonly #originals = new BoundedMap<string, string>(MAX_REMEMBERED);
  #count = 0;

  eventFor(request: Replace): ClientEvent {
    const { itemId, role, text } = request;
    // An id is never used twice.
    const id = historyItemId(`words_${++this.#count}`);
    this.#waiting.set(id, request);
    const event = itemCreate({ type: "message", role, text }, id);
    return { ...event, previous_item_id: itemId };
  }

  /** The server has taken in an item; undefined where that is none of these. */
  added(id: string, previousItemId: string | undefined): Taken | undefined {
    const request = this.#waiting.get(id);
    if (request === undefined) return undefined;
    this.#waiting.delete(id);
    const { itemId } = request;
    const misplaced = previousItemId !== itemId;
    const gone = misplaced ? id : itemId;
    if (!misplaced) {
      this.#placed.set(itemId, request);
      this.#originals.set(id, itemId);
    }
    const removal = { type: "conversation.item.delete", item_id: gone } as const;
    return { request, removal, misplaced };
  }

  /** An item is not in the conversation any more; returns whether its words are, for the first time. */
  gone(itemId: string): boolean {
    return this.#placed.delete(itemId);
  }

  /** The item in whose place another stands. */
  originalOf(id: string): string | undefined {
    return this.#originals.get(id);
  }
}

/** More than a call replaces at a time. */
const MAX_WAITING = 64;
/** What comes behind an older item is placed at the conversation's end, where it is. */
const MAX_REMEMBERED = 256;
