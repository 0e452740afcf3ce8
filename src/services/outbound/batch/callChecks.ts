import { language as languageCode } from "../../../config/agentSchema.ts";
import { sha256 } from "../../../utils/sha256.ts";
import type { WorkSlices } from "../../../utils/workSlices.ts";
import type { CallBudget, DialPolicy, DialRefusal, PersonCall } from "../../spending.ts";
import { awaitStore } from "../outboundErrors.ts";
import type { ReadPlan } from "./batchPlan.ts";
import { OpeningTimes } from "./openingTimes.ts";
import type { Consent, RequestedCall } from "./requestedCall.ts";

/** Why no call is made of an item. */
export interface CallRefusal {
  readonly kind: "duplicate" | "number" | "destination" | "item" | "line";
  readonly code: string;
  readonly sentence: string;
  /** The column of the table that is wrong. */
  readonly column?: string | undefined;
  readonly destination?: Pick<DialRefusal, "kind"> & { readonly code: string } | undefined;
}

/** A call that a batch is asked for, and what would become of it now. */
export type CheckedCall =
  & { readonly call: RequestedCall; readonly index: number; readonly requestKey?: string }
  & (
    | {
      readonly ok: true;
      readonly number: string;
      readonly country: string | undefined;
      /** Not before then; absent where it may be dialled at once. */
      readonly opensAt?: number;
    }
    | {
      readonly ok: false;
      /** As far as it could be read. */
      readonly number: string | undefined;
      readonly refusal: CallRefusal;
    }
  );

export interface CallChecksDeps {
  readonly policy: DialPolicy;
  /** Why an agent cannot be used; undefined where it can. */
  readonly agentProblem: (agent: string) => string | undefined;
  readonly taken: (keys: readonly string[]) => Promise<ReadonlySet<string>>;
  readonly callBudget: Pick<CallBudget, "attemptsRefusal">;
}

export interface CheckedRequest {
  readonly calls: readonly RequestedCall[];
  readonly keyName: string;
  /** Of calls that name none of their own. */
  readonly agent: string;
  readonly consent?: PersonCall["consent"];
  /** Of numbers without a country code. */
  readonly country?: string | undefined;
  readonly plan: ReadPlan;
  readonly startsAt?: number | undefined;
  readonly endsAt?: number | undefined;
  readonly now: number;
}

/** Decides for each call of a batch what becomes of it; keeps and places nothing. */
export async function checkCalls(
  { calls, keyName, country, plan, startsAt = 0, endsAt = Infinity, now, ...common }:
    CheckedRequest,
  { policy, agentProblem, taken, callBudget }: CallChecksDeps,
  slices: Pick<WorkSlices, "pause">,
): Promise<readonly CheckedCall[]> {
  const keys: (string | undefined)[] = [];
  for (const { id } of calls) {
    await slices.pause();
    keys.push(id === undefined ? undefined : requestKeyOf(keyName, id));
  }
  const known = await awaitStore(taken(keys.filter((key) => key !== undefined)));
  const times = new OpeningTimes(policy, Math.max(now, startsAt));
  const numbers = new Set<string>();
  const ids = new Set<string>();
  const checked: CheckedCall[] = [];
  for (const [index, call] of calls.entries()) {
    await slices.pause();
    const requestKey = keys[index];
    const base = { call, index, ...(requestKey !== undefined && { requestKey }) };
    const verdict = await verdictOf(call, requestKey);
    if ("kind" in verdict) {
      const written = writtenNumber(call);
      const number = written.ok ? written.number : undefined;
      checked.push({ ...base, ok: false, number, refusal: verdict });
    } else checked.push({ ...base, ok: true, ...verdict });
  }
  return checked;

  async function verdictOf(call: RequestedCall, requestKey: string | undefined) {
    const itemProblem = problemOf(call);
    if (itemProblem !== undefined) return itemProblem;
    const written = writtenNumber(call);
    if (!written.ok) return { kind: "number", ...written } as const;
    const { number } = written;
    const person = personOf(call);
    const decision = await times.of({ number, week: plan.week, call: person });
    if (!decision.ok) {
      const { refusal } = decision;
      return {
        kind: "destination",
        code: refusal.code,
        sentence: refusal.sentence,
        destination: refusal,
      } as const;
    }
    if (requestKey !== undefined && known.has(requestKey)) {
      return duplicate("already_in_batch", "An item with this id is in a batch already.");
    }
    if (requestKey !== undefined && ids.has(requestKey)) {
      return duplicate("duplicate_id", "An earlier item of this batch has the same id.");
    }
    if (numbers.has(number)) {
      return duplicate("duplicate_number", "This number is in the batch already.");
    }
    if (decision.at >= endsAt) {
      return {
        kind: "item",
        code: "never_open",
        sentence: "The batch ends before this number may be called.",
      } as const;
    }
    const asked = { keyName, agent: person.agent, to: number };
    const enough = await awaitStore(callBudget.attemptsRefusal(asked, decision.at));
    if (enough !== undefined) {
      const sentence = "This number has been called as often as it may be on that day.";
      return { kind: "item", code: "number_called_enough", sentence } as const;
    }
    numbers.add(number);
    if (requestKey !== undefined) ids.add(requestKey);
    const destination = policy.checkNumber(number);
    return {
      number,
      country: destination.ok ? destination.country : undefined,
      ...(decision.at > now && { opensAt: decision.at }),
    };
  }

  /** JSON has numbers with their country, unless it names one for all. */
  function writtenNumber({ to, line }: RequestedCall) {
    return country === undefined && line === undefined
      ? { ok: true as const, number: to }
      : policy.read(to, country);
  }

  function personOf({ agent, consent }: RequestedCall): PersonCall {
    return {
      agent: agent ?? common.agent,
      consent: consent === undefined ? common.consent : normalConsent(consent),
    };
  }

  function problemOf(
    { agent, language, consent, problem: unread }: RequestedCall,
  ): CallRefusal | undefined {
    if (unread !== undefined) {
      const { code, message, column } = unread;
      return { kind: "line", code, sentence: message, column };
    }
    const problem = agent === undefined ? undefined : agentProblem(agent);
    if (problem !== undefined) return item("unknown_agent", problem);
    if (language !== undefined && !languageCode.safeParse(language).success) {
      return item("no_language", "This is no language: write a code such as de or pt-BR.");
    }
    if (consent !== undefined && (consent.source === "" || momentOf(consent.at) === undefined)) {
      return item(
        "consent_incomplete",
        "A consent needs its source and its time, such as 2027-01-31 or 2027-01-31T09:00:00Z.",
      );
    }
    return undefined;
  }
}

/** With its time in ISO 8601. */
export function normalConsent({ at, ...rest }: Consent): Consent {
  const time = momentOf(at);
  return time === undefined ? { at, ...rest } : { at: new Date(time).toISOString(), ...rest };
}

/** A digest by which an item is known again, whoever may read the store. */
export function requestKeyOf(keyName: string, id: string): string {
  return sha256(`${keyName}\n${id}`).toHex();
}

/** A moment as tables hold it, in milliseconds since 1970. */
export function momentOf(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/.test(text)) {
    return undefined;
  }
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text.slice(10)) || text.length === 10;
  const time = Date.parse(zoned ? text : `${text.replace(" ", "T")}Z`);
  return Number.isNaN(time) ? undefined : time;
}

function item(code: string, sentence: string): CallRefusal {
  return { kind: "item", code, sentence };
}

function duplicate(code: string, sentence: string): CallRefusal {
  return { kind: "duplicate", code, sentence };
}
