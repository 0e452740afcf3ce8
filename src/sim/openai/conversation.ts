import type { ConversationItem, Refusal } from "./wire.ts";

/** A stretch of what an item says and when, counted from the item's first audio. */
export interface SpokenWord {
  readonly text: string;
  readonly endMs: number;
}

/** One item of a conversation as the server keeps it. */
export interface ConversationEntry {
  readonly id: string;
  readonly item: ConversationItem;
  /** Audio the item holds: what the user said, or what was produced and not truncated away. */
  readonly audioMs: number;
  /** Text the item stands for; of a truncated item only what was heard. */
  readonly text: string;
  /** Where the client truncated it, if it did. */
  readonly audioEndMs: number | undefined;
}

/** The default conversation: its items in order, with the refusals of the real server. */
export class Conversation {
  readonly #entries: StoredItem[] = [];

  get entries(): readonly ConversationEntry[] {
    return this.#entries;
  }

  get lastId(): string | null {
    return this.#entries.at(-1)?.id ?? null;
  }

  find(id: string): StoredItem | undefined {
    return this.#entries.find((entry) => entry.id === id);
  }

  /** Puts an item after another one (`"root"` is the beginning, undefined the end). */
  insert(item: StoredItem, after?: string | null): Refusal | void {
    const refusal = this.#refuseItem(item);
    if (refusal) return refusal;
    const at = this.#indexAfter(after);
    if (at === undefined) {
      return {
        code: "item_create_invalid_previous_item_id",
        message: `Cannot create the item: previous item '${after}' not found.`,
        param: "previous_item_id",
      };
    }
    // What is put before an item that was answered is not to be answered.
    item.answered ||= this.#entries[at]?.answered === true;
    this.#entries.splice(at, 0, item);
    if (this.#entries.length > maxItems) this.dropOldest(1);
  }

  /** Forgets so many items, and the outputs whose tool calls go with them. */
  dropOldest(count: number): void {
    const dropped = this.#entries.splice(0, count);
    for (const { item } of dropped) {
      if (item.type !== "function_call") continue;
      const output = this.#entries.findIndex((entry) =>
        entry.item.type === "function_call_output" && entry.item.call_id === item.call_id
      );
      if (output >= 0) this.#entries.splice(output, 1);
    }
  }

  previousOf(id: string): string | null {
    const at = this.#entries.findIndex((entry) => entry.id === id);
    return this.#entries[at - 1]?.id ?? null;
  }

  delete(id: string): Refusal | void {
    const at = this.#entries.findIndex((entry) => entry.id === id);
    if (at < 0) return unknownItem("delete", id);
    this.#entries.splice(at, 1);
  }

  /** Cuts a model's audio item and drops the transcript of what lies behind the cut. */
  truncate(id: string, contentIndex: number, audioEndMs: number): Refusal | void {
    const entry = this.find(id);
    if (!entry) return unknownItem("truncate", id);
    if (!entry.isModelAudio || contentIndex !== 0) {
      return {
        code: "unsupported_content_type",
        message: "Only model output audio messages can be truncated",
        param: "item_id",
      };
    }
    if (audioEndMs > entry.audioMs) {
      return {
        code: null,
        message: `Audio content of ${entry.audioMs}ms is already shorter than ${audioEndMs}ms`,
        param: "audio_end_ms",
      };
    }
    entry.truncate(audioEndMs);
  }

  /** Items added since the model last began to answer, oldest first. */
  unanswered(): readonly StoredItem[] {
    return this.#entries.filter((entry) => !entry.answered);
  }

  markAnswered(): void {
    for (const entry of this.#entries) entry.answered = true;
  }

  /** The name of the tool that a call id belongs to. */
  toolOf(callId: string): string | undefined {
    for (const { item } of this.#entries) {
      if (item.type === "function_call" && item.call_id === callId) return item.name;
    }
    return undefined;
  }

  #refuseItem(entry: StoredItem): Refusal | void {
    const { id, item } = entry;
    if (this.find(id)) {
      return {
        code: "item_create_duplicate_item_id",
        message: `Cannot create the item: '${id}' already exists.`,
        param: "item.id",
      };
    }
    if (item.type === "mcp_approval_response" && !this.find(item.approval_request_id)) {
      return {
        code: "invalid_approval_request_id",
        message: `Approval request '${item.approval_request_id}' not found in conversation.`,
        param: "item.approval_request_id",
      };
    }
    if (item.type === "function_call_output" && this.toolOf(item.call_id) === undefined) {
      return {
        code: "invalid_tool_call_id",
        message: `Tool call ID '${item.call_id}' not found in conversation.`,
        param: "item.call_id",
      };
    }
  }

  #indexAfter(after: string | null | undefined): number | undefined {
    if (after === undefined || after === null) return this.#entries.length;
    if (after === "root") return 0;
    const at = this.#entries.findIndex((entry) => entry.id === after);
    return at < 0 ? undefined : at + 1;
  }
}

/** An item with what only the server knows about it. */
export class StoredItem implements ConversationEntry {
  answered = false;
  /** The part of the user's audio that is speech. */
  readonly spokenMs: number;
  /** What is said in it, where the server was told. */
  readonly spokenWords: string;
  readonly #words: SpokenWord[] = [];
  #audioMs: number;
  #audioEndMs: number | undefined;
  #produced = false;

  constructor(
    readonly id: string,
    public item: ConversationItem,
    { audioMs = 0, spokenMs = audioMs, spokenWords = "" }: {
      readonly audioMs?: number;
      readonly spokenMs?: number;
      readonly spokenWords?: string;
    } = {},
  ) {
    this.#audioMs = audioMs;
    this.spokenMs = spokenMs;
    this.spokenWords = spokenWords;
  }

  get audioMs(): number {
    return this.#audioMs;
  }

  get audioEndMs(): number | undefined {
    return this.#audioEndMs;
  }

  get text(): string {
    return this.#words.length > 0
      ? this.#words.map((word) => word.text).join("")
      : textOf(this.item);
  }

  get isModelAudio(): boolean {
    const { item } = this;
    return item.type === "message" && item.role === "assistant" && this.#produced;
  }

  /** Audio of a truncated item is still sent, but is no longer part of it. */
  addAudio(ms: number): void {
    this.#produced = true;
    if (this.#audioEndMs === undefined) this.#audioMs += ms;
  }

  addWord(word: SpokenWord): void {
    if (this.#audioEndMs === undefined) this.#words.push(word);
  }

  truncate(audioEndMs: number): void {
    this.#audioEndMs = audioEndMs;
    this.#audioMs = audioEndMs;
    const heard = this.#words.filter((word) => word.endMs <= audioEndMs);
    // An empty word keeps the text empty rather than falling back to the whole.
    this.#words.splice(0, Infinity, { text: "", endMs: 0 }, ...heard);
    const { item } = this;
    if (item.type === "message" && item.role === "assistant") {
      this.item = { ...item, content: [{ type: "output_audio", transcript: this.text }] };
    }
  }
}

const maxItems = 2_000;

function textOf(item: ConversationItem): string {
  switch (item.type) {
    case "message":
      return item.content.map((part) => partText(part)).join(" ").trim();
    case "function_call":
      return item.arguments;
    case "function_call_output":
      return item.output;
    case "mcp_call":
      return item.output ?? item.error?.message ?? item.arguments;
    case "mcp_approval_response":
      return item.reason ?? "";
    default:
      return "";
  }
}

function partText(part: { text?: string; transcript?: string }): string {
  return part.text ?? part.transcript ?? "";
}

/** The real server's refusal to act on an item that is not there. */
export function unknownItem(action: "delete" | "retrieve" | "truncate", id: string): Refusal {
  return {
    code: `item_${action}_invalid_item_id`,
    message: `Error ${action.slice(0, -1)}ing item: '${id}' not found.`,
    param: "item_id",
  };
}
