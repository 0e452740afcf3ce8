import type { CallingTimes, OutboundRules } from "../../../config/outboundSchema.ts";
import { outbound } from "../../../config/outboundSchema.ts";
import countryHours from "./countryHours.json" with { type: "json" };

/**
 * When people of a country may be called unless somebody says otherwise: the hours that its law or its
 * authorities set for sales calls, as far as they are known, and cautious ones for all others. Not legal advice.
 */
export function hoursOfCountry(country: string): CallingTimes | undefined {
  return byCountry.get(country) ?? byCountry.get("default");
}

/** When this agent may call people of a country; undefined for always. */
export function hoursFor(
  { hours, countries }: Pick<OutboundRules, "hours" | "countries">,
  country: string,
): CallingTimes | undefined {
  const named = countries[country]?.hours ?? hours;
  if (named === "off") return undefined;
  return named === "country" ? hoursOfCountry(country) : named;
}

/** Read by the schema of agents' files: what an operator can write, this table can have. */
const byCountry: ReadonlyMap<string, CallingTimes> = new Map(
  Object.entries(countryHours).flatMap(([country, hours]): [string, CallingTimes][] => {
    const read = outbound.parse({ hours }).hours;
    return typeof read === "string" ? [] : [[country, read]];
  }),
);
