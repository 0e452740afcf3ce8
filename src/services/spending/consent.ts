import type { OutboundRules } from "../../config/outboundSchema.ts";
import type { DialRefusal } from "./dialRefusal.ts";

/** What the person who is called has agreed to, as whoever asks for the call says. */
export interface Consent {
  /** Where it was given, such as `web form 12`. */
  readonly source: string;
  /** When it was given: an ISO 8601 time. */
  readonly at: string;
  /** What was agreed to. */
  readonly text?: string | undefined;
}

/** Clocks of two systems differ by less. */
const MAX_SKEW_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

/** Why a call may not be placed with this consent, or without one, if so. */
export function consentRefusal(
  rules: Pick<OutboundRules, "consent" | "consent_days"> | undefined,
  consent: Consent | undefined,
  now: number,
): DialRefusal | undefined {
  if (consent === undefined) {
    return rules?.consent === "required"
      ? refused(
        "consent_missing",
        "This agent calls only people whose consent is given: `consent`.",
      )
      : undefined;
  }
  const ageMs = now - Date.parse(consent.at);
  if (ageMs < -MAX_SKEW_MS) {
    return refused("consent_in_future", "The consent is of a time that is still to come.");
  }
  const days = rules?.consent_days;
  if (days === undefined || ageMs <= days * DAY_MS) return undefined;
  return refused("consent_too_old", "The consent is older than the agent's file allows.");
}

function refused(
  code: "consent_missing" | "consent_in_future" | "consent_too_old",
  sentence: string,
): DialRefusal {
  return { kind: "forbidden", code, sentence };
}
