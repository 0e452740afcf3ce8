import type { SimulatedCallRequest } from "../call/callRequest.ts";
import type { SimulatedCall } from "../call/simulatedCall.ts";
import type { NetworkContext } from "../networkContext.ts";
import { type ApiAnswer, found, notFound, refused } from "./apiAnswer.ts";
import { ApiFaults } from "./apiFaults.ts";
import { callResource, isOver } from "./callFacts.ts";
import { readCreateForm, readStep, refuse } from "./createForm.ts";

/** A request that changed a call, or was to. */
export interface ApiUpdate {
  readonly callSid: string;
  /** The TwiML, or `completed` or `canceled`; empty for a URL. */
  readonly change: string;
}

/** What bounds the calls of an account. */
export interface CallsLimits {
  /** Call starts a second; what comes faster waits its turn. */
  readonly callsPerSecond?: number;
  readonly maxConcurrentCalls?: number;
  /** How long a new call cannot be fetched yet. */
  readonly visibleAfterMs?: number;
}

/** Creates the part of the API that answers requests for `Calls`: create, fetch, list and update. */
export function createCallsApi(
  network: {
    readonly context: NetworkContext;
    readonly calls: readonly SimulatedCall[];
    place(request: SimulatedCallRequest): SimulatedCall;
  },
  { callsPerSecond = 1, maxConcurrentCalls = Infinity, visibleAfterMs = 0 }: CallsLimits,
  closing: AbortSignal,
) {
  const { context } = network;
  const { account, clock } = context;
  const root = `/2010-04-01/Accounts/${account.accountSid}`;
  const createFaults = new ApiFaults(clock, closing);
  const updateFaults = new ApiFaults(clock, closing);
  const creates: Readonly<Record<string, string>>[] = [];
  const updates: ApiUpdate[] = [];
  const visibleAt = new WeakMap<SimulatedCall, number>();
  let nextStartAt = 0;

  /** Answers a request; `path` is what follows the account, such as `Calls.json`. */
  async function handle(
    method: string,
    path: string,
    query: URLSearchParams,
    form: URLSearchParams,
  ): Promise<ApiAnswer> {
    if (path === "Calls.json") {
      if (method === "GET") return list(query);
      if (method !== "POST") return notFound(`${root}/${path}`);
      creates.push(Object.fromEntries(form));
      return await createFaults.answer(() => create(form));
    }
    const sid = /^Calls\/(CA[0-9a-f]{32})\.json$/.exec(path)?.[1];
    const call = network.calls.find((call) => call.sid === sid);
    if (call === undefined) return notFound(`${root}/${path}`);
    const isHidden = (visibleAt.get(call) ?? 0) > clock.now();
    if (method === "GET") return isHidden ? notFound(`${root}/${path}`) : resource(call);
    if (method !== "POST") return notFound(`${root}/${path}`);
    updates.push({ callSid: call.sid, change: form.get("Status") ?? form.get("Twiml") ?? "" });
    return await updateFaults.answer(() => update(call, form), () => resource(call));
  }

  function create(form: URLSearchParams): ApiAnswer {
    const live = network.calls.filter(({ facts }) =>
      !isOver(facts.status) && facts.parentSid === undefined
    );
    if (live.length >= maxConcurrentCalls) {
      return refused(refuse(10004, "Call concurrency limit exceeded"));
    }
    const now = clock.now();
    const startAt = Math.max(now, nextStartAt);
    const made = readCreateForm(form, context, startAt - now);
    if ("code" in made) return refused(made);
    nextStartAt = startAt + 1_000 / callsPerSecond;
    const call = network.place(made);
    visibleAt.set(call, clock.now() + visibleAfterMs);
    return resource(call, 201);
  }

  function update(call: SimulatedCall, form: URLSearchParams): ApiAnswer {
    const status = form.get("Status");
    if (status !== null) return end(call, status);
    const step = readStep(form, context.publicUrl);
    if (step === undefined) return refused(refuse(20001, "Nothing to update"));
    if ("code" in step) return refused(step);
    if (call.replace(step)) return resource(call);
    return refused(refuse(21220, "Call is not in-progress. Cannot redirect."));
  }

  function end(call: SimulatedCall, status: string): ApiAnswer {
    const reason = "the app ended it through the REST API";
    if (status !== "completed" && status !== "canceled") {
      return refused(refuse(21218, `Status "${status}" cannot be set`));
    }
    if (isOver(call.status)) return notFound(`${root}/Calls/${call.sid}.json`);
    const live = call.status === "in-progress";
    if (live && status === "canceled") {
      return refused(refuse(21220, "Call is in-progress. Cannot cancel."));
    }
    call.finish({ status: live ? "completed" : "canceled", reason });
    return resource(call);
  }

  function list(query: URLSearchParams): ApiAnswer {
    const wanted = (name: string, value: string) => (query.get(name) ?? value) === value;
    const asked = Number(query.get("PageSize") ?? 50);
    const pageSize = Number.isInteger(asked) ? Math.min(1_000, Math.max(1, asked)) : 50;
    const calls = network.calls.toReversed().filter(({ facts: { to, from, status, parentSid } }) =>
      wanted("To", to) && wanted("From", from) && wanted("Status", status) &&
      wanted("ParentCallSid", parentSid ?? "")
    ).slice(0, pageSize).map((call) => callResource(call.facts));
    const uri = `${root}/Calls.json`;
    return found({ calls, page: 0, page_size: pageSize, next_page_uri: null, uri });
  }

  return { handle, creates, updates, createFaults, updateFaults };
}

function resource(call: SimulatedCall, status = 200): ApiAnswer {
  return found(callResource(call.facts), status);
}
