import type { CallContent, CallRecord, RecordingRecord } from "../store.ts";

/** How it stands with a recording as the API and webhooks show it; null for a call that was never recorded. */
export function viewRecording(
  recording: RecordingRecord | undefined,
  { status, durationMs }: Pick<CallRecord, "status" | "durationMs">,
  redactedSpans: CallContent["redactedSpans"] = [],
) {
  if (recording === undefined) return null;
  const { state, spans, consent, bytes, removedAt } = recording;
  // A process that died has not said that its recording stopped.
  const isOpen = status !== "ended";
  const isLeft = !isOpen && (state === "on" || state === "paused");
  return {
    state: isLeft ? "stopped" as const : state,
    by: recording.by ?? null,
    reason: recording.reason ?? null,
    durationMs: recording.durationMs ?? null,
    bytes: bytes ?? null,
    spans: spans.map(({ kind, fromMs, toMs }) => ({
      kind,
      fromMs,
      toMs: toMs ?? (isOpen ? null : durationMs ?? null),
    })),
    redactedSpans: redactedSpans.map(({ side, fromMs, toMs }) => ({ side, fromMs, toMs })),
    consent: consent === undefined ? null : {
      kind: consent.kind,
      atMs: consent.atMs,
      announcement: consent.announcement,
      words: consent.words ?? null,
      key: consent.key ?? null,
    },
    removedAt: removedAt === undefined ? null : new Date(removedAt).toISOString(),
  };
}
