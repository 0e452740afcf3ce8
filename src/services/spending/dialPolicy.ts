import type { CallingHours } from "../../config/settings.ts";
import { isWithinHours, nextWithinHours } from "./destinations/callingHours.ts";
import {
  checkDestination,
  type Destination,
  type DestinationRules,
} from "./destinations/destination.ts";
import type { DoNotCallList } from "../store.ts";
import type { DialRefusal } from "./dialRefusal.ts";

/** Which numbers the operator allows to be dialled, and when. */
export interface DialPolicySettings extends DestinationRules {
  readonly hours?: CallingHours;
}

export type DialDecision =
  | { readonly ok: true; readonly number: string }
  | ({ readonly ok: false } & DialRefusal);

export type DialPolicy = ReturnType<typeof createDialPolicy>;

/** The one place that decides which numbers may be dialled. */
export function createDialPolicy(
  settings: DialPolicySettings,
  doNotCall: Pick<DoNotCallList, "has">,
) {
  return {
    /** By the number alone, without the do-not-call list and calling hours. */
    checkNumber: (to: string): Destination => checkDestination(to, settings),
    /** By the number, the do-not-call list and calling hours. */
    async check(to: string, now: number): Promise<DialDecision> {
      const destination = checkDestination(to, settings);
      if (!destination.ok) return destination;
      const { number } = destination;
      if (await doNotCall.has(number)) {
        return refused("do_not_call", "This number is on the do-not-call list.");
      }
      const { hours } = settings;
      if (hours === undefined || isWithinHours(number, hours, now)) return { ok: true, number };
      const opensAt = nextWithinHours(number, hours, now);
      const refusal = refused(
        "outside_hours",
        "It is outside the calling hours of this number (OUTBOUND_HOURS).",
      );
      return opensAt === undefined ? refusal : { ...refusal, opensAt };
    },
  };
}

function refused(code: "do_not_call" | "outside_hours", sentence: string) {
  return { ok: false, kind: "forbidden", code, sentence } as const;
}
