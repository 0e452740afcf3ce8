import type { ToolServer } from "../../call/modelSetup.ts";
import type { ModelInput, ToolCall } from "../../call/realtimeClient.ts";
import { BoundedMap } from "../../utils/boundedMap.ts";
import { present } from "../../utils/present.ts";
import { withoutValues } from "../../utils/withoutValues.ts";
import type { ToolServerHealth } from "./toolServerHealth.ts";
import type { McpEvent, McpResult } from "./wire/mcpEventTypes.ts";

type Event<Type extends McpEvent["type"]> = Extract<McpEvent, { type: Type }>;

interface Item {
  responseId?: string;
  server?: string;
  name?: string;
  arguments?: string;
  /** The request by which it was asked for: the call knows it by that. */
  request?: string;
  /** The server says that it has ended; its result may come later. */
  hasEnded: boolean;
  state: "new" | "told" | "over";
}

interface Asked extends Pick<ToolCall, "name" | "arguments"> {
  readonly server: string | undefined;
  state: "asked" | "allowed" | "denied" | "over";
}

interface RemoteCallsOptions {
  /** Asks the server for an item as it is now. */
  readonly retrieve: (itemId: string) => void;
  readonly health?: Pick<ToolServerHealth, "listed" | "failed"> | undefined;
}

/**
 * Makes inputs of what the server tells of the tools that it runs for the model: each call announced, begun
 * and ended once, in whatever order its items and events come.
 */
export class RemoteCalls {
  #servers: readonly ToolServer[] = [];
  /** Also of servers that the session has no more: what runs there may still repeat them. */
  readonly #secrets = new Set<string>();
  readonly #options: RemoteCallsOptions;
  readonly #items = new BoundedMap<string, Item>(MAX_REMEMBERED);
  readonly #asked = new BoundedMap<string, Asked>(MAX_REMEMBERED);
  /** Whose tools an item lists. */
  readonly #lists = new BoundedMap<string, string>(MAX_REMEMBERED);
  #lastResponseId: string | undefined;

  constructor(servers: readonly ToolServer[] = [], options: RemoteCallsOptions) {
    this.use(servers);
    this.#options = options;
  }

  /** The session has other servers from now on. */
  use(servers: readonly ToolServer[] = []): void {
    this.#servers = servers;
    for (const secret of servers.flatMap(({ secrets }) => secrets)) this.#secrets.add(secret);
  }

  /** The model was answered whether it may run what it has asked for. */
  answered(callId: string, isAllowed: boolean): void {
    const asked = this.#asked.get(callId);
    if (asked === undefined) return;
    asked.state = isAllowed ? "allowed" : "denied";
    if (isAllowed) return;
    for (const item of this.#items.values()) {
      if (item.request === callId) item.state = "over";
    }
  }

  /** An item is in the conversation: one that lists tools may never come to list any. */
  added({ itemId, toolServer }: { readonly itemId: string; readonly toolServer?: string }): void {
    if (toolServer !== undefined) this.#lists.set(itemId, toolServer);
  }

  of(event: McpEvent): readonly ModelInput[] {
    switch (event.type) {
      case "mcpCall":
        return this.#called(event);
      case "mcpAsked":
        return this.#askedFor(event);
      case "mcpCallBegun":
        return this.#begun(event.itemId);
      case "mcpCallEnded": {
        const item = this.#itemOf(event.itemId);
        item.hasEnded = true;
        // What came of it stands in the item alone.
        if (item.state !== "over") this.#options.retrieve(event.itemId);
        return [];
      }
      case "mcpList":
        return this.#listed(event);
      case "mcpListed":
        return [];
      case "mcpNotListed":
        this.#options.health?.failed(this.#lists.get(event.itemId) ?? this.#onlyServer);
        return [];
    }
  }

  #called(event: Event<"mcpCall">): readonly ModelInput[] {
    const { itemId, responseId, server, name, arguments: args, askedBy } = event;
    const item = this.#itemOf(itemId);
    Object.assign(item, present({ responseId, server, name, arguments: args }));
    if (responseId !== undefined) this.#lastResponseId = responseId;
    if (askedBy !== undefined && this.#asked.has(askedBy)) item.request = askedBy;
    const signs: ModelInput[] = responseId === undefined ? [] : [
      { type: "remoteToolPlanned", responseId },
      { type: "responseProgress", responseId },
    ];
    const { result = item.hasEnded && event.isDone ? NO_OUTPUT : undefined } = event;
    if (result !== undefined) return [...signs, ...this.#ended(itemId, item, result)];
    // A call that the model has to ask for begins when it was let.
    return this.#hasToAsk(item) ? signs : [...signs, ...this.#tell(itemId, item)];
  }

  #askedFor({ call, server, responseId = this.#lastResponseId }: Event<"mcpAsked">) {
    const { callId, name, arguments: args } = call;
    if (this.#asked.has(callId)) return [];
    this.#asked.set(callId, { server, name, arguments: args, state: "asked" });
    const item = [...this.#items.values()].find((each) =>
      each.request === undefined && each.state === "new" && isSame(each, { server, ...call })
    );
    if (item !== undefined) item.request = callId;
    const of = responseId ?? item?.responseId ?? callId;
    return [
      { type: "remoteToolPlanned", responseId: of } as const,
      { type: "toolAnnounced", responseId: of, call: this.#shown(call) } as const,
    ];
  }

  #begun(itemId: string): readonly ModelInput[] {
    const item = this.#itemOf(itemId);
    this.#bind(item);
    const isAllowed = item.request !== undefined &&
      this.#asked.get(item.request)?.state === "allowed";
    return !this.#hasToAsk(item) || isAllowed ? this.#tell(itemId, item) : [];
  }

  /** Tells that a call has begun, once it is known what is called. */
  #tell(itemId: string, item: Item): readonly ModelInput[] {
    const { name, arguments: args, responseId, request: callId = itemId } = item;
    if (item.state !== "new" || name === undefined || args === undefined) return [];
    item.state = "told";
    const call = this.#shown({ callId, name, arguments: args, by: "model" });
    return [{ type: "remoteToolStarted", call, ...present({ responseId }) }];
  }

  #ended(itemId: string, item: Item, { ok, output }: McpResult): readonly ModelInput[] {
    this.#bind(item);
    const asked = item.request === undefined ? undefined : this.#asked.get(item.request);
    if (item.state === "over" || asked?.state === "denied") return [];
    item.name ??= "unknown";
    item.arguments ??= "{}";
    const begun = this.#tell(itemId, item);
    item.state = "over";
    if (asked !== undefined) asked.state = "over";
    const callId = item.request ?? itemId;
    return [...begun, { type: "remoteToolEnded", callId, output: this.#hide(output), ok }];
  }

  /** Finds the request of a call that does not name it. */
  #bind(item: Item): void {
    if (item.request !== undefined || item.state !== "new" || !this.#hasToAsk(item)) return;
    for (const [callId, asked] of this.#asked) {
      const isBound = [...this.#items.values()].some(({ request }) => request === callId);
      if (asked.state !== "allowed" || isBound || !isSame(item, asked)) continue;
      item.request = callId;
      return;
    }
  }

  #listed({ itemId, server, tools }: Event<"mcpList">): readonly ModelInput[] {
    if (server !== undefined) this.#lists.set(itemId, server);
    const label = this.#lists.get(itemId) ?? this.#onlyServer;
    if (tools !== undefined && label !== undefined && tools.length > 0) {
      const wanted = this.#servers.find((each) => each.label === label)?.tools;
      this.#options.health?.listed(label, tools, wanted);
    }
    return [];
  }

  #itemOf(itemId: string): Item {
    const known = this.#items.get(itemId);
    if (known !== undefined) return known;
    const item: Item = { hasEnded: false, state: "new" };
    this.#items.set(itemId, item);
    return item;
  }

  #hasToAsk({ server, name }: Item): boolean {
    return this.#servers.some(({ label, asks }) =>
      (server === undefined || label === server) && name !== undefined && asks.includes(name)
    );
  }

  get #onlyServer(): string | undefined {
    return this.#servers.length === 1 ? this.#servers[0]?.label : undefined;
  }

  #shown(call: ToolCall): ToolCall {
    return { ...call, arguments: this.#hide(call.arguments) };
  }

  /** A server may repeat what it is sent. */
  #hide(text: string): string {
    return withoutValues(text, [...this.#secrets]);
  }
}

const MAX_REMEMBERED = 256;
const NO_OUTPUT: McpResult = { ok: true, output: "" };

function isSame(item: Item, asked: Omit<Asked, "state">): boolean {
  const { server = asked.server, arguments: args = asked.arguments } = item;
  return item.name === asked.name && server === asked.server && args === asked.arguments;
}
