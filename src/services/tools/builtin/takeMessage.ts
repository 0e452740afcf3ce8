import { type Tool, type ToolContext, ToolError } from "../tool.ts";

/** Keeps a message for the people behind the agent; the text is complete. */
export type TakeMessage = (
  call: Pick<ToolContext, "callId" | "agent" | "caller" | "redact">,
  text: string,
) => Promise<"taken" | "too_many">;

/** Lets the agent take a message down, for people to read and to call back. */
export function createTakeMessage(take: TakeMessage): Tool {
  return {
    name: "take_message",
    description:
      "Takes a message for the people you work for, who read it later. Use it when the " +
      "caller asks for somebody, or for something, that you cannot help with. Ask for the name, the " +
      "matter and the number to call back, and read the number back before you use it.",
    parameters: {
      type: "object",
      properties: {
        message: {
          type: "string",
          minLength: 1,
          maxLength: 2000,
          description: "What the caller wants, in full sentences, with all names and numbers.",
        },
        name: { type: "string", maxLength: 120, description: "Who left the message." },
        call_back: {
          type: "string",
          maxLength: 40,
          description: "The number to call back, where it is not the one they call from.",
        },
      },
      required: ["message"],
      additionalProperties: false,
    },
    options: { once: true },
    async run({ message, name, call_back }, call) {
      const text = [
        String(message).trim(),
        ...(typeof name === "string" && name.trim() !== "" ? [`Name: ${name.trim()}`] : []),
        ...(typeof call_back === "string" && call_back.trim() !== ""
          ? [`Call back: ${call_back.trim()}`]
          : []),
      ].join("\n");
      if (await take(call, text) === "taken") return { output: { status: "taken" } };
      throw new ToolError(
        "too_many_messages",
        "No more messages can be taken in this call, or from this number today.",
      );
    },
  };
}
