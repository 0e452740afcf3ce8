import { type Tool, type ToolContext, ToolError } from "../tool.ts";

/** Puts the number of a call's far end on the do-not-call list, where it has one. */
export type PutOnDoNotCallList = (
  call: Pick<ToolContext, "callId" | "agent" | "direction" | "caller" | "callerProven">,
) => Promise<"listed" | "number_unknown" | "too_many_unproven">;

/** Lets the agent put the far end's number on the do-not-call list. */
export function createDoNotCall(put: PutOnDoNotCallList): Tool {
  return {
    name: "do_not_call",
    options: { once: true },
    description: "Puts the number of the person you speak with on the do-not-call list: " +
      "it is not called from here again. Use it when they ask not to be called any more, then tell them.",
    parameters: { type: "object", properties: {}, additionalProperties: false },
    async run(_args, call) {
      if (call.direction === "web") {
        throw new ToolError("not_on_a_phone", "A browser call has no number.");
      }
      const done = await put(call);
      if (done === "listed") return { output: { status: "listed" } };
      throw new ToolError(done, sentences[done]);
    },
  };
}

const sentences = {
  number_unknown: "The caller's number is not known.",
  too_many_unproven: "The caller's number is not attested, and too many such numbers were put " +
    "on the list today. Tell them to ask in writing, or when they are called.",
} as const;
