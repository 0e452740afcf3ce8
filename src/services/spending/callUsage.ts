import type { TokenUsage, TranscriptionUsage } from "../../call/realtimeClient.ts";
import { type CallUsage, noUsage } from "../store.ts";

/** What one response has used, as part of what its call has. */
export function usageOfResponse(usage: TokenUsage): CallUsage {
  return { ...noUsage, ...usage, responses: 1 };
}

/** What one transcription has used, as part of what its call has. */
export function usageOfTranscription(usage: TranscriptionUsage): CallUsage {
  return usage.unit === "seconds"
    ? { ...noUsage, transcriptionSeconds: usage.seconds }
    : { ...noUsage, transcriptionInput: usage.input, transcriptionOutput: usage.output };
}

/** Adds what two calls, or two parts of one, have used. */
export function addUsage(a: CallUsage, b: CallUsage): CallUsage {
  return {
    inputText: a.inputText + b.inputText,
    inputAudio: a.inputAudio + b.inputAudio,
    cachedText: a.cachedText + b.cachedText,
    cachedAudio: a.cachedAudio + b.cachedAudio,
    outputText: a.outputText + b.outputText,
    outputAudio: a.outputAudio + b.outputAudio,
    responses: a.responses + b.responses,
    transcriptionInput: a.transcriptionInput + b.transcriptionInput,
    transcriptionOutput: a.transcriptionOutput + b.transcriptionOutput,
    transcriptionSeconds: a.transcriptionSeconds + b.transcriptionSeconds,
  };
}
