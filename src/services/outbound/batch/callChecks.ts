import { language as languageCode } from "../../../config/agentSchema.ts";
import { present } from "../../../utils/present.ts";
import { fillSentence } from "../../../utils/sentence.ts";
import { sha256 } from "../../../utils/sha256.ts";
import type { WorkSlices } from "../../../utils/workSlices.ts";
import type {
  CallBudget,
  DialCheck,
  DialPolicy,
  DialRefusal,
  PersonCall,
  PlannedCall,
} from "../../spending.ts";
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
      /** Variables of its agent that nothing gives a value: they are left out of what is said. */
      readonly missing?: readonly string[];
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
  readonly callBudget: Pick<CallBudget, "calledEnough">;
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
  const times = new OpeningTimes(policy, Math.max(now, startsAt));
  const numbers = new Set<string>();
  const ids = new Set<string>();
  const checked: CheckedCall[] = [];
  for (let first = 0; first < calls.length; first += AT_ONCE) {
    for (const verdict of await checkSome(calls.slice(first, first + AT_ONCE), first)) {
      checked.push(verdict);
    }
  }
  return checked;

  /** What the store knows of these calls is asked once, for all of them. */
  async function checkSome(
    some: readonly RequestedCall[],
    first: number,
  ): Promise<readonly CheckedCall[]> {
    const read: ReadCall[] = [];
    for (const [at, call] of some.entries()) {
      await slices.pause();
      const requestKey = call.id === undefined ? undefined : requestKeyOf(keyName, call.id);
      read.push({
        base: { call, index: first + at, ...present({ requestKey }) },
        ...readCall(call),
      });
    }
    const known = await awaitStore(taken(read.flatMap(({ base }) => base.requestKey ?? [])));
    const check = await awaitStore(policy.checkAmong(read.flatMap(({ number }) => number ?? [])));
    const timed: TimedCall[] = [];
    for (const each of read) {
      await slices.pause();
      const { refusal } = each;
      timed.push(refusal === undefined ? await timeOf(each, check) : { ...each, refusal });
    }
    const planned = timed.flatMap((each) => each.refusal === undefined ? each.planned : []);
    const enough = await awaitStore(callBudget.calledEnough(planned, slices));
    const verdicts: CheckedCall[] = [];
    for (const each of timed) {
      await slices.pause();
      verdicts.push(verdictOf(each, known, enough));
    }
    return verdicts;
  }

  function readCall(call: RequestedCall): Omit<ReadCall, "base"> {
    const written = writtenNumber(call);
    const refusal = problemOf(call);
    if (written.ok) return { number: written.number, refusal };
    return { number: undefined, refusal: refusal ?? { kind: "number", ...written } };
  }

  async function timeOf({ base, number = "" }: ReadCall, check: DialCheck): Promise<TimedCall> {
    const person = personOf(base.call);
    const decision = await times.of({ number, week: plan.week, call: person }, { check });
    if (decision.ok) {
      const planned = { keyName, agent: person.agent, to: number, at: decision.at };
      return { base, number, planned, refusal: undefined };
    }
    const { refusal: destination } = decision;
    const { code, sentence } = destination;
    return { base, number, refusal: { kind: "destination", code, sentence, destination } };
  }

  /** Remembers calls that are accepted, here or in another batch: later ones may repeat them. */
  function verdictOf(
    timed: TimedCall,
    known: ReadonlySet<string>,
    enough: ReadonlySet<PlannedCall>,
  ): CheckedCall {
    const { base, number } = timed;
    // Another batch calls this person: a later line of the same number is not called either.
    if (number !== undefined && base.requestKey !== undefined && known.has(base.requestKey)) {
      numbers.add(number);
    }
    if (timed.refusal !== undefined) return { ...base, ok: false, number, refusal: timed.refusal };
    const { planned } = timed;
    const { to, at } = planned;
    const refusal = repetitionOf(to, base.requestKey, known) ??
      (at >= endsAt ? neverOpen : enough.has(planned) ? calledEnough : undefined);
    if (refusal !== undefined) return { ...base, ok: false, number, refusal };
    numbers.add(to);
    if (base.requestKey !== undefined) ids.add(base.requestKey);
    const destination = policy.checkNumber(to);
    return {
      ...base,
      ok: true,
      number: to,
      country: destination.ok ? destination.country : undefined,
      ...(at > now && { opensAt: at }),
    };
  }

  function repetitionOf(
    number: string,
    requestKey: string | undefined,
    known: ReadonlySet<string>,
  ): CallRefusal | undefined {
    if (requestKey !== undefined && known.has(requestKey)) {
      return duplicate("already_in_batch", "An item with this id is in a batch already.");
    }
    if (requestKey !== undefined && ids.has(requestKey)) {
      return duplicate("duplicate_id", "An earlier item of this batch has the same id.");
    }
    return numbers.has(number)
      ? duplicate("duplicate_number", "An earlier line or call has this number.")
      : undefined;
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
      const { code, column } = unread;
      return { kind: "line", code, sentence: fillSentence(unread), column };
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

/** Calls of which the store is asked at a time. */
const AT_ONCE = 500;

/** A call, and its number as far as it could be read. */
interface ReadCall {
  readonly base: Pick<CheckedCall, "call" | "index" | "requestKey">;
  readonly number: string | undefined;
  readonly refusal: CallRefusal | undefined;
}

type TimedCall =
  | ReadCall & { readonly refusal: CallRefusal }
  | Omit<ReadCall, "refusal"> & { readonly refusal: undefined; readonly planned: PlannedCall };

const neverOpen = item("never_open", "The batch ends before this number may be called.");
const calledEnough = item(
  "number_called_enough",
  "This number has been called as often as it may be on that day.",
);

/** With its time in ISO 8601. */
export function normalConsent({ at, ...rest }: Consent): Consent {
  const time = momentOf(at);
  return time === undefined ? { at, ...rest } : { at: new Date(time).toISOString(), ...rest };
}

/** A digest by which an item is known again, whoever may read the store. */
function requestKeyOf(keyName: string, id: string): string {
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
