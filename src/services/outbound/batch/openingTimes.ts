import type { DialCheck, DialPolicy, DialRefusal, PersonCall } from "../../spending.ts";
import { awaitStore } from "../outboundErrors.ts";
import type { ReadPlan } from "./batchPlan.ts";

/** A call whose time is asked for. */
export interface TimedCall {
  readonly number: string;
  /** The batch's own hours, by the callee's clocks. */
  readonly week?: ReadPlan["week"] | undefined;
  readonly call: PersonCall;
}

/** When a number may be dialled; refused where rules refuse it for good. */
export type OpeningTime =
  | { readonly ok: true; readonly at: number }
  | { readonly ok: false; readonly refusal: DialRefusal };

type Policy = Pick<DialPolicy, "check" | "checkNumber" | "nextWithinWeek" | "placeOf">;

/**
 * Finds when numbers may be dialled, from one time on. Hours take long to look through: what one number
 * waits for, all others of its place and agent wait for, too.
 */
export class OpeningTimes {
  readonly #policy: Policy;
  readonly #at: number;
  readonly #known = new Map<string, number | "never">();

  /** `at` is in milliseconds since 1970. */
  constructor(policy: Policy, at: number) {
    this.#policy = policy;
    this.#at = at;
  }

  /** `scope` tells batches apart, which have hours of their own. */
  async of(
    timed: TimedCall,
    { scope = "", check = this.#policy.check }: {
      readonly scope?: string;
      readonly check?: DialCheck;
    } = {},
  ): Promise<OpeningTime> {
    const { number, call } = timed;
    const key = `${scope} ${call.agent} ${this.#policy.placeOf(number)}`;
    const known = this.#known.get(key);
    if (known === "never") {
      const destination = this.#policy.checkNumber(number);
      return { ok: false, refusal: destination.ok ? neverOpen : destination };
    }
    if (known !== undefined && known > this.#at) {
      const decision = await awaitStore(check(number, known, call));
      if (decision.ok) return { ok: true, at: known };
      if (decision.code !== "outside_hours") return { ok: false, refusal: decision };
    }
    const found = await this.#find(timed, check);
    if (found.ok) this.#known.set(key, found.at);
    else if (found.refusal.code === "outside_hours") this.#known.set(key, "never");
    return found;
  }

  async #find({ number, week, call }: TimedCall, check: DialCheck): Promise<OpeningTime> {
    let time = this.#at;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const open = week === undefined ? time : this.#policy.nextWithinWeek(number, week, time);
      const decision = await awaitStore(check(number, open ?? time, call));
      if (decision.ok && open !== undefined) return { ok: true, at: open };
      if (decision.ok) return { ok: false, refusal: neverOpen };
      if (decision.code !== "outside_hours" || decision.opensAt === undefined) {
        return { ok: false, refusal: decision };
      }
      time = decision.opensAt;
    }
    return { ok: false, refusal: neverOpen };
  }
}

/** Both kinds of hours may shift the other by a day or two; after so many they never meet. */
const MAX_ROUNDS = 16;

const neverOpen: DialRefusal = {
  kind: "forbidden",
  code: "outside_hours",
  sentence: "The hours of the batch never allow this number to be called.",
};
