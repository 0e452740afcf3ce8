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
  transferred: "The call was handed over.",
  idle: "Nobody spoke for a while, so the call ended.",
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
  transferring: "The call is being handed over.",
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

/** The text for a `notice` code; undefined for the many that are not shown. */
export function describeNotice(code: string): string | undefined {
  return NOTICES[code];
}

/** The text above the start button; `engine` is `rehearsal` or the name of a model. */
export function describeOpening(engine: string): string {
  return engine === "rehearsal"
    ? "This is a rehearsal: a built-in engine takes turns, answers aloud and lets you cut in, but does not understand speech. Typed words it does read. With an OpenAI key set on the server, a real model answers here."
    : "Press Start, allow the microphone and speak. You can cut in at any time.";
}

/** The name of the engine, for the head of the page. */
export function describeEngine(engine: string): string {
  return engine === "rehearsal" ? "Rehearsal engine" : engine;
}

/** Minutes and seconds: `1:07`. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A short time span: `640 ms`, `1.2 s`. */
export function formatSpan(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
