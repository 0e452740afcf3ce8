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
    redactedSpans: redactedSpans.flatMap((span) => silenced(span, spans)),
    consent: consent === undefined ? null : {
      kind: consent.kind,
      atMs: consent.atMs,
      announcement: consent.announcement,
      words: consent.words ?? null,
      saidMs: consent.saidMs ?? null,
      key: consent.key ?? null,
    },
    removedAt: removedAt === undefined ? null : new Date(removedAt).toISOString(),
  };
}

/** What a redacted span takes off the recording, which has nothing of the pauses and of what was said after its stop. */
function silenced(
  { side, fromMs, toMs }: NonNullable<CallContent["redactedSpans"]>[number],
  spans: RecordingRecord["spans"],
) {
  return spans.filter(({ kind }) => kind === "recorded").flatMap((recorded) => {
    const from = Math.max(fromMs, recorded.fromMs);
    const to = Math.min(toMs, recorded.toMs ?? Infinity);
    return from < to ? [{ side, fromMs: from, toMs: to }] : [];
  });
}
