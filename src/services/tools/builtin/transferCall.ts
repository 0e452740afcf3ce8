import { present } from "../../../utils/present.ts";
import { type Tool, ToolError } from "../tool.ts";

/** A transfer that is not made: a code and a sentence for the model. */
export interface TransferRefused {
  readonly code: string;
  readonly sentence: string;
}

/**
 * Lets the agent transfer the caller to one of the given aliases; the model never sees their numbers.
 * `refusalOf` says why an alias may not be called now. Throws where there is no alias.
 */
export function createTransferCall(
  aliases: readonly string[],
  refusalOf: (alias: string, callId: string) => Promise<TransferRefused | undefined> = () =>
    Promise.resolve(undefined),
  asksFirst: (alias: string) => boolean = () => false,
): Tool {
  const briefs = aliases.some((alias) => asksFirst(alias));
  if (aliases.length === 0) throw new RangeError("Cannot offer transfers: there is no alias");
  return {
    name: "transfer_call",
    description: "Transfers the caller to another person. Tell the caller before you use it.",
    parameters: {
      type: "object",
      properties: {
        to: { type: "string", enum: [...aliases], description: "Who takes the call." },
        ...(briefs && {
          brief: {
            type: "string",
            maxLength: MAX_BRIEF,
            description:
              "One or two sentences for the person who is asked to take the call: who calls, and why. Only what the caller has told you.",
          },
        }),
      },
      required: ["to"],
      additionalProperties: false,
    },
    async run({ to, brief }, { callId, direction }) {
      if (direction === "web") {
        throw new ToolError("not_on_a_phone", "Only phone calls can be transferred.");
      }
      const alias = String(to);
      const refused = await refusalOf(alias, callId);
      if (refused !== undefined) throw new ToolError(refused.code, refused.sentence);
      if (!asksFirst(alias)) {
        const output = { status: "transferring", to: alias };
        return { output, effect: { type: "transfer", alias } };
      }
      const told = typeof brief === "string" ? brief.slice(0, MAX_BRIEF) : undefined;
      return {
        output: { status: "asking", to: alias, note: "The caller waits with you meanwhile." },
        effect: { type: "transfer", alias, ...present({ brief: told }) },
      };
    },
  };
}

const MAX_BRIEF = 600;

/** Lets the agent stop calling people for a caller who does not want to wait. */
export const cancelTransfer: Tool = {
  name: "cancel_transfer",
  description:
    "Stops calling a person for the caller, who does not want to wait any longer. Only while you are calling one.",
  parameters: { type: "object", properties: {}, additionalProperties: false },
  run: () => ({ output: { status: "cancelled" }, effect: { type: "cancelTransfer" } }),
};

/** Lets the agent leave a conference. */
export const leaveConversation: Tool = {
  name: "leave_conversation",
  description:
    "Leaves the caller and the person who has taken the call alone. Only while you are on the line with both, and they need you no more.",
  parameters: { type: "object", properties: {}, additionalProperties: false },
  run: () => ({ output: { status: "left" }, effect: { type: "leaveRoom" } }),
};
