import type { CallSession } from "../../call/sessionApi.ts";

export const recordingProblems = [
  "not_recorded",
  "recording_paused",
  "recording_not_paused",
] as const;

/** Why a recording cannot be changed so; undefined where it can. One that has not begun can be stopped. */
export function recordingProblem(
  change: "pause" | "resume" | "stop",
  state: CallSession["recordingState"],
): typeof recordingProblems[number] | undefined {
  if (state === "waiting" && change === "stop") return undefined;
  if (state !== "on" && state !== "paused") return "not_recorded";
  if (change === "pause" && state === "paused") return "recording_paused";
  return change === "resume" && state === "on" ? "recording_not_paused" : undefined;
}
