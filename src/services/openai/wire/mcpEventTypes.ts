import type { ToolCall } from "../../../call/realtimeClient.ts";

/** What the server tells of the tools that it runs for the model. */
export type McpEvent =
  | {
    readonly type: "mcpCall";
    readonly itemId: string;
    /** Absent where the item is told of as one of the conversation. */
    readonly responseId?: string;
    readonly server?: string;
    readonly name?: string;
    readonly arguments?: string;
    /** The request by which it was asked for. */
    readonly askedBy?: string;
    readonly result?: McpResult;
    /** Whether the item is complete, as far as the event says. */
    readonly isDone: boolean;
  }
  | {
    readonly type: "mcpAsked";
    readonly responseId?: string;
    readonly server?: string;
    readonly call: ToolCall;
  }
  | {
    readonly type: "mcpList";
    readonly itemId: string;
    readonly server?: string;
    /** The names of its tools, once they are known. */
    readonly tools?: readonly string[];
  }
  | {
    readonly type: "mcpCallBegun" | "mcpCallEnded" | "mcpListed" | "mcpNotListed";
    readonly itemId: string;
  };

/** What came of a call. */
export interface McpResult {
  readonly ok: boolean;
  readonly output: string;
}

export function isMcpEvent(event: { readonly type: string } | McpEvent): event is McpEvent {
  return event.type.startsWith("mcp");
}
