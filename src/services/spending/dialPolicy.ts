import type { ClosedDays } from "../../config/hoursSchema.ts";
import type { CallingTimes, OutboundRules } from "../../config/outboundSchema.ts";
import type { CallingHours } from "../../config/settings.ts";
import type { DoNotCallList } from "../store.ts";
import { type Consent, consentRefusal } from "./consent.ts";
import {
  everyDay,
  isWithinTimes,
  nextWithinTimes,
  offsetAt,
  zonesOf,
} from "./destinations/callingHours.ts";
import { countryOf } from "./destinations/numberingPlan.ts";
import { hoursFor, hoursOfCountry } from "./destinations/countryHours.ts";
import { nextWithinWeek, otherPartOfDay } from "./destinations/calleeTime.ts";
import { holidaysAround } from "./destinations/holidays.ts";
import { hasNumbers, readWrittenNumber } from "./destinations/writtenNumber.ts";
import {
  checkDestination,
  type Destination,
  type DestinationRules,
} from "./destinations/destination.ts";
import type { DialRefusal } from "./dialRefusal.ts";
import { estimatedUsdPerMinute } from "./telephonyEstimate.ts";

/** Which numbers the operator allows to be dialled, and when. */
export interface DialPolicySettings extends DestinationRules {
  /** `country`: those of each country, for calls to people. */
  readonly hours?: CallingHours | "country";
  /** Days on which nobody is called. */
  readonly closed?: readonly ClosedDays[];
}

/** A call to a person, beside the number. */
export interface PersonCall {
  readonly agent: string;
  readonly consent?: Consent | undefined;
}

export interface DialPolicyDeps {
  readonly doNotCall: Pick<DoNotCallList, "has" | "among">;
  /** How an agent calls people, where its file says so. */
  readonly rulesOf: (agent: string) => OutboundRules | undefined;
}

export type DialDecision =
  | { readonly ok: true; readonly number: string }
  | ({ readonly ok: false } & DialRefusal);

/** Whether a number may be dialled at a time, in milliseconds since 1970. */
export type DialCheck = (to: string, now: number, call?: PersonCall) => Promise<DialDecision>;

export type DialPolicy = ReturnType<typeof createDialPolicy>;

/** The one place that decides which numbers may be dialled. */
export function createDialPolicy(
  settings: DialPolicySettings,
  { doNotCall, rulesOf }: DialPolicyDeps,
) {
  return {
    /** By the number alone, without the do-not-call list and calling hours. */
    checkNumber: (to: string): Destination => checkDestination(to, settings),
    /** Looks up a number once: the first look-up of a process takes some 20 ms, later ones less than one. */
    makeReady(now: number): void {
      checkDestination(EXAMPLE, settings);
      nextWithinTimes(EXAMPLE, [everyDay({ fromMinute: 0, toMinute: 1 })], now);
      holidaysAround("US", new Date(now).getUTCFullYear());
    },
    read: readWrittenNumber,
    hasNumbers,
    nextWithinWeek,
    otherPartOfDay,
    /** Numbers of the same place have the same hours. */
    placeOf: (number: string): string => `${countryOf(number)} ${zonesOf(number).join()}`,
    estimatedUsdPerMinute: (to: string): number => estimatedUsdPerMinute("outbound", to),
    offsetAt,
    /**
     * By the number, the do-not-call list and calling hours; a call to a person by the rules of its agent and
     * of its country, too.
     */
    check: checkBy((number) => doNotCall.has(number)),
    /** As `check`, for some hundred numbers: the do-not-call list is asked once, for all of them. */
    async checkAmong(numbers: readonly string[]): Promise<DialCheck> {
      const listed = await doNotCall.among(numbers.filter((number) => E164.test(number)));
      return checkBy((number) => listed.has(number));
    },
  };

  function checkBy(isListed: (number: string) => boolean | Promise<boolean>): DialCheck {
    return async (to, now, call) => {
      const destination = checkDestination(to, settings);
      if (!destination.ok) return destination;
      const { number, country } = destination;
      if (await isListed(number)) {
        return refused("do_not_call", "This number is on the do-not-call list.");
      }
      const rules = call && rulesOf(call.agent);
      const unagreed = call && consentRefusal(rules, call.consent, now);
      if (unagreed !== undefined) return { ok: false, ...unagreed };
      const times = timesOf(country, call === undefined ? "any" : rules);
      if (times.length === 0 || isWithinTimes(number, times, now)) return { ok: true, number };
      const opensAt = nextWithinTimes(number, times, now);
      const refusal = refused(
        "outside_hours",
        "It is outside the calling hours of this number (OUTBOUND_HOURS, or those of its country).",
      );
      return opensAt === undefined ? refusal : { ...refusal, opensAt };
    };
  }

  function timesOf(
    country: string,
    rules: OutboundRules | "any" | undefined,
  ): readonly CallingTimes[] {
    const { hours, closed = [] } = settings;
    const ofSettings = typeof hours === "object" ? [everyDay(hours)] : [];
    if (rules === "any") return ofSettings;
    const ofCountry = rules !== undefined
      ? hoursFor(rules, country)
      : hours === "country"
      ? hoursOfCountry(country)
      : undefined;
    const all = [...ofSettings, ...(ofCountry === undefined ? [] : [ofCountry])];
    if (closed.length === 0) return all;
    return [...all, { ...everyDay({ fromMinute: 0, toMinute: 24 * 60 }), closed }];
  }
}

/** No other number is ever dialled, and databases take no other text. */
const E164 = /^\+[1-9]\d{6,14}$/;
const EXAMPLE = "+12125550123";

function refused(code: "do_not_call" | "outside_hours", sentence: string) {
  return { ok: false, kind: "forbidden", code, sentence } as const;
}
