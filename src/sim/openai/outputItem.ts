import type { Conversation, StoredItem } from "./conversation.ts";
import type { ServerEvent } from "./wire.ts";

/** Where the outputs of one response go. */
export interface OutputSink {
  readonly responseId: string;
  /** Undefined for an out-of-band response, whose items belong to no conversation. */
  readonly conversation: Conversation | undefined;
  emit(event: ServerEvent): void;
}

/** One item being produced by a response. */
export interface OutputItem {
  readonly entry: StoredItem;
  close(status: OutputItemStatus): void;
}

export type OutputItemStatus = "completed" | "incomplete";

/** Announces a new item, in the response and in the conversation. */
export function announceItem(sink: OutputSink, outputIndex: number, entry: StoredItem): void {
  const { conversation, responseId } = sink;
  const { item } = entry;
  sink.emit({
    type: "response.output_item.added",
    response_id: responseId,
    output_index: outputIndex,
    item,
  });
  if (!conversation) return;
  entry.answered = true;
  const previous = conversation.lastId;
  conversation.insert(entry);
  sink.emit({ type: "conversation.item.added", previous_item_id: previous, item });
}

/** Says that an item is complete, in the response and in the conversation. */
export function concludeItem(sink: OutputSink, outputIndex: number, entry: StoredItem): void {
  const { conversation, responseId } = sink;
  const { item } = entry;
  sink.emit({
    type: "response.output_item.done",
    response_id: responseId,
    output_index: outputIndex,
    item,
  });
  // The client may have deleted it in the meantime.
  if (!conversation?.find(entry.id)) return;
  const previous = conversation.previousOf(entry.id);
  sink.emit({ type: "conversation.item.done", previous_item_id: previous, item });
}
