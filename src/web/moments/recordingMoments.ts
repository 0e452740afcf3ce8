import { consentText } from "../records/consentText.ts";
import type { RecordingCourse } from "../records/recordingTypes.ts";
import type { Moment } from "./moment.ts";
import { t } from "../text.ts";

/** What the caller was told and has answered, and when the recording began, paused, went on and stopped. */
export function recordingMoments(
  { state, by, reason, spans, consent }: RecordingCourse,
): readonly Moment[] {
  const moments: Moment[] = [];
  if (consent != null) {
    moments.push({ id: "recording:consent", atMs: consent.atMs, text: consentText(consent) });
  }
  spans.forEach(({ kind, fromMs }, at) => {
    const text = kind === "paused"
      ? t("The recording is paused.")
      : at === 0
      ? t("The recording begins.")
      : t("The recording goes on.");
    moments.push({ id: `recording:${at}`, atMs: fromMs, text });
  });
  const lastMs = spans.at(-1)?.toMs;
  if (lastMs != null) {
    const id = "recording:over";
    if (state === "failed") {
      const why = (reason ?? "failed").replaceAll("_", " ");
      moments.push({ id, atMs: lastMs, text: t("The recording stopped early: {why}.", { why }) });
    } else if (state === "stopped" && by != null) {
      const text = by === "operator"
        ? t("An operator stopped the recording.")
        : by === "agent"
        ? t("The agent stopped the recording.")
        : t("The caller stopped the recording.");
      moments.push({ id, atMs: lastMs, text });
    }
  }
  return moments;
}
