import { StoredItem } from "./conversation.ts";
import {
  announceItem,
  concludeItem,
  type OutputItem,
  type OutputItemStatus,
  type OutputSink,
} from "./outputItem.ts";
import { newId } from "./wire.ts";

/** A function call being produced, its arguments streamed in pieces. */
export class FunctionCallItem implements OutputItem {
  readonly entry: StoredItem;
  readonly #sink: OutputSink;
  readonly #outputIndex: number;
  readonly #name: string;
  readonly #callId: string;
  #arguments = "";

  constructor(
    sink: OutputSink,
    outputIndex: number,
    { name, callId = newId("call") }: { readonly name: string; readonly callId?: string },
  ) {
    this.#sink = sink;
    this.#outputIndex = outputIndex;
    this.#name = name;
    this.#callId = callId;
    const id = newId("item");
    this.entry = new StoredItem(id, this.#item(id, "in_progress"));
    announceItem(sink, outputIndex, this.entry);
  }

  sendArguments(delta: string): void {
    this.#arguments += delta;
    this.#sink.emit({ type: "response.function_call_arguments.delta", ...this.#part(), delta });
  }

  close(
    status: OutputItemStatus,
    { announcements = 1 }: { readonly announcements?: number } = {},
  ): void {
    this.entry.item = this.#item(this.entry.id, status);
    for (let count = 0; count < announcements; count++) {
      if (status === "completed") this.#announceArguments();
      concludeItem(this.#sink, this.#outputIndex, this.entry);
    }
  }

  #announceArguments(): void {
    this.#sink.emit({
      type: "response.function_call_arguments.done",
      ...this.#part(),
      name: this.#name,
      arguments: this.#arguments,
    });
  }

  #part() {
    return {
      response_id: this.#sink.responseId,
      item_id: this.entry.id,
      output_index: this.#outputIndex,
      call_id: this.#callId,
    };
  }

  #item(id: string, status: OutputItemStatus | "in_progress") {
    return {
      id,
      object: "realtime.item" as const,
      type: "function_call" as const,
      status,
      name: this.#name,
      call_id: this.#callId,
      arguments: this.#arguments,
    };
  }
}
