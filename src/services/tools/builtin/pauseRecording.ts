import type { Tool } from "../tool.ts";

const none = { type: "object", properties: {}, additionalProperties: false };

/** Let the agent keep what nobody may record, such as the number of a card, off the recording. */
export const RECORDING_TOOLS: readonly Tool[] = [
  {
    name: "pause_recording",
    description:
      "Pauses the recording of this call. Use it before the caller says something that must not be recorded, such as the number of a card or a password.",
    parameters: none,
    run: () => ({ output: { status: "paused" }, effect: { type: "recording", change: "pause" } }),
  },
  {
    name: "resume_recording",
    description:
      "Goes on with a recording that you have paused. Use it as soon as the caller has said what must not be recorded.",
    parameters: none,
    run: () => ({ output: { status: "resumed" }, effect: { type: "recording", change: "resume" } }),
  },
];
