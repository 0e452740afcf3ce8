import type { ModelRequest } from "../../call/realtimeClient.ts";
import {
  type ClientEvent,
  type HistoryEvent,
  historyItemId,
  saidEvent,
} from "./wire/clientRequests.ts";

type Said = Extract<ModelRequest, { type: "said" }>;

/** Tells a model session what the agent has said over another session, or without one, as far as it was heard. */
export class SaidItems {
  /** The session's ids of what it did not say itself, in order. */
  #order: string[] = [];
  /** Of those that may still change, by the call's id. */
  readonly #ids = new Map<string, string>();
  #count = 0;

  /** The history was given to the session. */
  given(events: readonly HistoryEvent[]): void {
    for (const { id, itemId } of events) {
      this.#order.push(id);
      if (itemId !== undefined) this.#ids.set(itemId, id);
    }
  }

  /** Says something for the first time at the conversation's end, and then in the same place. */
  eventsFor({ itemId, text }: Said): readonly ClientEvent[] {
    const before = this.#ids.get(itemId);
    // An id is never used twice.
    const id = historyItemId(`said_${++this.#count}`);
    const at = before === undefined ? -1 : this.#order.indexOf(before);
    const said = text === "" ? [] : [id];
    if (text === "") this.#ids.delete(itemId);
    else this.#ids.set(itemId, id);
    if (before === undefined || at < 0) {
      this.#order.push(...said);
      return text === "" ? [] : [saidEvent(text, id)];
    }
    this.#order.splice(at, 1, ...said);
    const removed = { type: "conversation.item.delete", item_id: before } as const;
    if (text === "") return [removed];
    return [removed, saidEvent(text, id, this.#order[at - 1] ?? "root")];
  }
}
