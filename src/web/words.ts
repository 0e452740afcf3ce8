import type { MicrophoneFault } from "./microphone.ts";

const MICROPHONE: Readonly<Record<MicrophoneFault, string>> = {
  insecure:
    "Browsers give microphone and sound only to pages from https:// or from this machine (localhost). Open the page that way, or type and read the answers.",
  refused:
    "The microphone was refused. Allow it for this page in the browser's address bar and start again, or type.",
  absent: "No microphone was found. Connect one and start again, or type.",
  busy: "Another program holds the microphone. Close it and start again, or type.",
  unknown: "The microphone could not be opened. Start again, or type.",
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

export function describeMicrophone(fault: MicrophoneFault): string {
  return MICROPHONE[fault];
}

export function describeEnding(reason: string, detail = ""): string {
  return DETAILS[detail] ?? ENDINGS[reason] ?? "The call ended.";
}

/** What a notice says to the caller; most say nothing. */
export function describeNotice(code: string): string | undefined {
  return NOTICES[code];
}

export function describeOpening(engine: string): string {
  return engine === "rehearsal"
    ? "This is a rehearsal: a built-in engine takes turns, answers aloud and lets you cut in, but does not understand speech. Typed words it does read. With an OpenAI key set on the server, a real model answers here."
    : "Press Start, allow the microphone and speak. You can cut in at any time.";
}

export function describeEngine(engine: string): string {
  return engine === "rehearsal" ? "Rehearsal engine" : engine;
}

/** Minutes and seconds, as on a clock. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A short span as people read it: `640 ms`, `1.2 s`. */
export function formatSpan(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
