import type { Tool, ToolContext, ToolResult } from "../tool.ts";

const none = { type: "object", properties: {}, additionalProperties: false };

/** Let the agent keep what nobody may record, such as the number of a card, off the recording. */
export const RECORDING_TOOLS: readonly Tool[] = [
  {
    name: "pause_recording",
    description:
      "Pauses the recording of this call. Use it before the caller says something that must not be recorded, such as the number of a card or a password.",
    parameters: none,
    run: (_, { recordingState }) => {
      if (recordingState === "paused") return { output: { status: "paused_already" } };
      if (recordingState !== "on") return notRecorded(recordingState);
      return { output: { status: "paused" }, effect: { type: "recording", change: "pause" } };
    },
  },
  {
    name: "resume_recording",
    description:
      "Goes on with a recording that you have paused. Use it as soon as the caller has said what must not be recorded.",
    parameters: none,
    run: (_, { recordingState }) => {
      if (recordingState === "on") return { output: { status: "not_paused" } };
      if (recordingState !== "paused") return notRecorded(recordingState);
      return { output: { status: "resumed" }, effect: { type: "recording", change: "resume" } };
    },
  },
];

/** Not an error: what the caller says next is not recorded either way. */
function notRecorded(state: ToolContext["recordingState"]): ToolResult {
  const why = state === "waiting"
    ? "It has not begun yet."
    : state === "refused"
    ? "The caller has not agreed to it."
    : "It is over.";
  return { output: { status: "not_recorded", note: `The call is not being recorded. ${why}` } };
}
