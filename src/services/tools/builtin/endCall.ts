import type { Tool } from "../tool.ts";

/** Lets the agent hang up; the call ends when its speech has been played out. */
export const endCall: Tool = {
  name: "end_call",
  description: "Ends the call. Use it when the conversation is over or the caller wants to stop, " +
    "after you have said goodbye.",
  parameters: {
    type: "object",
    properties: {
      reason: { type: "string", maxLength: 200, description: "Why the call ends, in a few words." },
    },
    additionalProperties: false,
  },
  run: () => ({ output: { status: "ending" }, effect: { type: "endCall" } }),
};
