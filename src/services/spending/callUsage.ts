import type { TokenUsage, TranscriptionUsage } from "../../call/realtimeClient.ts";
import { type CallUsage, noUsage } from "../store.ts";

/** The usage of one response. */
export function usageOfResponse(usage: TokenUsage): CallUsage {
  return { ...noUsage, ...usage, responses: 1 };
}

/** The usage of one transcription. */
export function usageOfTranscription(usage: TranscriptionUsage): CallUsage {
  return usage.unit === "seconds"
    ? { ...noUsage, transcriptionSeconds: usage.seconds }
    : { ...noUsage, transcriptionInput: usage.input, transcriptionOutput: usage.output };
}

/** The sum of both. */
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
