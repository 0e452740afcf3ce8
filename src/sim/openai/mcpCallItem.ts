import { StoredItem } from "./conversation.ts";
import {
  announceItem,
  type OutputItem,
  type OutputItemStatus,
  type OutputSink,
} from "./outputItem.ts";
import type { FoundTool, SessionMcp } from "./sessionMcp.ts";
import { newId } from "./wire.ts";

/** The call of a tool that the server runs itself: it runs on when the response is over. */
export class McpCallItem implements OutputItem {
  readonly entry: StoredItem;
  readonly #sink: OutputSink;
  readonly #outputIndex: number;
  readonly #tool: FoundTool;
  readonly #mcp: SessionMcp;
  #arguments = "";

  constructor(sink: OutputSink, outputIndex: number, tool: FoundTool, mcp: SessionMcp) {
    this.#sink = sink;
    this.#outputIndex = outputIndex;
    this.#tool = tool;
    this.#mcp = mcp;
    const id = newId("mcp");
    this.entry = new StoredItem(id, this.#item(id));
    announceItem(sink, outputIndex, this.entry);
  }

  sendArguments(delta: string): void {
    this.#arguments += delta;
    this.#sink.emit({ type: "response.mcp_call_arguments.delta", ...this.#part(), delta });
  }

  close(status: OutputItemStatus): void {
    this.entry.item = this.#item(this.entry.id);
    if (status !== "completed") return;
    const { arguments: args } = this.entry.item;
    this.#sink.emit({ type: "response.mcp_call_arguments.done", ...this.#part(), arguments: args });
    this.#done(this.entry.item);
    if (this.#tool.hasToAsk) this.#ask();
    else this.#mcp.run(this.entry, this.#outputIndex);
  }

  #ask(): void {
    const { server, name } = this.#tool;
    const id = newId("mcpr");
    const item = {
      id,
      type: "mcp_approval_request" as const,
      server_label: server,
      name,
      arguments: this.#arguments,
    };
    const request = new StoredItem(id, item);
    announceItem(this.#sink, this.#outputIndex, request);
    this.#done(item);
    const previous_item_id = this.#sink.conversation?.previousOf(id) ?? null;
    this.#sink.emit({ type: "conversation.item.done", previous_item_id, item });
    this.#mcp.run(this.entry, this.#outputIndex, id);
  }

  #done(item: StoredItem["item"]): void {
    this.#sink.emit({
      type: "response.output_item.done",
      response_id: this.#sink.responseId,
      output_index: this.#outputIndex,
      item,
    });
  }

  #part() {
    return {
      response_id: this.#sink.responseId,
      item_id: this.entry.id,
      output_index: this.#outputIndex,
    };
  }

  #item(id: string) {
    const { server, name } = this.#tool;
    return {
      id,
      type: "mcp_call" as const,
      server_label: server,
      name,
      arguments: this.#arguments,
      approval_request_id: null,
      error: null,
      output: null,
    };
  }
}
