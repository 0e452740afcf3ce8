import type { Environment } from "../../../config/settingReader.ts";
import { countryOfNumber } from "../../../services/spending.ts";
import type { NumberPlan } from "../../../sim/twilio/phoneNetwork.ts";

/** Settings: the operator's limits, but that the numbers of the scenario may be dialled, unless they are denied. */
export function rehearsedDialLimits(
  { OUTBOUND_COUNTRIES: countries = "US,CA", OUTBOUND_ALLOW: allow }: Environment,
  callee: string | undefined,
  numbers: Readonly<Record<string, NumberPlan>>,
): Environment {
  const dialled = [...(callee === undefined ? [] : [callee]), ...Object.keys(numbers)]
    .filter((number) => /^\+[1-9]\d{6,14}$/.test(number));
  const others = dialled.flatMap((number) => countryOfNumber(number) ?? [])
    .filter((country) => /^[A-Z]{2}$/.test(country));
  return {
    OUTBOUND_COUNTRIES: [countries, ...others].join(),
    ...(allow !== undefined && allow.trim() !== "" && {
      OUTBOUND_ALLOW: [allow, ...dialled].join(),
    }),
  };
}
