import { present } from "../../../utils/present.ts";
import { type Tool, type ToolContext, ToolError } from "../tool.ts";

/** Puts the number of a call's far end on the do-not-call list, where it has one. */
export type PutOnDoNotCallList = (
  call: Pick<ToolContext, "callId" | "agent" | "direction" | "caller" | "callerProven" | "redact">,
  /** What they said, as the model understood it. */
  words: string | undefined,
) => Promise<"listed" | "number_unknown" | "too_many_unproven">;

/** Lets the agent put the far end's number on the do-not-call list. */
export function createDoNotCall(put: PutOnDoNotCallList): Tool {
  return {
    name: "do_not_call",
    options: { once: true },
    description: "Puts the number of the person you speak with on the do-not-call list: " +
      "it is not called from here again. Use it when they ask not to be called any more, then tell them.",
    parameters: {
      type: "object",
      properties: { words: { type: "string", description: "What they said, word for word." } },
      additionalProperties: false,
    },
    async run({ words }, call) {
      if (call.direction === "web") {
        throw new ToolError("not_on_a_phone", "A browser call has no number.");
      }
      const said = typeof words === "string" && words.trim() !== ""
        ? words.trim().slice(0, MAX_CHARACTERS)
        : undefined;
      const done = await put(call, said);
      const effect = { type: "optedOut", ...present({ words: said }) } as const;
      if (done === "listed") return { output: { status: "listed" }, effect };
      throw new ToolError(done, sentences[done]);
    },
  };
}

const MAX_CHARACTERS = 200;

const sentences = {
  number_unknown: "The caller's number is not known.",
  too_many_unproven: "The caller's number is not attested, and too many such numbers were put " +
    "on the list today. Tell them to ask in writing, or when they are called.",
} as const;
