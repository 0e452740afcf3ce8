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
  refusalOf: (alias: string) => Promise<TransferRefused | undefined> = () =>
    Promise.resolve(undefined),
): Tool {
  if (aliases.length === 0) throw new RangeError("Cannot offer transfers: there is no alias");
  return {
    name: "transfer_call",
    description: "Transfers the caller to another person. Tell the caller before you use it.",
    parameters: {
      type: "object",
      properties: {
        to: { type: "string", enum: [...aliases], description: "Who takes the call." },
      },
      required: ["to"],
      additionalProperties: false,
    },
    async run({ to }, { direction }) {
      if (direction === "web") {
        throw new ToolError("not_on_a_phone", "Only phone calls can be transferred.");
      }
      const alias = String(to);
      const refused = await refusalOf(alias);
      if (refused !== undefined) throw new ToolError(refused.code, refused.sentence);
      return { output: { status: "transferring", to: alias }, effect: { type: "transfer", alias } };
    },
  };
}
