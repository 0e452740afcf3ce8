import { type Tool, ToolError } from "./tool.ts";

/** Lets the agent press keys, as the menus of other phone systems ask for. */
export const sendDigits: Tool = {
  name: "send_dtmf",
  description: "Presses keys of the phone, to get through a voice menu.",
  parameters: {
    type: "object",
    properties: {
      digits: {
        type: "string",
        pattern: "^[0-9*#wW]{1,32}$",
        description: "Keys in order; w waits half a second, W a second.",
      },
    },
    required: ["digits"],
    additionalProperties: false,
  },
  run({ digits }, { direction }) {
    if (direction === "web") {
      throw new ToolError("not_on_a_phone", "Keys can only be pressed on phone calls.");
    }
    return {
      output: { status: "sending" },
      effect: { type: "sendDigits", digits: String(digits) },
    };
  },
};
