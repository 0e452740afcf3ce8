import type { ToolCall } from "../../../src/call/realtimeClient.ts";
import type { ConversationItem } from "../../../src/sim/openai/wire.ts";

const COMPLETED = { object: "realtime.item", status: "completed" } as const;

/** What the caller has said. */
export function callerItem(id: string): ConversationItem {
  return { ...COMPLETED, id, type: "message", role: "user", content: [{ type: "input_audio" }] };
}

/** What the agent says. */
export function agentItem(id: string): ConversationItem {
  return {
    ...COMPLETED,
    id,
    type: "message",
    role: "assistant",
    content: [{ type: "output_audio" }],
  };
}

export function toolItem({ callId, name, arguments: args }: ToolCall): ConversationItem {
  return { ...COMPLETED, type: "function_call", call_id: callId, name, arguments: args };
}
