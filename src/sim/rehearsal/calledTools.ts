import type { ConversationEntry } from "../openai/conversation.ts";

/** A tool call whose output the model has. */
export interface CalledTool {
  readonly name: string;
  /** JSON, as it was sent. */
  readonly arguments: string;
  readonly output: string;
}

/** The calls that have an output, in the order of these: of functions, and of tools that the server runs. */
export function calledTools(history: readonly ConversationEntry[]): readonly CalledTool[] {
  return history.flatMap(({ item }) => {
    switch (item.type) {
      case "function_call_output": {
        const call = history.find(({ item: call }) =>
          call.type === "function_call" && call.call_id === item.call_id
        )?.item;
        return call?.type === "function_call" ? [calledTool(call, item.output)] : [];
      }
      case "mcp_call":
        return item.output == null && item.error == null
          ? []
          : [calledTool(item, item.output ?? item.error?.message ?? "")];
      case "mcp_approval_response": {
        const asked = history.find(({ id }) => id === item.approval_request_id)?.item;
        if (item.approve || asked?.type !== "mcp_approval_request") return [];
        return [calledTool(asked, item.reason ?? "")];
      }
      default:
        return [];
    }
  });
}

function calledTool(
  call: { readonly name: string; readonly arguments: string },
  output: string,
): CalledTool {
  return { name: call.name, arguments: call.arguments, output };
}
