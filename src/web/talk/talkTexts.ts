import type { AudioFault } from "../audio/audioContext.ts";
import type { MicrophoneFault } from "../audio/microphoneStream.ts";
import { t } from "../text.ts";
import { faultOf, faultText } from "./faults.ts";

const ENDINGS: Readonly<Record<string, string>> = {
  caller_hung_up: t("You hung up."),
  agent_hung_up: t("The agent ended the call."),
  operator_hung_up: t("An operator ended the call."),
  transferred: t("The call was transferred to a person."),
};

const NOTICES: Readonly<Record<string, string>> = {
  model_lost: t("The model's connection was lost; connecting again…"),
  model_back: t("The model is back."),
  time_warning: t("The call will end soon."),
  recording: t("This call is being recorded."),
  recording_paused: t("The recording is paused."),
  recording_stopped: t("Nothing is recorded any more."),
  not_recorded: t("This call is not recorded."),
  transferring: t("The call is being transferred to a person."),
  playout_stalled: faultText("playout_stalled"),
};

/** Why there is no microphone, and what to do about it. */
export function describeMicrophone(fault: MicrophoneFault): string {
  return faultText(`microphone_${fault}`);
}

/** Why the agent cannot be heard, and what to do about it. */
export function describeSpeaker(fault: AudioFault): string {
  return faultText(`speaker_${fault}`);
}

/** Why the call ended, by the reason and detail of the `ended` message, and what to do where that is a fault. */
export function describeEnding(reason: string, detail = ""): string {
  const code = [`ended_${detail}`, `ended_${reason}`].find((code) => faultOf(code) !== undefined);
  return code === undefined ? ENDINGS[reason] ?? t("The call ended.") : faultText(code);
}

/** Why the socket of a live call closed, by its close code, and what to do about it. */
export function describeClosed(closeCode: number, online: boolean): string {
  if (!online) return faultText("closed_offline");
  const code = `closed_${closeCode}`;
  return faultText(faultOf(code) === undefined ? "closed" : code);
}

/** A transcript note about the connection to the server. */
export function describeConnection(state: "lost" | "back"): string {
  return state === "lost" ? t("The connection was lost; connecting again…") : t("Connected again.");
}

/** The text for a `notice` code; undefined for the many that are not shown. */
export function describeNotice(code: string): string | undefined {
  return NOTICES[code];
}

/** A transcript note about a microphone; `name` may be empty. */
export function describeDevice(change: "used" | "connected", name: string): string {
  if (change === "used") {
    return name === ""
      ? t("Another microphone is in use.")
      : t("Another microphone is in use: {name}.", { name });
  }
  return name === ""
    ? t("Another microphone was connected.")
    : t("Another microphone was connected: {name}.", { name });
}

/** The text above the start button; `engine` is `rehearsal` or the name of a model. */
export function describeOpening(engine: string): string {
  return engine === "rehearsal"
    ? t(
      "This is a rehearsal: a built-in engine takes turns, answers aloud and lets you cut in, but does not understand speech. Typed words it does read. With an OpenAI key set on the server, a real model answers here.",
    )
    : t("Press Start, allow the microphone and speak. You can cut in at any time.");
}
