import type { Settings } from "../../../config/settings.ts";
import { countryOfNumber } from "../../spending.ts";
import type { TwilioAccountFacts } from "../../twilioOutbound.ts";
import type { Finding } from "../setupCheck.ts";

/** More are not asked about. */
const MAX_COUNTRIES = 24;
/** Twilio refuses many questions at once. */
const AT_ONCE = 6;

/** Countries in which the settings let people be called: their own, where none is named. */
export function calledCountries(
  { phone, outbound: { countries, allow } }: Pick<Settings, "phone" | "outbound">,
): readonly string[] {
  if (phone === undefined) return [];
  if (countries !== undefined) return countries.slice(0, MAX_COUNTRIES);
  // Single numbers and prefixes need not be of the number's own country.
  const named = allow.length > 0 ? allow : [phone.number];
  const found = named.map((start) => countryOfNumber(start.padEnd(12, "2")))
    .filter((code) => code !== undefined);
  return [...new Set(found)].slice(0, MAX_COUNTRIES);
}

/** Those of the countries that Twilio does not let the account call. Rejects with a `TwilioProblem`. */
export async function closedCountries(
  countries: readonly string[],
  facts: Pick<TwilioAccountFacts, "isOpen">,
): Promise<readonly string[]> {
  const closed: string[] = [];
  for (let at = 0; at < countries.length; at += AT_ONCE) {
    const group = countries.slice(at, at + AT_ONCE);
    const open = await Promise.all(group.map((country) => facts.isOpen(country)));
    closed.push(...group.filter((_, index) => open[index] !== true));
  }
  return closed;
}

/** Undefined where all may be called. */
export function countriesFinding(
  countries: readonly string[],
  closed: readonly string[],
): Finding | undefined {
  if (closed.length === 0) return undefined;
  return {
    code: "calling_out_closed",
    state: closed.length === countries.length ? "broken" : "warning",
    text: "Twilio does not let the account call {countries}, which the settings allow.",
    remedy:
      "Allow {countries} in the Twilio console, under Voice, Settings, Geo permissions; or take it out of OUTBOUND_COUNTRIES.",
    values: { countries: closed.join(", ") },
  };
}
