import type { Recording } from "./recordingTypes.ts";
import { consentText } from "./consentText.ts";
import { formatDuration } from "../formats.ts";
import { t } from "../text.ts";

/** What there is to know of a recording, in a few words. */
export function recordingText(recording: Recording): readonly string[] {
  const { state, reason, by, spans, consent, removedAt } = recording;
  const parts: string[] = [];
  if (removedAt !== null) parts.push(t("It was deleted."));
  if (state === "refused" && consent == null) {
    parts.push(
      reason === "call_ended"
        ? t("The call ended before the caller had answered whether it may be made.")
        : reason === "person_joined"
        ? t("A person joined before the caller had answered whether it may be made.")
        : t("Nobody answered whether it may be made."),
    );
  }
  if (state === "failed") {
    parts.push(t("It stopped early: {why}.", { why: (reason ?? "failed").replaceAll("_", " ") }));
  }
  if (state === "stopped" && by === "operator") parts.push(t("An operator stopped it."));
  if (consent != null) parts.push(consentText(consent, consent.atMs));
  const pauses = spans.filter(({ kind }) => kind === "paused").map(({ fromMs, toMs }) =>
    toMs == null
      ? t("from {at}", { at: formatDuration(fromMs) })
      : `${formatDuration(fromMs)}–${formatDuration(toMs)}`
  );
  if (pauses.length > 0) parts.push(t("Paused {spans}.", { spans: pauses.join(", ") }));
  return [parts.join(" ")];
}
