import type { Recording } from "./recordingTypes.ts";
import { consentText } from "./consentText.ts";
import { formatDuration } from "../formats.ts";

/** What there is to know of a recording, in a few words. */
export function recordingText(recording: Recording): readonly string[] {
  const { state, reason, by, spans, consent, removedAt } = recording;
  const parts: string[] = [];
  if (removedAt !== null) parts.push("It was deleted.");
  if (state === "refused" && consent == null) {
    parts.push(
      reason === "call_ended"
        ? "The call ended before the caller had answered whether it may be made."
        : reason === "person_joined"
        ? "A person joined before the caller had answered whether it may be made."
        : "Nobody answered whether it may be made.",
    );
  }
  if (state === "failed") {
    parts.push(`It stopped early: ${(reason ?? "failed").replaceAll("_", " ")}.`);
  }
  if (state === "stopped" && by === "operator") parts.push("An operator stopped it.");
  if (consent != null) parts.push(consentText(consent, ` at ${formatDuration(consent.atMs)}`));
  const pauses = spans.filter(({ kind }) => kind === "paused").map(({ fromMs, toMs }) =>
    toMs == null
      ? `from ${formatDuration(fromMs)}`
      : `${formatDuration(fromMs)}–${formatDuration(toMs)}`
  );
  if (pauses.length > 0) parts.push(`Paused ${pauses.join(", ")}.`);
  return [parts.join(" ")];
}
