/** Why a number may not be dialled, by the number alone. */
const destinationRefusalCodes = [
  "not_ascii_digits",
  "extension",
  "emergency_number",
  "short_number",
  "not_e164",
  "not_a_real_number",
  "satellite",
  "premium_rate",
  "shared_cost",
  "no_person_there",
  "not_a_country",
  "country_not_allowed",
  "number_denied",
  "number_not_allowed",
  "own_number",
] as const;
export type DestinationRefusalCode = (typeof destinationRefusalCodes)[number];

/** All reasons for which a number may not be dialled, or not now. */
export const dialRefusalCodes = [
  ...destinationRefusalCodes,
  "do_not_call",
  "outside_hours",
  "consent_missing",
  "consent_in_future",
  "consent_too_old",
] as const;

export interface DestinationRefusal {
  /** `invalid` for no dialable number, `forbidden` for a number that may not be dialled here. */
  readonly kind: "invalid" | "forbidden";
  readonly code: DestinationRefusalCode;
  readonly sentence: string;
  /** That of the number, in two letters, where it is why. */
  readonly country?: string;
}

export type DialRefusal =
  | DestinationRefusal
  | {
    readonly kind: "forbidden";
    readonly code: Exclude<(typeof dialRefusalCodes)[number], DestinationRefusalCode>;
    readonly sentence: string;
    /** When it may be tried again, in milliseconds since 1970. */
    readonly opensAt?: number;
  };
