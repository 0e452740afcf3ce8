import type { AudioFault } from "../audio/audioContext.ts";
import type { MicrophoneFault } from "../audio/microphoneStream.ts";

const MICROPHONE: Readonly<Record<MicrophoneFault, string>> = {
  insecure:
    "Browsers give microphone and sound only to pages from https:// or from this machine (localhost). Open the page that way, or type and read the answers.",
  refused:
    "The microphone was refused. Allow it for this page in the browser's address bar and start again, or type.",
  blocked:
    "The browser's settings keep the microphone from this page. Allow it there, or open the page by itself where it is shown within another, and start again, or type.",
  absent: "No microphone was found. Connect one and start again, or type.",
  busy: "Another program holds the microphone. Close it and start again, or type.",
  stopped:
    "The system stopped the microphone while it was being opened. Unplug it and plug it in again, or choose another, and start again, or type.",
  unfit:
    "None of the microphones can do what is needed. Choose or connect another and start again, or type.",
  unsupported:
    "This browser gives the page no microphone. Open it in a current browser by itself, or type.",
  rate:
    "The browser cannot use this microphone beside the present sound output, as happens with Bluetooth headsets. Choose another microphone, or use the headset for both, and start again, or type.",
  context:
    "The browser could not start its sound for the microphone. Close other pages that use sound and start again, or type.",
  module:
    "The part of the page that listens to the microphone could not be loaded. Reload the page, or type.",
  node: "The browser could not connect the microphone to the page. Restart the browser, or type.",
  unknown: "The microphone could not be opened. Start again, or type.",
};

const SPEAKER: Readonly<Record<AudioFault, string>> = {
  unsupported:
    "This browser is too old to play the agent's voice. Open the page in a current browser.",
  context:
    "This browser could not open its sound output. Check the output device, close other pages that use sound, and start again.",
  module: "The part of the page that plays sound could not be loaded. Reload the page.",
  node: "This browser could not set up its sound output. Restart the browser and start again.",
};

const ENDINGS: Readonly<Record<string, string>> = {
  caller_hung_up: "You hung up.",
  agent_hung_up: "The agent ended the call.",
  operator_hung_up: "An operator ended the call.",
  transferred: "The call was transferred to a person.",
  idle: "The call ended after a long silence.",
  time_limit: "The call reached its longest time.",
  spend_limit: "The call reached its spending limit.",
  model_failed: "The model could not be reached.",
  leg_failed: "The connection to the server was lost.",
  server_stopped: "The server is stopping. Start again in a moment.",
  internal_error: "Something went wrong on the server.",
};

const DETAILS: Readonly<Record<string, string>> = {
  invalid_api_key: "The server's OpenAI key was refused.",
  insufficient_quota: "The server's OpenAI account has no credit left.",
};

const NOTICES: Readonly<Record<string, string>> = {
  model_lost: "The model's connection was lost; connecting again…",
  model_back: "The model is back.",
  time_warning: "The call will end soon.",
  recording: "This call is being recorded.",
  recording_paused: "The recording is paused.",
  recording_stopped: "Nothing is recorded any more.",
  not_recorded: "This call is not recorded.",
  transferring: "The call is being transferred to a person.",
};

const RESTARTING = "The server is being restarted. Start again in a moment.";
const OVERLOADED = "The server has too much to do. Start again in a moment.";

const CLOSED: Readonly<Record<number, string>> = {
  1001: RESTARTING,
  1008: "The server refused to go on with this call. Reload the page and start again.",
  1009: "The page sent more than the server takes. Reload it and start again.",
  1011: "Something went wrong on the server. Start again.",
  1012: RESTARTING,
  4001: "The call goes on in another page.",
  1013: "The page could not keep up, or the server has too much to do. Start again in a moment.",
};

const REFUSED: Readonly<Record<number, string>> = {
  1001: RESTARTING,
  1008: "The server did not take this page's token: it was too old or already used. Start again.",
  1012: RESTARTING,
  1013: OVERLOADED,
};

/** Why there is no microphone, and what to do about it. */
export function describeMicrophone(fault: MicrophoneFault): string {
  return MICROPHONE[fault];
}

/** Why the agent cannot be heard, and what to do about it. */
export function describeSpeaker(fault: AudioFault): string {
  return SPEAKER[fault];
}

/** Why the call ended, by the reason and detail of the `ended` message. */
export function describeEnding(reason: string, detail = ""): string {
  return DETAILS[detail] ?? ENDINGS[reason] ?? "The call ended.";
}

/** Why the socket of a live call closed, by its close code, and what to do about it. */
export function describeClosed(code: number, online: boolean): string {
  if (!online) return "The network is gone. Start again when this device is online.";
  return CLOSED[code] ?? "The connection to the server was lost. Start again.";
}

/** Why the server closed the socket before the call began, by the close code. */
export function describeRefused(code: number): string {
  return REFUSED[code] ?? "The server did not take the call. Start again.";
}

/** A transcript note about the connection to the server. */
export function describeConnection(state: "lost" | "back"): string {
  return state === "lost" ? "The connection was lost; connecting again…" : "Connected again.";
}

/** The text for a `notice` code; undefined for the many that are not shown. */
export function describeNotice(code: string): string | undefined {
  return NOTICES[code];
}

/** A transcript note about a microphone; `name` may be empty. */
export function describeDevice(change: "used" | "connected", name: string): string {
  const text = change === "used"
    ? "Another microphone is in use"
    : "Another microphone was connected";
  return name === "" ? `${text}.` : `${text}: ${name}.`;
}

/** The text above the start button; `engine` is `rehearsal` or the name of a model. */
export function describeOpening(engine: string): string {
  return engine === "rehearsal"
    ? "This is a rehearsal: a built-in engine takes turns, answers aloud and lets you cut in, but does not understand speech. Typed words it does read. With an OpenAI key set on the server, a real model answers here."
    : "Press Start, allow the microphone and speak. You can cut in at any time.";
}
