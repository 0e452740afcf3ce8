import { PhoneCall } from "./call/simulatedCall.ts";
import type { CallbackFaults } from "./api/callbackSender.ts";
import type { CallRequest } from "./call/callState.ts";
import { createSimClock } from "./clock.ts";
import {
  type Exchange,
  type LineOptions,
  type NumberPlan,
  type PhoneAccount,
  type PhoneVoice,
  routeToApp,
} from "./networkContext.ts";
import { createRandom } from "./random.ts";

export { PhoneCall } from "./call/simulatedCall.ts";
export type { CallEnd, PhoneError, PhoneEvent } from "./call/callEvents.ts";
export type { LineOptions, NumberPlan, PhoneAccount, PhoneVoice } from "./networkContext.ts";
export type { ClearReport } from "./media/playBuffer.ts";
export { type ApiFault, startTwilioApi, type TwilioApi } from "./api/twilioApi.ts";

/** How the simulated phone company is set up; all but the account has a default. */
export interface PhoneNetworkOptions {
  readonly account: PhoneAccount;
  /** The origin that the app calls its own: signatures are made over it. */
  readonly publicUrl?: string;
  /** Where the app really listens; may come later, by connectTo(). */
  readonly baseUrl?: string;
  /** What the account's number asks for when it is called, and whom it tells of the end. */
  readonly voicePath?: string;
  readonly statusPath?: string | undefined;
  readonly fallbackPath?: string | undefined;
  readonly line?: LineOptions;
  readonly callbacks?: CallbackFaults;
  /** What happens at each number, and at all others. */
  readonly numbers?: Readonly<Record<string, NumberPlan>>;
  readonly otherNumbers?: NumberPlan;
  readonly voice?: PhoneVoice | undefined;
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
}

/** Twilio and the people on its phones, for one account. */
export interface PhoneNetwork {
  readonly exchange: Exchange;
  /** Calls under way and lately ended, the oldest first. */
  readonly calls: readonly PhoneCall[];
  connectTo(baseUrl: string): void;
  /** Somebody calls the account's number. */
  call(options?: InboundOptions): PhoneCall;
  /** Starts a call made elsewhere (the REST API). */
  place(request: CallRequest): PhoneCall;
  /** The next call that the app places; none is missed. */
  nextCall(): Promise<PhoneCall>;
  /** Ends every call and resolves when all sockets are closed. */
  close(): Promise<void>;
}

const maxCalls = 1_000;

/** Creates the simulated phone company. */
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
    speed = 1,
    seed = 1,
  }: PhoneNetworkOptions,
): PhoneNetwork {
  const closing = new AbortController();
  const placed: PhoneCall[] = [];
  const waiting: ((call: PhoneCall) => void)[] = [];
  let calls: PhoneCall[] = [];
  let target = baseUrl;

  const exchange: Exchange = {
    account,
    publicUrl,
    line,
    voice,
    callbackFaults: callbacks,
    clock: createSimClock({ speed }),
    random: createRandom(seed),
    signal: closing.signal,
    route: (url) => routeToApp(url, publicUrl, target),
    plan: (address) => numbers[address] ?? otherNumbers,
  };

  function add(request: CallRequest): PhoneCall {
    if (closing.signal.aborted) throw new Error("Cannot call: the phone network is closed");
    const call = new PhoneCall(exchange, request);
    calls = [...calls.slice(-maxCalls + 1), call];
    return call;
  }

  function call(
    { from = "+12025550123", to = account.number, stirVerstat }: InboundOptions = {},
  ): PhoneCall {
    const at = (path: string) => new URL(path, publicUrl).href;
    const callbacks = statusPath === undefined
      ? undefined
      : { url: at(statusPath), method: "POST" as const, events: ["completed"] };
    const fallbackUrl = fallbackPath === undefined ? undefined : at(fallbackPath);
    const params = stirVerstat === undefined ? {} : { StirVerstat: stirVerstat };
    const first = { kind: "request", url: at(voicePath), method: "POST", params } as const;
    return add({ from, to, first: { ...first, fallbackUrl }, callbacks });
  }

  function place(request: CallRequest): PhoneCall {
    const call = add(request);
    const taker = waiting.shift();
    if (taker !== undefined) taker(call);
    else placed.push(call);
    if (placed.length > maxCalls) placed.shift();
    return call;
  }

  function nextCall(): Promise<PhoneCall> {
    const call = placed.shift();
    if (call !== undefined) return Promise.resolve(call);
    return new Promise((resolve) => waiting.push(resolve));
  }

  async function close(): Promise<void> {
    for (const call of calls) {
      call.finish({ status: "completed", reason: "the phone network closed" });
    }
    closing.abort();
    await Promise.allSettled(calls.map((call) => call.settled));
  }

  return {
    exchange,
    call,
    place,
    nextCall,
    close,
    get calls() {
      return calls;
    },
    connectTo: (baseUrl) => {
      target = baseUrl;
    },
  };
}
