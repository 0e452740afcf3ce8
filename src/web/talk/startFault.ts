/// <reference lib="dom" />
import { RequestError } from "../apiClient.ts";
import { AudioError } from "../audio/audioContext.ts";
import { MicrophoneError } from "../audio/microphoneStream.ts";
import { detailText } from "../problemText.ts";
import { fetchServerInfo } from "../serverInfo.ts";
import { t } from "../text.ts";
import { faultOf, faultText } from "./faults.ts";
import { describeEnding, describeMicrophone, describeSpeaker } from "./talkTexts.ts";

/** Why a call could not be started, and what to do about it; takes whatever `startCall` threw. */
export function describeStartFault(error: unknown): string {
  if (error instanceof RequestError) {
    if (error.end !== undefined) return describeEnding(error.end.reason, error.end.detail);
    return [faultText(codeOf(error), error.message), ...error.details.map(detailText)].join(" ");
  }
  if (error instanceof MicrophoneError) return describeMicrophone(error.fault);
  if (error instanceof AudioError) return describeSpeaker(error.fault);
  return t("The call could not be started. Reload the page and start again.");
}

/** Of a close code that has no sentence of its own, the server's sentence is shown. */
function codeOf({ code }: RequestError): string {
  return faultOf(code) === undefined && code.startsWith("refused_") ? "refused" : code;
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
