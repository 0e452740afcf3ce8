import { present } from "../../utils/present.ts";
import { Mailbox } from "../mailbox.ts";
import { SimulatedCall } from "./call/simulatedCall.ts";
import type { SimulatedCallRequest } from "./call/callRequest.ts";
import { Conferences } from "./conference/conferences.ts";
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

/** What one inbound call has of its own. */
export interface InboundOptions {
  readonly from?: string;
  readonly to?: string;
  /** What the network makes of the caller's number, such as `TN-Validation-Passed-A`. */
  readonly stirVerstat?: string;
  /** Further fields of the request, such as `CallerName` and `SipHeader_X-Account`. */
  readonly params?: Readonly<Record<string, string>>;
  /** Where this call's line is another than the network's. */
  readonly line?: LineQuality;
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
    route: (url) => routeToApp(url, publicUrl, target),
    plan: (address) => numbers[address] ?? otherNumbers,
  };

  const conferences = new Conferences(context);

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
    { from = "+12025550123", to = account.number, stirVerstat, params: more, line }:
      InboundOptions = {},
  ): SimulatedCall {
    const at = (path: string) => new URL(path, publicUrl).href;
    const callbacks = statusPath === undefined
      ? undefined
      : { url: at(statusPath), method: "POST" as const, events: ["completed"] };
    const fallbackUrl = fallbackPath === undefined ? undefined : at(fallbackPath);
    const params = { ...more, ...present({ StirVerstat: stirVerstat }) };
    const first = { kind: "request", url: at("/twilio/voice"), method: "POST", params } as const;
    return start({ from, to, first: { ...first, fallbackUrl }, callbacks, line });
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
