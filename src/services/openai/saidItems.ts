import type { ModelSetup } from "../../call/modelSetup.ts";
import type { ModelRequest } from "../../call/realtimeClient.ts";
import { type ClientEvent, historyItemId, saidEvents } from "./wire/clientRequests.ts";

type Said = Extract<ModelRequest, { type: "said" }>;

/** Tells a session what the agent has said without it, under item ids that are never used twice. */
export class SaidItems {
  /** The item that a session holds for each of the call's, and how many it has held. */
  readonly #items = new Map<string, { readonly id: string; readonly count: number }>();

  /** Items that a session's history has brought can be changed too. */
  constructor(history: ModelSetup["history"]) {
    for (const item of history) {
      if (item.type !== "message" || item.itemId === undefined) continue;
      this.#items.set(item.itemId, { id: historyItemId(item.itemId), count: 1 });
    }
  }

  eventsFor({ itemId, text }: Said): readonly ClientEvent[] {
    const before = this.#items.get(itemId);
    const count = (before?.count ?? 0) + 1;
    const id = historyItemId(count === 1 ? itemId : `${itemId}_${count}`);
    this.#items.set(itemId, { id, count });
    return saidEvents(text, id, before?.id);
  }
}
