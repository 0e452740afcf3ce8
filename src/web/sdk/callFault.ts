/// <reference lib="dom" />
import { RequestError } from "../apiClient.ts";
import { AudioError } from "../audio/audioContext.ts";
import { MicrophoneError } from "../audio/microphoneStream.ts";
import type { CallError } from "./sdk.d.ts";

/** As its type in `sdk.d.ts` says. */
export class CallFault extends Error implements CallError {
  override readonly name = "CallError";
  readonly code: string;
  declare readonly retryAfterSeconds?: number;
  constructor(
    code: string,
    message = messages[code] ?? messages["unknown"],
    { retryAfterSeconds, ...options }: ErrorOptions & { retryAfterSeconds?: number | undefined } =
      {},
  ) {
    super(message, options);
    this.code = code;
    if (retryAfterSeconds !== undefined) this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Converts whatever beginning a call, or changing a device, has thrown. */
export function callFaultOf(cause: unknown): CallFault {
  if (cause instanceof CallFault) return cause;
  if (cause instanceof MicrophoneError) {
    return new CallFault(`microphone_${cause.fault}`, undefined, { cause });
  }
  if (cause instanceof AudioError) {
    return new CallFault(`speaker_${cause.fault}`, undefined, { cause });
  }
  if (!(cause instanceof RequestError)) return new CallFault("unknown", undefined, { cause });
  const { code, message, retryAfterSeconds } = cause;
  // The browser shows a page neither the answer to a refused handshake nor one without CORS headers.
  if (code.startsWith("refused_") || code === "unreachable") {
    return new CallFault(code, messages[code] ?? messages["refused"], { cause });
  }
  return new CallFault(code, message, { cause, retryAfterSeconds });
}

/** By code, in English. */
const messages: Readonly<Record<string, string>> = {
  unknown: "The call could not be begun.",
  refused: "The server did not take the call: it may be full, or the page's origin not allowed.",
  unreachable: "The server was not reached: it is away, or does not let pages of this origin call.",
  microphone_insecure: "Browsers give a microphone only to pages from https:// or this machine.",
  microphone_refused: "The microphone was refused.",
  microphone_blocked: "The browser's settings, or a frame without allow=microphone, block it.",
  microphone_absent: "No microphone was found.",
  microphone_busy: "Another program holds the microphone.",
  microphone_stopped: "The system stopped the microphone.",
  microphone_unfit: "None of the microphones can do what is needed.",
  microphone_unsupported: "This browser gives the page no microphone.",
  microphone_rate: "The microphone cannot be used beside the present sound output.",
  microphone_context: "The browser could not start its sound for the microphone.",
  microphone_module: "The module of the microphone was not loaded: see the page's policy.",
  microphone_node: "The browser could not connect the microphone to the page.",
  microphone_unknown: "The microphone could not be opened.",
  microphone_muted: "The system or another program has muted the microphone.",
  microphone_silent: "Nothing comes from the microphone.",
  speaker_unsupported: "This browser is too old to play the agent's voice.",
  speaker_context: "The browser could not open its sound output.",
  speaker_module: "The module of the loudspeaker was not loaded: see the page's policy.",
  speaker_node: "The browser could not set up its sound output.",
  speaker_not_changed: "That output cannot be used.",
  sound_interrupted: "The device or another program has interrupted the sound.",
  offline: "This device is offline.",
  invalid_options: "The options of connect() cannot be used.",
};
