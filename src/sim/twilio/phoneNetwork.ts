import { present } from "../../utils/present.ts";
import { Mailbox } from "../mailbox.ts";
import { SimulatedCall } from "./call/simulatedCall.ts";
import type { SimulatedCallRequest } from "./call/callRequest.ts";
import { Conferences } from "./conference/conferences.ts";
import type { Answerer, InboundOptions } from "./call/inboundOptions.ts";
import { createSimClock } from "./simClock.ts";
import {
  type CallbackFaults,
  type LineQuality,
  type NetworkContext,
  type NumberPlan,
  type PhoneAccount,
  routeToApp,
} from "./networkContext.ts";
import { createRandom } from "./random.ts";
import type { Voice } from "../voice/voice.ts";

export { SimulatedCall } from "./call/simulatedCall.ts";
export type { Answerer, InboundOptions } from "./call/inboundOptions.ts";
export type { PhoneError, PhoneEvent, SimulatedCallEnd } from "./call/callEvents.ts";
export type { LineQuality, NumberPlan, PhoneAccount } from "./networkContext.ts";
export type { CalleePlan } from "./callee/calleePlan.ts";
export type { Tape } from "./callee/callee.ts";
export type { ClearReport } from "./media/playBuffer.ts";
export { type ApiFault, startTwilioApi, type TwilioApi } from "./api/twilioApi.ts";

/** Options of the simulated network; all but the account have defaults. */
export interface PhoneNetworkOptions {
  readonly account: PhoneAccount;
  /** The origin that the app calls its own: signatures are made over it. */
  readonly publicUrl?: string;
  /** Where the app really listens; may come later, by connectTo(). */
  readonly baseUrl?: string;
  /** What is asked where the account's number is called. */
  readonly voicePath?: string;
  /** Where the end of a call to the account's number is reported. */
  readonly statusPath?: string | undefined;
  readonly fallbackPath?: string | undefined;
  readonly line?: LineQuality;
  readonly callbacks?: CallbackFaults;
  /** What happens at each number, and at all others. */
  readonly numbers?: Readonly<Record<string, NumberPlan>>;
  readonly otherNumbers?: NumberPlan;
  readonly voice?: Voice | undefined;
  /** Further voices for far ends, by name. */
  readonly voices?: Readonly<Record<string, Voice>>;
  /** Simulated time against real time; 1 where the app's own sense of time matters. */
  readonly speed?: number;
  readonly seed?: number;
}

/** Twilio and the callers on its phones, for one account. */
export type PhoneNetwork = ReturnType<typeof createPhoneNetwork>;

const maxCalls = 1_000;

/** Creates a simulated network: inbound calls by call(), outbound ones through its REST API. */
export function createPhoneNetwork(
  {
    account,
    publicUrl = "https://parley.example",
    baseUrl = "http://127.0.0.1:8000",
    voicePath = "/twilio/voice",
    statusPath,
    fallbackPath,
    line = {},
    callbacks = {},
    numbers = {},
    otherNumbers = { answer: "human" },
    voice,
    voices,
    speed = 1,
    seed = 1,
  }: PhoneNetworkOptions,
) {
  const closing = new AbortController();
  const placed = new Mailbox<SimulatedCall>(maxCalls);
  const dialled = new Mailbox<SimulatedCall>(maxCalls);
  let calls: SimulatedCall[] = [];
  let target = baseUrl;
  const publicUrls = new Set([publicUrl]);

  const context: NetworkContext = {
    account,
    publicUrl,
    line,
    voice,
    voices,
    callbackFaults: callbacks,
    clock: createSimClock({ speed }),
    random: createRandom(seed),
    signal: closing.signal,
    hosted: new Map(),
    restrictions: new Set(),
    route: (url) => routeToApp(url, publicUrls, target),
    plan: (address) => numbers[address] ?? otherNumbers,
  };

  const conferences = new Conferences(context);
  const at = (path: string | undefined) => path === undefined ? "" : new URL(path, publicUrl).href;
  const app: Answerer = {
    url: at(voicePath),
    method: "POST",
    fallbackUrl: at(fallbackPath),
    statusUrl: at(statusPath),
    statusMethod: "POST",
  };

  function start(request: SimulatedCallRequest): SimulatedCall {
    if (closing.signal.aborted) throw new Error("Cannot call: the phone network is closed");
    const ofCall = request.line === undefined
      ? context
      : { ...context, line: { ...context.line, ...request.line } };
    const call = new SimulatedCall(ofCall, request, { place: dial, conferences });
    calls = [...calls.slice(-maxCalls + 1), call];
    return call;
  }

  function call(
    { from = "+12025550123", to = account.number, stirVerstat, params: more, line, answerer }:
      InboundOptions = {},
  ): SimulatedCall {
    const { url, method, fallbackUrl, statusUrl, statusMethod } = answerer ?? app;
    const callbacks = statusUrl === ""
      ? undefined
      : { url: statusUrl, method: statusMethod, events: ["completed"] };
    const params = { ...more, ...present({ StirVerstat: stirVerstat }) };
    const first = { kind: "request", url, method, params } as const;
    const fallback = fallbackUrl === "" ? undefined : fallbackUrl;
    return start({ from, to, first: { ...first, fallbackUrl: fallback }, callbacks, line });
  }

  function dial(request: SimulatedCallRequest): SimulatedCall {
    const leg = start(request);
    dialled.put(leg);
    return leg;
  }

  function place(request: SimulatedCallRequest): SimulatedCall {
    const call = start(request);
    placed.put(call);
    return call;
  }

  async function close(): Promise<void> {
    for (const call of calls) {
      call.finish({ status: "completed", reason: "the phone network closed" });
    }
    closing.abort();
    placed.close();
    dialled.close();
    await Promise.allSettled(calls.map((call) => call.settled));
    await conferences.settled();
  }

  return {
    context,
    conferences,
    /** Calls under way and lately ended, the oldest first. */
    get calls(): readonly SimulatedCall[] {
      return calls;
    },
    connectTo: (baseUrl: string): void => {
      target = baseUrl;
    },
    /** The app is reached at this origin too. */
    publishAt: (origin: string): void => {
      publicUrls.add(origin);
    },
    /** Starts an inbound call to the account's number. */
    call,
    /** Starts a call made elsewhere (the REST API). */
    place,
    /** The next call that the app places; none is missed. */
    nextCall: (): Promise<SimulatedCall> =>
      placed.next("Cannot await a call: the phone network is closed"),
    /** The next leg that a call dials (`<Dial>`); none is missed. */
    nextLeg: (): Promise<SimulatedCall> =>
      dialled.next("Cannot await a leg: the phone network is closed"),
    /** Ends every call and resolves when all sockets are closed. */
    close,
  };
}
