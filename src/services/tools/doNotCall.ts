import { type Tool, ToolError } from "./tool.ts";

/** Puts the number of a live call's caller on the list; false where it has none. */
export type PutOnDoNotCallList = (callId: string, agent: string) => Promise<boolean>;

/** Lets the agent see to it that whoever it speaks with is not called any more. */
export function createDoNotCall(put: PutOnDoNotCallList): Tool {
  return {
    name: "do_not_call",
    description: "Puts the number of the person you speak with on the do-not-call list: nobody " +
      "calls them from here again. Use it when they ask not to be called any more, then tell them.",
    parameters: { type: "object", properties: {}, additionalProperties: false },
    async run(_args, { callId, agent, direction }) {
      if (direction === "web") {
        throw new ToolError("not_on_a_phone", "Whoever calls from a browser has no number.");
      }
      if (!await put(callId, agent)) {
        throw new ToolError("number_unknown", "The caller's number is not known.");
      }
      return { output: { status: "listed" } };
    },
  };
}
