import type { Tool } from "../tool.ts";

/** Lets an agent that has called a phone system answer nothing to what it has heard. */
export const waitSilently: Tool = {
  name: "wait_silently",
  directions: ["outbound"],
  description:
    "Says and presses nothing, and goes on listening. Use it when you hear a recording, an announcement, " +
    "a queue or a part of a menu that asks nothing of you. You are asked again when more was heard.",
  parameters: { type: "object", properties: {}, additionalProperties: false },
  run: () => ({ output: { status: "listening" }, effect: { type: "keepSilent" } }),
};
