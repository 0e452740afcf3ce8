import { present } from "../../../utils/present.ts";
import type { SimulatedCallRequest } from "../call/callRequest.ts";
import type { SimulatedCall } from "../call/simulatedCall.ts";
import type { Answerer, InboundOptions } from "../call/inboundOptions.ts";
import type { Conferences } from "../conference/conferences.ts";
import { createAccountApi } from "../account/accountApi.ts";
import { type AccountState, fullAccount, stripsStreams } from "../account/accountState.ts";
import { answererOf } from "../account/answererOf.ts";
import type { NumberResource } from "../account/numberResource.ts";
import type { NetworkContext } from "../networkContext.ts";
import { type ApiAnswer, notFound, refused } from "./apiAnswer.ts";
import { type ApiFault, ApiFaults, unavailable } from "./apiFaults.ts";
import { createApplicationsApi } from "./applicationsApi.ts";
import { type ApiUpdate, type CallsLimits, createCallsApi } from "./callsApi.ts";
import { createConferencesApi } from "./conferencesApi.ts";
import { type ApiError, refuse } from "./createForm.ts";
import { createMessagesApi, type SimulatedText, type TextFault } from "./messagesApi.ts";
import { createNumbersApi } from "./numbersApi.ts";
import { createStudioApi } from "./studioApi.ts";

export type { ApiFault } from "./apiFaults.ts";

export interface TwilioApiOptions extends CallsLimits {
  readonly port?: number;
  /** The account as it is at first; `update` changes it. */
  readonly accountState?: Partial<AccountState>;
  /** Answers what is no request of Twilio's API, and sees who asks; undefined for all that is. */
  readonly beside?: (request: Request) => Promise<Response | undefined>;
}

/** A request about a conference or its participants that was to change something. */
export interface ApiRequest {
  readonly method: string;
  /** What follows the account, such as `Conferences/x/Participants.json`. */
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
}

/** Twilio's REST API, on loopback. */
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
  /** Sets something of the account's number, by the names of the API. */
  setNumber(fields: Readonly<Record<string, string>>): void;
  /** Calls a number of the account from outside: what is set of it decides what answers. */
  callIn(options?: InboundOptions): SimulatedCall;
  /** All that can be changed of the account: its numbers, applications and flows. */
  readonly resources: unknown;
  /** What is set of a number. */
  numberOf(number: string): NumberResource | undefined;
  /** Changes what the API tells of the account. */
  setAccount(changes: Partial<AccountState>): void;
  /** What happens to text messages to a number from now on. */
  failTexts(number: string, fault: TextFault): void;
  close(): Promise<void>;
}

/** What the API needs of the network behind it. */
interface CallPlacer {
  readonly context: NetworkContext;
  readonly calls: readonly SimulatedCall[];
  readonly conferences: Conferences;
  place(request: SimulatedCallRequest): SimulatedCall;
  call(options?: InboundOptions): SimulatedCall;
  publishAt(origin: string): void;
}

/** Starts the API of a phone network: calls, conferences, text messages, numbers and applications. */
export function startTwilioApi(
  network: CallPlacer,
  { port = 0, accountState = {}, beside, ...limits }: TwilioApiOptions = {},
): TwilioApi {
  const { context } = network;
  const { account, clock } = context;
  const closing = new AbortController();
  const root = `/2010-04-01/Accounts/${account.accountSid}/`;
  const calls = createCallsApi(network, limits, closing.signal);
  const messages = createMessagesApi(context);
  const applications = createApplicationsApi(account.accountSid);
  let state: AccountState = { ...fullAccount, ...accountState };
  const numbers = createNumbersApi(account.accountSid, [
    {
      number: account.number,
      voiceUrl: `${context.publicUrl}/twilio/voice`,
      ...state.numbers.find(({ number }) => number === account.number),
    },
    ...state.numbers.filter(({ number }) => number !== account.number),
  ]);
  const ofAccount = createAccountApi(
    account.accountSid,
    () => state,
    () => network.calls,
    (sid) => numbers.all().find((number) => number.sid === sid)?.number,
  );
  restrict();
  const studio = createStudioApi(account.accountSid);
  context.hosted.set("webhooks.twilio.com", studio.carryOut);
  context.hosted.set("demo.twilio.com", () => DEMO);
  const conferences = createConferencesApi({
    context,
    get calls() {
      return network.calls;
    },
    conferences: network.conferences,
    place: network.place,
    application: applications.find,
  });
  const conferenceFaults = new ApiFaults(clock, closing.signal);
  const conferenceRequests: ApiRequest[] = [];

  async function handle(request: Request): Promise<Response> {
    const own = await beside?.(request);
    if (own !== undefined) return own;
    if (!isAuthorized(request, context)) return responseOf(refused(refuse(20003, "Authenticate")));
    const form = await readForm(request);
    if (form === undefined) return responseOf(refused(tooLarge));
    const isApiKey = !isAccountToken(request, context);
    return responseOf(await answer(request.method, new URL(request.url), form, isApiKey));
  }

  async function answer(
    method: string,
    { pathname, searchParams: query }: URL,
    form: URLSearchParams,
    isApiKey: boolean,
  ): Promise<ApiAnswer> {
    const told = ofAccount.handle(method, pathname, query, isApiKey) ??
      studio.handle(method, pathname, form);
    if (told !== undefined) return told;
    const path = pathname.startsWith(root) ? pathname.slice(root.length) : "";
    switch (/^[A-Za-z]*/.exec(path)?.[0]) {
      case "Calls":
        return await calls.handle(method, path, query, form);
      case "Applications":
        return applications.handle(method, path, query, form);
      case "IncomingPhoneNumbers":
        publish(form.get("VoiceUrl"));
        return numbers.handle(method, path, query, form);
      case "Conferences": {
        const carryOut = () => conferences.handle(method, path, query, form);
        if (method === "GET") return carryOut();
        conferenceRequests.push({ method, path, form: Object.fromEntries(form) });
        return await conferenceFaults.answer(carryOut);
      }
      case "Messages":
        if (path === "Messages.json" && method === "POST") return messages.create(form);
    }
    return notFound(pathname);
  }

  function restrict(): void {
    if (stripsStreams(state)) context.restrictions.add("streams");
    else context.restrictions.delete("streams");
  }

  /** A number that is pointed at the app's webhook tells where the app is. */
  function publish(voiceUrl: string | null): void {
    const url = URL.parse(voiceUrl ?? "");
    if (url?.pathname === "/twilio/voice") network.publishAt(url.origin);
  }

  function callIn({ to = account.number, ...options }: InboundOptions = {}): SimulatedCall {
    const number = numbers.find(to);
    const answerer = number && answererOf(number, applications.find);
    const nobody: Answerer = {
      url: "",
      method: "POST",
      fallbackUrl: "",
      statusUrl: "",
      statusMethod: "POST",
    };
    return network.call({ ...options, to, answerer: answerer ?? nobody });
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {}, onError }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    failNext: (fault) => calls.createFaults.queue(fault),
    failNextUpdate: (fault) => calls.updateFaults.queue(fault),
    failNextConference: (fault) => conferenceFaults.queue(fault),
    conferenceRequests,
    creates: calls.creates,
    updates: calls.updates,
    nextText: messages.nextText,
    failTexts: messages.failTo,
    setVoiceUrl: (url) => numbers.change(new URLSearchParams({ VoiceUrl: url })),
    setNumber: (fields) => numbers.change(new URLSearchParams({ ...fields })),
    callIn,
    get resources() {
      const { callerIds, countries, trunks } = state;
      const flows = studio.flows();
      return {
        numbers: numbers.all(),
        applications: applications.all(),
        flows,
        callerIds,
        countries,
        trunks,
      };
    },
    numberOf: numbers.find,
    setAccount: (changes) => {
      state = { ...state, ...changes };
      restrict();
    },
    close: async () => {
      closing.abort(new Error("The API is closed"));
      await server.shutdown();
      await messages.close();
    },
  };
}

/** What a number that was just bought says. */
const DEMO =
  "<Response><Say>Thanks for the call. Configure your number's voice U R L.</Say></Response>";
const maxFormBytes = 64 * 1024;
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
  return responseOf(refused(unavailable));
}

function responseOf({ status, body, headers }: ApiAnswer): Response {
  const init = { status, ...present({ headers }) };
  return body === undefined ? new Response(null, init) : Response.json(body, init);
}

function isAccountToken(request: Request, { account }: NetworkContext): boolean {
  const { accountSid, authToken } = account;
  return request.headers.get("authorization") === `Basic ${btoa(`${accountSid}:${authToken}`)}`;
}

function isAuthorized(request: Request, context: NetworkContext): boolean {
  const { apiKeySid, apiKeySecret } = context.account;
  const given = request.headers.get("authorization");
  if (isAccountToken(request, context)) return true;
  return apiKeySid !== undefined && given === `Basic ${btoa(`${apiKeySid}:${apiKeySecret}`)}`;
}
