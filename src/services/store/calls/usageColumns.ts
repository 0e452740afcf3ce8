import { isRecord } from "../../../utils/isRecord.ts";
import type { Row } from "../database.ts";
import { numberOf } from "../row.ts";
import { type CallUsage, noUsage } from "./callRecord.ts";

/** Where each figure of a usage is stored. */
export const usageColumns = [
  ["inputText", "input_text"],
  ["inputAudio", "input_audio"],
  ["cachedText", "cached_text"],
  ["cachedAudio", "cached_audio"],
  ["outputText", "output_text"],
  ["outputAudio", "output_audio"],
  ["responses", "responses"],
  ["transcriptionInput", "transcription_input"],
  ["transcriptionOutput", "transcription_output"],
  ["transcriptionSeconds", "transcription_seconds"],
] as const satisfies readonly (readonly [keyof CallUsage, string])[];

/** Reads the usage columns of a call, or their sums over many calls. */
export function usageOf(row: Row): CallUsage {
  const usage = { ...noUsage };
  for (const [member, column] of usageColumns) usage[member] = numberOf(row, column);
  return usage;
}

/** Reads a usage that is stored as JSON; what is missing counts as nothing. */
export function usageIn(json: unknown): CallUsage {
  const usage = { ...noUsage };
  if (!isRecord(json)) return usage;
  for (const [member] of usageColumns) {
    const figure = json[member];
    if (typeof figure === "number") usage[member] = figure;
  }
  return usage;
}
