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
  const dialled = dialledNumbers(callee, numbers);
  const others = dialled.flatMap((number) => countryOfNumber(number) ?? [])
    .filter((country) => /^[A-Z]{2}$/.test(country));
  return {
    OUTBOUND_COUNTRIES: [countries, ...others].join(),
    ...(allow !== undefined && allow.trim() !== "" && {
      OUTBOUND_ALLOW: [allow, ...dialled].join(),
    }),
  };
}

/** Where the agent may transfer callers in a rehearsal although the operator's limits refuse it, a sentence for each. */
export function refusedOtherwise(
  environment: Environment,
  numbers: Readonly<Record<string, NumberPlan>>,
): readonly string[] {
  const { outbound, phone } = readSettings(environment);
  const rules = { ...outbound, ownNumber: phone?.number ?? OWN_NUMBER };
  return dialledNumbers(undefined, numbers).flatMap((number) => {
    const decision = checkDestination(number, rules);
    if (decision.ok || !LIFTED.has(decision.code)) return [];
    return [`a call to ${number} is acted out, which the settings refuse (${decision.code})`];
  });
}

/** Refusals that `rehearsedDialLimits` lifts; what is denied, or never dialled, stays refused. */
const LIFTED: ReadonlySet<string> = new Set(["country_not_allowed", "number_not_allowed"]);

function dialledNumbers(
  callee: string | undefined,
  numbers: Readonly<Record<string, NumberPlan>>,
): readonly string[] {
  return [...(callee === undefined ? [] : [callee]), ...Object.keys(numbers)]
    .filter((number) => E164.test(number));
}
