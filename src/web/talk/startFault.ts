/// <reference lib="dom" />
import { RequestError } from "../apiClient.ts";
import { AudioError } from "../audio/audioContext.ts";
import { MicrophoneError } from "../audio/microphoneStream.ts";
import { fetchServerInfo } from "../serverInfo.ts";
import {
  describeEnding,
  describeMicrophone,
  describeRefused,
  describeSpeaker,
} from "./talkTexts.ts";

/** Why a call could not be started, and what to do about it; takes whatever `startCall` threw. */
export function describeStartFault(error: unknown): string {
  if (error instanceof RequestError) {
    if (error.end !== undefined) return describeEnding(error.end.reason, error.end.detail);
    const [, code] = /^refused_(\d+)$/.exec(error.code) ?? [];
    return code === undefined ? error.message : describeRefused(Number(code));
  }
  if (error instanceof MicrophoneError) return describeMicrophone(error.fault);
  if (error instanceof AudioError) return describeSpeaker(error.fault);
  return "The call could not be started. Reload the page and start again.";
}

/**
 * Returns the error to show: loading a worklet module fails when the server is gone, so for such
 * errors the server is asked, and its error takes precedence.
 */
export async function findRootCause(error: unknown): Promise<unknown> {
  const isDeviceError = error instanceof MicrophoneError || error instanceof AudioError;
  if (error instanceof RequestError || (isDeviceError && !FROM_SERVER.has(error.fault))) {
    return error;
  }
  return await fetchServerInfo().then(() => error, (serverError) => serverError);
}

const FROM_SERVER: ReadonlySet<string> = new Set(["module", "unknown"]);
