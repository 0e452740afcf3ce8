import type { SimulatedCall } from "../call/simulatedCall.ts";
import { callResource, isOver } from "./callFacts.ts";
import type { Conferences } from "../conference/conferences.ts";
import type { ApiAnswer } from "./apiAnswer.ts";
import { createApplicationsApi } from "./applicationsApi.ts";
import { createConferencesApi } from "./conferencesApi.ts";
import type { SimulatedCallRequest } from "../call/callRequest.ts";
import { type ApiError, readCreateForm, readStep, refuse } from "./createForm.ts";
import type { ApiFault, ApiRequest, ApiUpdate } from "./apiRequests.ts";
import { createMessagesApi, type SimulatedText, type TextFault } from "./messagesApi.ts";
import type { NetworkContext } from "../networkContext.ts";
import { createNumbersApi } from "./numbersApi.ts";

export type { ApiFault, ApiRequest, ApiUpdate } from "./apiRequests.ts";

export interface TwilioApiOptions {
  readonly port?: number;
  /** Call starts a second; what comes faster waits its turn. */
  readonly callsPerSecond?: number;
  readonly maxConcurrentCalls?: number;
  /** How long a new call cannot be fetched yet. */
  readonly visibleAfterMs?: number;
}

/** Twilio's REST API for calls, on loopback. */
export interface TwilioApi {
  readonly url: string;
  /** Makes the next create request fail; several are queued. */
  failNext(fault: ApiFault): void;
  /** Makes the next update of a call fail; several are queued. */
  failNextUpdate(fault: ApiFault): void;
  /** Makes the next request fail that changes a conference or calls somebody into one. */
  failNextConference(fault: ApiFault): void;
  /** All of those requests, in their order. */
  readonly conferenceRequests: readonly ApiRequest[];
  /** All requests to place a call, in their order. */
  readonly creates: readonly Readonly<Record<string, string>>[];
  /** All requests to change a call, in their order. */
  readonly updates: readonly ApiUpdate[];
  /** The next text message that a phone gets. */
  nextText(): Promise<SimulatedText>;
  /** What is asked from now on where the account's number is called, as the console shows it. */
  setVoiceUrl(url: string): void;
  /** What happens to text messages to a number from now on. */
  failTexts(number: string, fault: TextFault): void;
  close(): Promise<void>;
}

/** What the API needs of the network behind it. */
export interface CallPlacer {
  readonly context: NetworkContext;
  readonly calls: readonly SimulatedCall[];
  readonly conferences: Conferences;
  place(request: SimulatedCallRequest): SimulatedCall;
}

/** Starts the API of a phone network: create, fetch, list and update calls. */
export function startTwilioApi(
  network: CallPlacer,
  {
    port = 0,
    callsPerSecond = 1,
    maxConcurrentCalls = Infinity,
    visibleAfterMs = 0,
  }: TwilioApiOptions = {},
): TwilioApi {
  const { context } = network;
  const { account, clock } = context;
  const faults: ApiFault[] = [];
  const updateFaults: ApiFault[] = [];
  const conferenceFaults: ApiFault[] = [];
  const updates: ApiUpdate[] = [];
  const requests: ApiRequest[] = [];
  const creates: Readonly<Record<string, string>>[] = [];
  const closing = new AbortController();
  const visibleAt = new WeakMap<SimulatedCall, number>();
  const root = `/2010-04-01/Accounts/${account.accountSid}/Calls`;
  const messagesPath = root.replace(/Calls$/, "Messages.json");
  const messages = createMessagesApi(context);
  const applications = createApplicationsApi(account.accountSid);
  const numbers = createNumbersApi({
    ...account,
    voiceUrl: `${context.publicUrl}/twilio/voice`,
  });
  const conferences = createConferencesApi({
    context,
    get calls() {
      return network.calls;
    },
    conferences: network.conferences,
    place: network.place,
    application: applications.find,
  });
  let nextStartAt = 0;

  async function handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (!isAuthorized(request, context)) return errorAnswer(refuse(20003, "Authenticate"));
    const sid = url.pathname.startsWith(`${root}/`)
      ? /^(CA[0-9a-f]{32})\.json$/.exec(url.pathname.slice(root.length + 1))?.[1]
      : undefined;
    const form = await readForm(request);
    if (form === undefined) return errorAnswer(tooLarge);
    if (url.pathname === `${root}.json`) {
      if (request.method === "POST") return await create(form);
      if (request.method === "GET") return list(url.searchParams);
    }
    if (url.pathname === messagesPath && request.method === "POST") {
      const { status, body } = messages.create(form);
      return Response.json(body, { status });
    }
    const path = url.pathname.slice(root.length - "Calls".length);
    if (path.startsWith("Applications")) {
      return answerOf(applications.handle(request.method, path, url.searchParams, form));
    }
    if (path.startsWith("IncomingPhoneNumbers")) {
      return answerOf(numbers.handle(request.method, path, url.searchParams, form));
    }
    if (path.startsWith("Conferences")) {
      return await handleConference(request.method, path, url.searchParams, form);
    }
    if (sid === undefined) return notFound(url.pathname);
    const call = network.calls.find((call) => call.sid === sid);
    const hidden = call === undefined || (visibleAt.get(call) ?? 0) > clock.now();
    if (request.method === "GET") return hidden ? notFound(url.pathname) : answer(200, call);
    if (request.method !== "POST" || call === undefined) return notFound(url.pathname);
    return await change(call, form);
  }

  async function handleConference(
    method: string,
    path: string,
    query: URLSearchParams,
    form: URLSearchParams,
  ): Promise<Response> {
    if (method === "GET") return answerOf(conferences.handle(method, path, query, form));
    requests.push({ method, path, form: Object.fromEntries(form) });
    const fault = conferenceFaults.shift();
    const failed = await failure(fault);
    if (failed !== undefined) return failed;
    const answer = answerOf(conferences.handle(method, path, query, form));
    return fault?.kind === "silent" ? await silence() : answer;
  }

  /** The answer of a fault; undefined where the request is carried out. */
  async function failure(fault: ApiFault | undefined): Promise<Response | undefined> {
    if (fault?.kind === "rateLimited") {
      await clock.wait(fault.delayMs ?? 0, closing.signal);
      const headers = { "retry-after": String(fault.retryAfterSeconds) };
      return errorAnswer(refuse(20429, "Too Many Requests"), headers);
    }
    if (fault?.kind === "refused") return errorAnswer(refuse(fault.code, fault.message));
    if (fault?.kind === "unavailable") return errorAnswer(unavailable);
    if (fault?.kind === "slow") await clock.wait(fault.delayMs, closing.signal);
    return fault?.kind === "silent" && !fault.placed ? await silence() : undefined;
  }

  async function change(call: SimulatedCall, form: URLSearchParams): Promise<Response> {
    updates.push({ callSid: call.sid, change: form.get("Status") ?? form.get("Twiml") ?? "" });
    const fault = updateFaults.shift();
    const failed = await failure(fault);
    if (failed !== undefined) return failed;
    if (fault?.kind === "forgotten") return answer(200, call);
    const changed = update(call, form);
    return fault?.kind === "silent" ? await silence() : changed;
  }

  async function create(form: URLSearchParams): Promise<Response> {
    creates.push(Object.fromEntries(form));
    const fault = faults.shift();
    const failed = await failure(fault);
    if (failed !== undefined) return failed;
    const live = network.calls.filter(({ facts }) =>
      !isOver(facts.status) && facts.parentSid === undefined
    );
    if (live.length >= maxConcurrentCalls) {
      return errorAnswer(refuse(10004, "Call concurrency limit exceeded"));
    }
    const now = clock.now();
    const startAt = Math.max(now, nextStartAt);
    const made = readCreateForm(form, context, startAt - now);
    if ("code" in made) return errorAnswer(made);
    nextStartAt = startAt + 1_000 / callsPerSecond;
    const call = network.place(made);
    visibleAt.set(call, clock.now() + visibleAfterMs);
    return fault?.kind === "silent" ? await silence() : answer(201, call);
  }

  function silence(): Promise<Response> {
    return new Promise((_, reject) => {
      closing.signal.addEventListener("abort", () => reject(closing.signal.reason));
    });
  }

  function update(call: SimulatedCall, form: URLSearchParams): Response {
    const status = form.get("Status");
    if (status !== null) return end(call, status);
    const step = readStep(form, context.publicUrl);
    if (step === undefined) return errorAnswer(refuse(20001, "Nothing to update"));
    if ("code" in step) return errorAnswer(step);
    if (call.replace(step)) return answer(200, call);
    return errorAnswer(refuse(21220, "Call is not in-progress. Cannot redirect."));
  }

  function end(call: SimulatedCall, status: string): Response {
    const reason = "the app ended it through the REST API";
    if (status !== "completed" && status !== "canceled") {
      return errorAnswer(refuse(21218, `Status "${status}" cannot be set`));
    }
    if (isOver(call.status)) return notFound(`${root}/${call.sid}.json`);
    const live = call.status === "in-progress";
    if (live && status === "canceled") {
      return errorAnswer(refuse(21220, "Call is in-progress. Cannot cancel."));
    }
    call.finish({ status: live ? "completed" : "canceled", reason });
    return answer(200, call);
  }

  function list(query: URLSearchParams): Response {
    const wanted = (name: string, value: string) => (query.get(name) ?? value) === value;
    const asked = Number(query.get("PageSize") ?? 50);
    const pageSize = Number.isInteger(asked) ? Math.min(1_000, Math.max(1, asked)) : 50;
    const calls = network.calls.toReversed().filter(({ facts: { to, from, status, parentSid } }) =>
      wanted("To", to) && wanted("From", from) && wanted("Status", status) &&
      wanted("ParentCallSid", parentSid ?? "")
    ).slice(0, pageSize).map((call) => callResource(call.facts));
    const uri = `${root}.json`;
    return Response.json({ calls, page: 0, page_size: pageSize, next_page_uri: null, uri });
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {}, onError }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    failNext: (fault) => faults.push(fault),
    failNextUpdate: (fault) => updateFaults.push(fault),
    failNextConference: (fault) => conferenceFaults.push(fault),
    conferenceRequests: requests,
    creates,
    updates,
    nextText: messages.nextText,
    failTexts: messages.failTo,
    setVoiceUrl: (url) => numbers.change(new URLSearchParams({ VoiceUrl: url })),
    close: async () => {
      closing.abort(new Error("The API is closed"));
      await server.shutdown();
      await messages.close();
    },
  };
}

const maxFormBytes = 64 * 1024;
const unavailable: ApiError = { status: 503, code: 20500, message: "Service unavailable" };
const tooLarge: ApiError = { status: 413, code: 20413, message: "The request is too large" };

async function readForm(request: Request): Promise<URLSearchParams | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of request.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxFormBytes) return undefined;
  }
  return new URLSearchParams(text);
}

function onError(): Response {
  return errorAnswer(unavailable);
}

function answerOf({ status, body }: ApiAnswer): Response {
  return body === undefined ? new Response(null, { status }) : Response.json(body, { status });
}

function answer(status: number, call: SimulatedCall): Response {
  return Response.json(callResource(call.facts), { status });
}

function notFound(path: string): Response {
  return errorAnswer(refuse(20404, `The requested resource ${path} was not found`));
}

function errorAnswer(
  { status, code, message }: ApiError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return Response.json({ code, message, more_info, status }, { status, headers });
}

function isAuthorized(request: Request, { account }: NetworkContext): boolean {
  const { accountSid, authToken, apiKeySid, apiKeySecret } = account;
  const given = request.headers.get("authorization");
  if (given === `Basic ${btoa(`${accountSid}:${authToken}`)}`) return true;
  return apiKeySid !== undefined && given === `Basic ${btoa(`${apiKeySid}:${apiKeySecret}`)}`;
}
