import { type Tool, ToolError } from "../tool.ts";

/**
 * Lets the agent transfer the caller to one of the given aliases; the model never sees their numbers.
 * `mayDial` decides whether an alias may be called now. Throws where there is no alias.
 */
export function createTransferCall(
  aliases: readonly string[],
  mayDial: (alias: string) => Promise<boolean> = () => Promise.resolve(true),
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
      if (!await mayDial(alias)) {
        throw new ToolError("destination_not_allowed", "This transfer is not allowed now.");
      }
      return { output: { status: "transferring", to: alias }, effect: { type: "transfer", alias } };
    },
  };
}
