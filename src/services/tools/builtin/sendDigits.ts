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
      pace: {
        type: "string",
        enum: ["usual", "slow"],
        description: "slow waits half a second after each key, for systems that miss keys.",
      },
    },
    required: ["digits"],
    additionalProperties: false,
  },
  run({ digits: wanted, pace }, { direction }) {
    const digits = pace === "slow" ? slowly(String(wanted)) : String(wanted);
    if (direction === "web") {
      throw new ToolError("not_on_a_phone", "Keys can only be pressed on phone calls.");
    }
    if (lengthMs(digits) > MAX_LENGTH_MS) {
      throw new ToolError(
        "digits_too_long",
        "These keys and waits take too long: press a few, listen, then press more.",
      );
    }
    return {
      output: { status: "sending" },
      effect: { type: "sendDigits", digits },
    };
  },
};

/** With half a second after each key but the last. */
function slowly(digits: string): string {
  return digits.replaceAll(/([0-9*#])(?=[0-9*#])/g, "$1w");
}

function lengthMs(digits: string): number {
  return [...digits].reduce(
    (total, key) => total + (key === "W" ? 1000 : key === "w" ? 500 : KEY_MS),
    0,
  );
}
