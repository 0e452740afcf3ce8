import { Refusal } from "./apiClient.ts";
import { SpeakerError } from "./audioFault.ts";
import { askServer } from "./connection.ts";
import { MicrophoneError } from "./microphoneFault.ts";
import { describeMicrophone, describeSpeaker } from "./callTexts.ts";

/** Why a call could not be started, and what to do about it. */
export function describeStartFault(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  if (error instanceof MicrophoneError) return describeMicrophone(error.fault);
  if (error instanceof SpeakerError) return describeSpeaker(error.fault);
  return "The call could not be started. Reload the page and start again.";
}

/** Sound and microphone need modules from the server, so that its absence looks like a fault of theirs. */
export async function causeOf(error: unknown): Promise<unknown> {
  const isOurs = error instanceof MicrophoneError || error instanceof SpeakerError;
  if (error instanceof Refusal || (isOurs && !FROM_SERVER.has(error.fault))) return error;
  return await askServer().then(() => error, (refusal) => refusal);
}

const FROM_SERVER: ReadonlySet<string> = new Set(["module", "unknown"]);
