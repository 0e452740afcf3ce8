import { t } from "../text.ts";
import type { SoundProblem } from "./soundProblem.ts";
import type { WebCall } from "./webCall.ts";

/** What the status line of a call follows. */
export interface CallState {
  readonly speaking: { readonly caller: boolean; readonly agent: boolean };
  /** The connection is gone, and the network is not. */
  readonly isLost: boolean;
  /** The model's connection is gone. */
  readonly isRecovering: boolean;
  readonly problem: SoundProblem | undefined;
}

/** The state that gives the lamp its colour, and the words beside it; without a call there is none. */
export function describeStatus(
  call: WebCall | undefined,
  { speaking, isLost, isRecovering, problem }: CallState,
): readonly [string, string] {
  if (call === undefined) return ["quiet", t("Not in a call")];
  if (isLost) return ["wait", t("Reconnecting…")];
  if (problem?.agentInaudible === true) return ["wait", problem.status];
  if (isRecovering) return ["wait", t("Connecting to the model again…")];
  if (call.isHeld) return ["caller", t("The agent hears you until you let go")];
  if (speaking.agent) return ["agent", t("The agent is speaking")];
  if (speaking.caller && problem === undefined) return ["caller", t("You are speaking")];
  if (problem !== undefined) return ["wait", problem.status];
  if (!call.hasMicrophone) return ["listen", t("Waiting for what you type")];
  if (call.pushToTalk) return ["wait", t("Hold the button or the space bar to talk")];
  return call.muted ? ["wait", t("You are muted")] : ["listen", t("Listening")];
}
