import { readSettings } from "../../../config/env.ts";
import type { Environment } from "../../../config/settingReader.ts";
import { checkDestination, countryOfNumber } from "../../../services/spending.ts";
import type { NumberPlan } from "../../../sim/twilio/phoneNetwork.ts";

/** Where none is set: those of its country are allowed. */
const OWN_NUMBER = "+12025550100";
const E164 = /^\+[1-9]\d{6,14}$/;

/** Settings: the operator's limits, but that the numbers of the scenario may be dialled, unless they are denied. */
export function rehearsedDialLimits(
  { OUTBOUND_COUNTRIES: countries = "US,CA", OUTBOUND_ALLOW: allow }: Environment,
  callee: string | undefined,
  numbers: Readonly<Record<string, NumberPlan>>,
): Environment {
  const dialled = [...(callee === undefined ? [] : [callee]), ...Object.keys(numbers)]
    .filter((number) => E164.test(number));
  const others = dialled.flatMap((number) => countryOfNumber(number) ?? [])
    .filter((country) => /^[A-Z]{2}$/.test(country));
  return {
    OUTBOUND_COUNTRIES: [countries, ...others].join(),
    ...(allow !== undefined && allow.trim() !== "" && {
      OUTBOUND_ALLOW: [allow, ...dialled].join(),
    }),
  };
}

/** What the operator's own limits say of numbers that a rehearsal may dial all the same, a sentence for each. */
export function refusedOtherwise(
  environment: Environment,
  numbers: Readonly<Record<string, NumberPlan>>,
): readonly string[] {
  const { outbound, phone } = readSettings(environment);
  const rules = { ...outbound, ownNumber: phone?.number ?? OWN_NUMBER };
  return Object.keys(numbers).filter((number) => E164.test(number)).flatMap((number) => {
    const decision = checkDestination(number, rules);
    if (decision.ok) return [];
    return [`a call to ${number} is acted out, which the settings refuse (${decision.code})`];
  });
}
