import { formatDuration } from "../formats.ts";
import { t } from "../text.ts";
import type { RecordingCourse } from "./recordingTypes.ts";

type Consent = NonNullable<RecordingCourse["consent"]>;

/** What the caller was told or has answered about the recording; with `atMs` also when. */
export function consentText(consent: Consent, atMs?: number): string {
  const { kind, words, key } = consent;
  const at = atMs === undefined ? undefined : formatDuration(atMs);
  const said = at === undefined ? SAID[kind] : saidAt(kind, at);
  if (kind === "announced") return `${said}.`;
  const how = key != null
    ? `: ${t("key {key}", { key })}`
    : words == null
    ? ""
    : `: ${t("“{words}”", { words })}`;
  return kind === "unclear" ? `${said}${how}. ${t("Nothing is recorded.")}` : `${said}${how}.`;
}

const SAID: Readonly<Record<Consent["kind"], string>> = {
  announced: t("The caller has heard that the call is recorded"),
  agreed: t("The caller agreed to the recording"),
  refused: t("The caller refused the recording"),
  unclear: t("The caller's answer was no yes"),
};

function saidAt(kind: Consent["kind"], at: string): string {
  switch (kind) {
    case "announced":
      return t("The caller has heard at {at} that the call is recorded", { at });
    case "agreed":
      return t("The caller agreed at {at} to the recording", { at });
    case "refused":
      return t("The caller refused the recording at {at}", { at });
    case "unclear":
      return t("The caller's answer at {at} was no yes", { at });
  }
}
