import type { CallEnd, CallError } from "../sdk/sdk.d.ts";
import type { Text } from "./embedTexts.ts";

/** The server's own sentences. */
const CLOSED = "The agent is closed at the moment.";
const NOT_TAKEN = "This call is not taken.";

/** What a visitor is told of a call that could not be begun, or of what is wrong in one, and what helps. */
export function describeFault(
  { code, message }: Pick<CallError, "code" | "message">,
  t: Text,
): string {
  switch (code) {
    case "microphone_refused":
      return t(
        "The microphone was refused. Allow it in the browser's address bar and try again, or type instead.",
      );
    case "microphone_blocked":
      return t(
        "The browser's settings keep the microphone from this page. Allow it there, or type instead.",
      );
    case "microphone_absent":
      return t("There is no microphone. Connect one and try again, or type instead.");
    case "microphone_busy":
    case "microphone_stopped":
      return t(
        "Another program uses the microphone. Close that and try again, or type instead.",
      );
    case "microphone_muted":
      return t("The system has muted the microphone. Switch it on again, or type.");
    case "microphone_silent":
      return t("Nothing comes from the microphone. See whether it is switched on, or type.");
    case "microphone_insecure":
      return t("Browsers allow a microphone only on pages with https. Type instead.");
    case "sound_interrupted":
      return t("The sound was interrupted. Press “Resume sound”.");
    case "offline":
      return t("This device is offline. The call goes on when the network is back soon.");
    case "outside_hours":
    case "call_refused":
      // The sentence of those who run the agent, for their callers, unless they have none.
      return message === CLOSED
        ? t("The agent is closed at the moment.")
        : message === NOT_TAKEN
        ? t("This call is not taken.")
        : message;
    case "daily_calls_used":
    case "budget_exhausted":
      return t("No more calls are possible from here today. Try again tomorrow.");
    case "too_many_calls":
    case "daily_minutes_reserved":
    case "full":
    case "overloaded":
      return t("All lines are busy. Try again in a few minutes.");
    case "rate_limited":
    case "draining":
    case "store_unavailable":
      return t("That does not work at the moment. Try again in a minute.");
    case "invalid_key":
    case "key_expired":
    case "key_revoked":
    case "origin_not_allowed":
    case "agent_not_allowed":
    case "agent_unusable":
    case "unknown_agent":
    case "invalid_options":
      return t("Calls are not set up on this page. Tell those who run it, please.");
    case "unreachable":
      return t(
        "The call could not be begun: the network or the server is away, or this page may not call. Try again later.",
      );
  }
  if (code.startsWith("microphone_")) {
    return t("The microphone could not be opened. Try again, or type instead.");
  }
  if (code.startsWith("speaker_")) {
    return t(
      "This browser cannot play the agent's voice. Use a current browser, or another device.",
    );
  }
  return t("The call could not be begun. Try again in a minute.");
}

/** What the button says that may mend it; undefined where a click does not help. */
export function remedyFor(code: string, t: Text): string | undefined {
  if (code === "sound_interrupted") return t("Resume sound");
  const isLost = code.startsWith("microphone_") && code !== "microphone_silent";
  return isLost ? t("Try the microphone again") : undefined;
}

/** Why a call is over. */
export function describeEnd({ reason }: CallEnd, t: Text): string {
  switch (reason) {
    case "caller_hung_up":
      return t("You have ended the call.");
    case "idle":
      return t("The call ended after a long silence.");
    case "time_limit":
    case "spend_limit":
      return t("The call has reached its longest time.");
    case "taken_over":
      return t("The call goes on in another window.");
    case "connection_lost":
    case "leg_failed":
    case "server_stopped":
      return t("The connection was lost. You can start again.");
    case "model_failed":
    case "internal_error":
      return t("Something has failed. You can start again.");
    default:
      return t("The call has ended.");
  }
}

/** A line between those of the conversation; undefined for what a visitor need not know. */
export function describeNotice(code: string, t: Text): string | undefined {
  switch (code) {
    case "recording":
      return t("The call is recorded.");
    case "recording_paused":
      return t("The recording pauses.");
    case "recording_stopped":
    case "not_recorded":
      return t("The call is not recorded.");
    case "time_warning":
      return t("The call ends soon.");
    default:
      return undefined;
  }
}
