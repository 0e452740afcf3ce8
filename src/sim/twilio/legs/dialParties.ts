import type { CallFacts } from "../api/callFacts.ts";
import type { DialOutcome, SimulatedCallEnd } from "../call/callEvents.ts";
import type { OutboundOptions } from "../call/callRequest.ts";
import type { DialParty } from "../twiml/dialTwiml.ts";
import type { VerbOf } from "../twiml/twiml.ts";
import type { TwimlCall } from "../twiml/twimlCall.ts";
import { bridge } from "./bridge.ts";
import { callerIdFor } from "./callerId.ts";
import type { PlacedLeg } from "./exchange.ts";
import type { Leg } from "./leg.ts";
import { ringback } from "./ringback.ts";

/** What the `action` of a `<Dial>` is told. */
export type DialParams = Readonly<Record<string, string>>;

/**
 * Calls the parties of a `<Dial>`, all at once or one after the other, and connects the caller with the first that is
 * ready: answered, and its whisper heard to the end. Resolves when the two are connected no longer, or nobody came.
 */
export async function dialParties(
  call: TwimlCall,
  verb: VerbOf<"dial">,
  baseUrl: string,
): Promise<DialParams> {
  const targets = verb.parties.map(({ address }) => address);
  if (targets.length === 0) {
    call.report(13224, "<Dial> has no number to call");
    return { DialCallStatus: "failed" };
  }
  if (targets.length > maxParties) {
    call.report(13223, `<Dial> calls ${maxParties} at the most`);
    return { DialCallStatus: "failed" };
  }
  const attempts = verb.sequential ? verb.parties.map((party) => [party]) : [verb.parties];
  const stopRinging = ringback(call);
  let failed: DialParams = { DialCallStatus: "failed" };
  try {
    for (const parties of attempts) {
      const result = await attempt(call, verb, parties, baseUrl);
      if (result.leg !== undefined) {
        stopRinging();
        call.answer();
        call.emit({ type: "dialed", targets, outcome: "completed" });
        return await connect(call, verb, result);
      }
      failed = result.params;
    }
  } finally {
    stopRinging();
  }
  call.emit({ type: "dialed", targets, outcome: outcomeOf(failed["DialCallStatus"]) });
  return failed;
}

const maxParties = 10;
const defaultTalkMs = 2_000;

interface RingingParty {
  readonly placed: PlacedLeg;
  readonly party: DialParty;
  readonly leg: Promise<Leg | undefined>;
  readonly release: (end: SimulatedCallEnd) => void;
}

type Attempt =
  | { readonly leg: Leg; readonly ringing: RingingParty }
  | { readonly leg?: undefined; readonly params: DialParams };

async function attempt(
  call: TwimlCall,
  verb: VerbOf<"dial">,
  parties: readonly DialParty[],
  baseUrl: string,
): Promise<Attempt> {
  const ringing = parties.flatMap((party) => ring(call, verb, party, baseUrl) ?? []);
  const stop = () => dropAll(ringing, "the caller is gone");
  call.signal.addEventListener("abort", stop);
  try {
    const ready = Promise.any(ringing.map(async (it) => {
      const leg = await it.leg;
      if (leg === undefined) throw new Error("not answered");
      return { leg, ringing: it };
    }));
    const winner = await ready.catch(() => undefined);
    call.signal.throwIfAborted();
    if (winner !== undefined) {
      dropAll(ringing.filter((it) => it !== winner.ringing), "another party was faster");
      return winner;
    }
  } finally {
    call.signal.removeEventListener("abort", stop);
  }
  const last = ringing.at(-1);
  if (last === undefined) return { params: { DialCallStatus: "failed" } };
  await last.placed.ended;
  return { params: paramsOf(last.placed.facts, false) };
}

function ring(
  call: TwimlCall,
  verb: VerbOf<"dial">,
  party: DialParty,
  baseUrl: string,
): RingingParty | undefined {
  const { context } = call;
  const address = party.kind === "sip" ? party.address.replace(/\?.*$/s, "") : party.address;
  if (party.kind === "number" && !/^\+[1-9]\d{6,14}$/.test(address)) {
    return void call.report(13223, `${address} is not a number in E.164 form`);
  }
  if (party.kind === "sip" && !/^sips?:[^@\s]+@?[^\s]+$/.test(address)) {
    return void call.report(13223, `${address} is not a SIP address`);
  }
  const from = callerIdFor(call, verb.callerId, party);
  if (from === undefined) {
    return void call.report(13214, `The caller id ${verb.callerId ?? call.from} is not allowed`);
  }
  const plan = context.plan(address);
  if (plan.errorCode !== undefined) {
    return void call.report(plan.errorCode, `${address} refuses by plan`);
  }
  const ready = Promise.withResolvers<Leg | undefined>();
  const over = Promise.withResolvers<SimulatedCallEnd>();
  const absolute = (url: string) => URL.parse(url, baseUrl)?.href ?? url;
  const { callbacks, whisper } = party;
  const placed = call.exchange.place({
    from,
    to: party.kind === "client" && !address.startsWith("client:") ? `client:${address}` : address,
    parentSid: call.sid,
    first: whisper && { kind: "request", ...whisper, url: absolute(whisper.url), params: {} },
    callbacks: callbacks && { ...callbacks, url: absolute(callbacks.url) },
    timeLimitSeconds: verb.timeLimitSeconds,
    joins: (leg) => {
      ready.resolve(leg);
      return over.promise;
    },
    outbound: {
      plan,
      queueMs: 0,
      timeoutSeconds: verb.timeoutSeconds,
      sendDigits: party.sendDigits,
      detection: detectionOf(party, absolute),
    },
  });
  placed.ended.then(() => ready.resolve(undefined));
  return { placed, party, leg: ready.promise, release: over.resolve };
}

async function connect(
  call: TwimlCall,
  verb: VerbOf<"dial">,
  { leg, ringing: { placed, release } }: Extract<Attempt, { readonly leg: Leg }>,
): Promise<DialParams> {
  const { callee, ...plan } = call.context.plan(placed.facts.to);
  // A far end that acts by itself hangs up by itself.
  const { talkMs = callee === undefined ? defaultTalkMs : Infinity } = plan;
  const end = await bridge(call.context.clock, call, leg, {
    hangupOnStar: verb.hangupOnStar,
    timeLimitMs: (verb.timeLimitSeconds ?? Infinity) * 1_000,
    talkMs,
  });
  if (end !== "calleeGone") {
    release({ status: "completed", reason: reasons[end] });
    await placed.ended;
  }
  call.signal.throwIfAborted();
  return paramsOf(placed.facts, true);
}

const reasons = {
  callerGone: "the caller is gone",
  star: "the caller pressed *",
  timeLimit: "the time limit of the <Dial>",
  talkedOut: "the person hung up",
};

function dropAll(ringing: readonly RingingParty[], reason: string): void {
  for (const { placed } of ringing) {
    const isAnswered = placed.facts.status === "in-progress";
    placed.finish({ status: isAnswered ? "completed" : "canceled", reason });
  }
}

function detectionOf(
  { detection }: DialParty,
  absolute: (url: string) => string,
): OutboundOptions["detection"] {
  if (detection?.url === undefined) return undefined;
  const { mode, url, method } = detection;
  return { mode, callback: { url: absolute(url), method } };
}

function paramsOf(facts: CallFacts, isBridged: boolean): DialParams {
  const { status, sid, durationSeconds = 0 } = facts;
  return {
    // A child that was taken elsewhere by REST goes on; this <Dial> is over all the same.
    DialCallStatus: status === "in-progress" ? "completed" : status,
    DialCallSid: sid,
    DialBridged: String(isBridged),
    ...(facts.answeredAt === undefined ? {} : { DialCallDuration: String(durationSeconds) }),
  };
}

function outcomeOf(status: string | undefined): DialOutcome {
  const known = ["completed", "busy", "no-answer", "failed", "canceled"] as const;
  return known.find((outcome) => outcome === status) ?? "failed";
}
