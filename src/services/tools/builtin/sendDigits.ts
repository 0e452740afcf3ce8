import { type Tool, ToolError } from "../tool.ts";

/** While digits play there is no media stream; a longer interruption would count as a lost stream. */
const MAX_LENGTH_MS = 7000;
const KEY_MS = 250;

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
    if (lengthMs(String(digits)) > MAX_LENGTH_MS) {
      throw new ToolError(
        "digits_too_long",
        "These keys and waits take too long: press a few, listen, then press more.",
      );
    }
    return {
      output: { status: "sending" },
      effect: { type: "sendDigits", digits: String(digits) },
    };
  },
};

function lengthMs(digits: string): number {
  return [...digits].reduce(
    (total, key) => total + (key === "W" ? 1000 : key === "w" ? 500 : KEY_MS),
    0,
  );
}
