import type { RealtimeMcpToolCall } from "openai/resources/realtime/realtime";
import { isRecord } from "../../utils/isRecord.ts";
import { type Conversation, StoredItem } from "./conversation.ts";
import { connectTools, type RemoteTool, type ToolConnection } from "./toolConnection.ts";
import { newId, type ServerEvent, type WireMcpTool } from "./wire.ts";

/** What the parts of a session that concern MCP share with the others. */
interface SessionMcpDeps {
  readonly conversation: Conversation;
  emit(event: ServerEvent): void;
}

interface Listed {
  readonly setup: WireMcpTool;
  readonly connection: Promise<ToolConnection>;
  tools: readonly RemoteTool[];
}

/** A tool that the model may call, at its server. */
export interface FoundTool {
  readonly server: string;
  readonly name: string;
  readonly hasToAsk: boolean;
}

/** The MCP servers of a session: lists their tools, and runs these when the model has called them. */
export class SessionMcp {
  readonly #deps: SessionMcpDeps;
  #servers: readonly Listed[] = [];
  readonly #waiting = new Map<string, () => void>();
  readonly #closing = new AbortController();
  readonly #work = new Set<Promise<unknown>>();

  constructor(deps: SessionMcpDeps) {
    this.#deps = deps;
  }

  /** The session has these servers from now on; one that is as it was is not listed again. */
  configure(setups: readonly WireMcpTool[]): void {
    this.#servers = setups.map((setup) =>
      this.#servers.find((known) => JSON.stringify(known.setup) === JSON.stringify(setup)) ??
        this.#open(setup)
    );
  }

  get tools(): readonly { readonly name: string; readonly parameters: unknown }[] {
    return this.#servers.flatMap(({ tools }) =>
      tools.map(({ name, inputSchema }) => ({ name, parameters: inputSchema }))
    );
  }

  find(name: string): FoundTool | undefined {
    const listed = this.#servers.find(({ tools }) => tools.some((tool) => tool.name === name));
    if (listed === undefined) return undefined;
    const { server_label: server, require_approval: approval = "always" } = listed.setup;
    const hasToAsk = isRecord(approval)
      ? !namesIn(approval.never).includes(name)
      : approval !== "never";
    return { server, name, hasToAsk };
  }

  /** Runs what an item calls, at once or when the client has answered the request for it. */
  run(entry: StoredItem, outputIndex: number, request?: string): void {
    const begin = () => this.#track(this.#run(entry, outputIndex));
    if (request === undefined) begin();
    else this.#waiting.set(request, begin);
  }

  /** The client's answer to a request; false where there is none of that id. */
  answered(request: string, isApproved: boolean): boolean {
    const begin = this.#waiting.get(request);
    this.#waiting.delete(request);
    if (isApproved) begin?.();
    return begin !== undefined;
  }

  /** Settles when nothing is open any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#work);
    const connections = await Promise.allSettled(this.#servers.map((each) => each.connection));
    await Promise.allSettled(connections.map(async (each) => {
      if (each.status === "fulfilled") await each.value.close();
    }));
  }

  #open(setup: WireMcpTool): Listed {
    const connection = connectTools(setup, this.#closing.signal);
    const listed: Listed = { setup, connection, tools: [] };
    this.#track(this.#list(listed));
    return listed;
  }

  async #list(listed: Listed): Promise<void> {
    const { conversation, emit } = this.#deps;
    const item_id = newId("mcpl");
    const server_label = listed.setup.server_label;
    const item = { id: item_id, type: "mcp_list_tools" as const, server_label, tools: [] };
    const entry = new StoredItem(item_id, item);
    entry.answered = true;
    const previous_item_id = conversation.lastId;
    conversation.insert(entry);
    emit({ type: "conversation.item.added", previous_item_id, item });
    emit({ type: "mcp_list_tools.in_progress", item_id });
    try {
      const all = await (await listed.connection).list();
      const { allowed_tools: allowed } = listed.setup;
      const names = Array.isArray(allowed) ? allowed : namesIn(allowed);
      listed.tools = all.filter(({ name }) => allowed == null || names.includes(name));
      const tools = listed.tools.map(({ name, description, inputSchema }) => ({
        name,
        description,
        input_schema: inputSchema,
      }));
      entry.item = { ...item, tools };
      emit({ type: "conversation.item.done", previous_item_id, item: entry.item });
      emit({ type: "mcp_list_tools.completed", item_id });
    } catch {
      emit({ type: "mcp_list_tools.failed", item_id });
    }
  }

  async #run(entry: StoredItem, output_index: number): Promise<void> {
    const { conversation, emit } = this.#deps;
    const { item } = entry;
    if (item.type !== "mcp_call") return;
    emit({ type: "response.mcp_call.in_progress", item_id: item.id, output_index });
    const result = await this.#call(item);
    const type = result.error === undefined
      ? "response.mcp_call.completed"
      : "response.mcp_call.failed";
    entry.item = { ...item, ...result };
    // A response to it has still to come.
    entry.answered = false;
    emit({ type, item_id: item.id, output_index });
    const previous_item_id = conversation.previousOf(item.id);
    emit({ type: "conversation.item.done", previous_item_id, item: entry.item });
  }

  async #call(
    { server_label, name, arguments: args }: RealtimeMcpToolCall,
  ): Promise<Pick<RealtimeMcpToolCall, "output" | "error">> {
    try {
      const listed = this.#servers.find(({ setup }) => setup.server_label === server_label);
      const { isError, text } = await (await listed?.connection)?.call(name, JSON.parse(args)) ??
        { isError: true, text: "The server is not in the session." };
      if (!isError) return { output: text };
      return { error: { type: "tool_execution_error", message: text } };
    } catch (error) {
      const code = isRecord(error) && typeof error.code === "number" ? error.code : 502;
      return { error: { type: "http_error", code, message: String(error) } };
    }
  }

  #track(work: Promise<unknown>): void {
    this.#work.add(work);
    work.finally(() => this.#work.delete(work)).catch(() => {});
  }
}

function namesIn(filter: unknown): readonly unknown[] {
  return isRecord(filter) && Array.isArray(filter.tool_names) ? filter.tool_names : [];
}
