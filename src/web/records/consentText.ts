import type { RecordingCourse } from "./recordingTypes.ts";

const ANSWERED = {
  agreed: ["The caller agreed", " to the recording"],
  refused: ["The caller refused the recording", ""],
  unclear: ["The caller's answer", " was no yes"],
} as const;

/** What the caller was told or has answered about the recording; `at` says when, from a blank on. */
export function consentText(
  { kind, words, key }: NonNullable<RecordingCourse["consent"]>,
  at = "",
): string {
  if (kind === "announced") return `The caller has heard${at} that the call is recorded.`;
  const how = key != null ? `: key ${key}` : words == null ? "" : `: “${words}”`;
  const answered = `${ANSWERED[kind].join(at)}${how}.`;
  return kind === "unclear" ? `${answered} Nothing is recorded.` : answered;
}
