import type { NumberType } from "libphonenumber-js/max";
import { isWithheld } from "../../../utils/phoneNumber.ts";
import type { DestinationRefusal, DestinationRefusalCode } from "../dialRefusal.ts";
import { countryOf, planOf } from "./numberingPlan.ts";

/** Which destinations may be dialled. */
export interface DestinationRules {
  /** ISO codes; absent means the country of `ownNumber`. */
  readonly countries?: readonly string[];
  readonly ownNumber: string;
  /** Prefixes: where there are some, no other number may be dialled. */
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

export type Destination =
  | { readonly ok: true; readonly number: string; readonly country: string }
  | ({ readonly ok: false } & DestinationRefusal);

/** Decides whether a number may be dialled, from the number alone: no state, no network. */
export function checkDestination(to: string, rules: DestinationRules): Destination {
  const malformed = refuseForm(to);
  if (malformed !== undefined) return { ok: false, ...malformed };
  const special = specialPrefixes.find(({ prefix }) => prefix.test(to));
  if (special !== undefined) return forbidden(special.code, special.sentence);

  const { allow = [], deny = [] } = rules;
  const begins = (prefix: string) => to.startsWith(prefix);
  const plan = isWithheld(to) ? undefined : planOf(to);
  const kind = forbiddenTypes[plan?.type ?? "FIXED_LINE"];
  if (kind !== undefined) return forbidden(kind.code, kind.sentence);
  // A prefix that the operator allows may be missing in the tables.
  if (plan === undefined || plan.assignment === "impossible" && !allow.some(begins)) {
    return invalid("not_a_real_number", "This is not a number that any country has given out.");
  }
  const { country } = plan;
  if (country === undefined) {
    return forbidden("not_a_country", "Numbers that belong to no country are never dialled.");
  }
  if (to === rules.ownNumber) {
    return forbidden("own_number", "This is the server's own number: it would call itself.");
  }
  const allowed = rules.countries ?? ownCountry(rules.ownNumber);
  if (!allowed.includes(country)) {
    return {
      ok: false,
      kind: "forbidden",
      code: "country_not_allowed",
      sentence:
        "The country of this number may not be called: the operator lists countries in OUTBOUND_COUNTRIES.",
      country,
    };
  }
  if (deny.some(begins)) {
    return forbidden("number_denied", "The operator has excluded this number by OUTBOUND_DENY.");
  }
  if (allow.length > 0 && !allow.some(begins)) {
    return forbidden(
      "number_not_allowed",
      "The operator allows only the numbers listed in OUTBOUND_ALLOW.",
    );
  }
  return { ok: true, number: to, country };
}

function refuseForm(to: string): DestinationRefusal | undefined {
  if (/[^\x20-\x7e]/.test(to)) {
    return malformed("not_ascii_digits", "Write the number with the digits 0 to 9 only.");
  }
  if (/(ext|[x;,#*pw])/i.test(to)) {
    return malformed("extension", "Numbers with an extension cannot be dialled: leave it out.");
  }
  if (emergencyNumbers.has(to.replace(/^\+/, ""))) {
    return {
      kind: "forbidden",
      code: "emergency_number",
      sentence: "Emergency numbers are never dialled.",
    };
  }
  if (/^\+?\d{1,6}$/.test(to)) {
    return malformed("short_number", "Short numbers cannot be dialled: give the whole number.");
  }
  if (!/^\+[1-9]\d{6,14}$/.test(to)) {
    return malformed(
      "not_e164",
      "Write the number as + and the country code, such as +14155550123, without spaces.",
    );
  }
  return undefined;
}

/** Of any country, as digits: none of them is another number anywhere. */
export const emergencyNumbers: ReadonlySet<string> = new Set([
  ..."000 100 101 102 103 108 110 111 112 113 114 115 116117 117 118 119 120 122 123 190 191 192"
    .split(" "),
  ..."193 197 199 911 933 988 991 992 993 994 995 996 997 998 999".split(" "),
]);

/** Codes of no country, and ranges that the metadata does not tell apart from ordinary numbers. */
const specialPrefixes: readonly {
  readonly prefix: RegExp;
  readonly code: DestinationRefusalCode;
  readonly sentence: string;
}[] = [
  {
    // Inmarsat, Iridium and the like, "international networks", and Australia's satellite mobiles.
    prefix: /^\+(870|881|882|883|61145|61147)/,
    code: "satellite",
    sentence: "Satellite numbers are never dialled.",
  },
  {
    // The international premium service, and the 976 exchange of North America.
    prefix: /^\+(979|1\d{3}976)/,
    code: "premium_rate",
    sentence: "Premium-rate numbers are never dialled.",
  },
  {
    prefix: /^\+808/,
    code: "shared_cost",
    sentence: "Shared-cost numbers are never dialled.",
  },
];

const forbiddenTypes: Partial<
  Record<
    NonNullable<NumberType>,
    { readonly code: DestinationRefusalCode; readonly sentence: string }
  >
> = {
  PREMIUM_RATE: { code: "premium_rate", sentence: "Premium-rate numbers are never dialled." },
  // Forwarding numbers such as Britain's 070 are priced like premium ones.
  PERSONAL_NUMBER: { code: "premium_rate", sentence: "Premium-rate numbers are never dialled." },
  SHARED_COST: { code: "shared_cost", sentence: "Shared-cost numbers are never dialled." },
  PAGER: { code: "no_person_there", sentence: "Pagers are never dialled." },
  VOICEMAIL: { code: "no_person_there", sentence: "Voicemail access numbers are never dialled." },
};

function ownCountry(number: string): readonly string[] {
  const country = countryOf(number);
  return country === undefined ? [] : [country];
}

function malformed(code: DestinationRefusalCode, sentence: string): DestinationRefusal {
  return { kind: "invalid", code, sentence };
}

function invalid(code: DestinationRefusalCode, sentence: string): Destination {
  return { ok: false, kind: "invalid", code, sentence };
}

function forbidden(code: DestinationRefusalCode, sentence: string): Destination {
  return { ok: false, kind: "forbidden", code, sentence };
}
