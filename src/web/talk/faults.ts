import { callFaults } from "./callFaults.ts";
import { deviceFaults } from "./deviceFaults.ts";
import type { Fault } from "./fault.ts";
import { t } from "../text.ts";

/**
 * Everything that can keep a call from beginning or going on, by its code: `microphone_` and `speaker_`
 * with the step that failed, `refused_` and `closed_` with a close code, `ended_` with a reason, and the
 * error codes of the server and of its messages.
 */
export function faultOf(code: string): Fault | undefined {
  return Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
}

/** The fault as one text; `said` is the server's sentence, where it sent one. */
export function faultText(code: string, said = ""): string {
  const { text, remedy } = faultOf(code) ?? {};
  const sentence = text ?? (said || t("Something went wrong."));
  return `${sentence} ${
    remedy ?? t("Start again; if it fails again, the server's log may say why.")
  }`;
}

const FAULTS: Readonly<Record<string, Fault>> = { ...deviceFaults, ...callFaults };
