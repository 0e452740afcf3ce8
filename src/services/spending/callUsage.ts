import type { TokenUsage, TranscriptionUsage } from "../../call/realtimeClient.ts";
import {
  type BudgetActual,
  type CallRecord,
  type CallUsage,
  connectedMsOf,
  noUsage,
} from "../store.ts";

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

/**
 * Dollars per minute that limits count while a model of known price reports no usage: about what the most
 * expensive model costs that talks without a pause.
 */
const UNREPORTED_USD_PER_MINUTE = 0.3;
/** By then the usage of some response has been reported. */
const UNREPORTED_AFTER_MS = 60_000;

/** What a call used, for its limits; the least where its whole cost is not known. */
export function spentBy(
  call: CallRecord,
): BudgetActual {
  const { transferredMs = 0, personMs = 0, askedMs = 0, cost, usage } = call;
  const connectedMs = connectedMsOf(call) ?? 0;
  const { text = 0, audio = 0, transcription = 0, telephony = 0 } = cost?.parts ?? {};
  const known = [text, audio, transcription, telephony].reduce<number>(
    (sum, part) => sum + (part ?? 0),
    0,
  );
  // The analysis is counted apart, when it is made.
  const usd = cost?.usd == null ? undefined : cost.usd - (cost.parts.analysis ?? 0);
  return {
    // Both legs of a transfer count; of one in the course of the call, that of the caller is counted.
    minutes: finite((connectedMs + personMs + askedMs + 2 * transferredMs) / 60_000),
    usd: finite(usd ?? known),
    leastUsd: usd === undefined || unreportedUsd(usage, connectedMs) > 0,
  };
}

/** Whether a call was transferred, and the end of its last leg is not known yet. */
export function isTransferOpen({ end, callSid, transferredMs, personMs }: CallRecord): boolean {
  const isTransferred = end?.transferTo !== undefined ||
    end?.reason === "transferred" && personMs === undefined;
  return isTransferred && callSid !== undefined && transferredMs === undefined;
}

/** Dollars that a conversation counts for whose usage has not been reported. */
export function unreportedUsd(usage: CallUsage, connectedMs: number): number {
  const { inputText, inputAudio, outputText, outputAudio } = usage;
  if (inputText + inputAudio + outputText + outputAudio > 0 || connectedMs <= UNREPORTED_AFTER_MS) {
    return 0;
  }
  return connectedMs / 60_000 * UNREPORTED_USD_PER_MINUTE;
}

function finite(amount: number): number {
  return Number.isFinite(amount) && amount > 0 ? amount : 0;
}
