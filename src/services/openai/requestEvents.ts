import type { HistoryItem } from "../../call/modelSetup.ts";
import type { ModelRequest } from "../../call/realtimeClient.ts";
import {
  type ClientEvent,
  itemCreate,
  itemDelete,
  itemTruncate,
  type NewItem,
  responseCancel,
} from "./wire/clientRequests.ts";

/** The event that carries a request. */
export function clientEventOf(request: Exclude<ModelRequest, { type: "respond" }>): ClientEvent {
  switch (request.type) {
    case "cancel":
      return responseCancel(request.responseId);
    case "truncate":
      return itemTruncate(request);
    case "delete":
      return itemDelete(request.itemId);
    case "toolOutput":
    case "message":
      return itemCreate(request);
    default:
      return request satisfies never;
  }
}

/** The events that give a fresh session the conversation so far, in order. */
export function historyEvents(history: readonly HistoryItem[]): readonly ClientEvent[] {
  return history.flatMap(newItemsOf).map((item, index) =>
    itemCreate(item, `${HISTORY_PREFIX}${index}`)
  );
}

/** Whether an item comes from `historyEvents`, and not from the live conversation. */
export function isHistoryItem(itemId: string | undefined): boolean {
  return itemId?.startsWith(HISTORY_PREFIX) ?? false;
}

const HISTORY_PREFIX = "history_";

// A call whose output is missing would leave the model waiting for it.
function newItemsOf(item: HistoryItem): readonly NewItem[] {
  return item.type === "message" ? [item] : [item, { ...item, type: "toolOutput" }];
}
