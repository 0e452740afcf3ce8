import type { PhoneNetwork } from "../../sim/twilio/phoneNetwork.ts";
import type { SimClock } from "../../sim/twilio/simClock.ts";
import { SimulatedBrowser } from "../../sim/web/simulatedBrowser.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { present } from "../../utils/present.ts";
import type { Scenario, ScenarioCaller } from "../scenario.ts";
import { calledNumber } from "./calledNumber.ts";
import { type CallerEnd, phoneEnd } from "./callerEnd.ts";
import { keptMs } from "./keptMs.ts";
import type { ScenarioServer } from "./scenarioServer.ts";

/** A call that has begun, and how its record is found. */
export interface OpenedEnd {
  readonly end: CallerEnd;
  /** Of the carrier's, or the server's own; absent where nothing is known of a record. */
  readonly id?: { readonly callSid: string } | { readonly callId: string };
}

/** By then a server has dialled, or let a browser in. */
const OPENS_WITHIN_MS = 60_000;

/**
 * Calls the server, or has it call, by phone or from a browser; rejects where that is refused, does not come about in a
 * minute, or was interrupted.
 */
export async function openEnd(
  scenario: Scenario,
  caller: ScenarioCaller,
  server: ScenarioServer,
  signal?: AbortSignal,
): Promise<OpenedEnd> {
  if (server.call !== undefined) return { end: await server.call(scenario, caller, signal) };
  if (scenario.leg === "browser") return await openBrowser(scenario, caller, server, signal);
  const { network } = server;
  if (scenario.called !== undefined) return await openCalled(scenario, server, signal);
  return ofCall(network.call({ ...present({ from: caller.from }), line: lineOf(caller) }));
}

async function openCalled(
  scenario: Scenario,
  { network, request, now = Date.now }: ScenarioServer,
  signal: AbortSignal | undefined,
): Promise<OpenedEnd> {
  const { agent, variables, context } = scenario;
  const to = calledNumber(scenario);
  const consent = { source: "a rehearsal, which calls nobody", at: new Date(now()).toISOString() };
  const body = { to, ...present({ agent, context }), variables, consent };
  await accepted(request("/api/outbound/initiate", asJson(body)));
  const limit = { clock: network.context.clock, why: "the server did not dial", signal };
  return ofCall(await inTime(network.nextCall(), limit));
}

async function openBrowser(
  { agent, variables, context, maxMs }: Scenario,
  caller: ScenarioCaller,
  { network, origin, request }: ScenarioServer,
  signal: AbortSignal | undefined,
): Promise<OpenedEnd> {
  const body = { ...present({ agent, context }), variables };
  const answer = await accepted(request("/api/web/session", asJson(body)));
  const token = isRecord(answer) ? answer["token"] : undefined;
  if (typeof token !== "string") throw new Error("Cannot call: the server gave no token");
  const { clock, random } = network.context;
  const end = new SimulatedBrowser({
    ...{ origin, token, clock, random },
    line: webLineOf(caller),
    keepSaidMs: keptMs(maxMs),
  });
  try {
    const limit = { clock, why: "the server did not let the browser in", signal };
    return { end, id: { callId: await inTime(end.joined, limit) } };
  } catch (error) {
    end.hangUp();
    throw error;
  }
}

interface OpeningLimit {
  readonly clock: SimClock;
  readonly why: string;
  readonly signal: AbortSignal | undefined;
}

async function inTime<T>(opened: Promise<T>, { clock, why, signal }: OpeningLimit): Promise<T> {
  const isOpen = new AbortController();
  const stops = signal === undefined ? [isOpen.signal] : [isOpen.signal, signal];
  const waited = clock.wait(OPENS_WITHIN_MS, AbortSignal.any(stops)).catch(() => {});
  const late = waited.then((): never => {
    if (signal?.aborted) throw new Error("The call has not begun: the rehearsal was interrupted");
    throw new Error(`Cannot call: ${why} within ${OPENS_WITHIN_MS / 1000} seconds`);
  });
  // Whichever loses may still fail, and nobody waits for it then.
  for (const one of [opened, late]) one.catch(() => {});
  try {
    return await Promise.race([opened, late]);
  } finally {
    isOpen.abort();
  }
}

function ofCall(call: ReturnType<PhoneNetwork["call"]>): OpenedEnd {
  return { end: phoneEnd(call), id: { callSid: call.sid } };
}

function lineOf({ line: { delayMs, jitterMs, stall, lossPercent, noise } }: ScenarioCaller) {
  const link = { delayMs, jitterMs, ...present({ stall }) };
  return { toApp: link, fromApp: link, lossPercent, ...present({ noise }) };
}

/** What a browser sends over TCP is never lost, but late. */
function webLineOf({ line: { delayMs, jitterMs, stall, lossPercent, noise } }: ScenarioCaller) {
  const resends = lossPercent === 0
    ? undefined
    : { percent: lossPercent, ms: RESEND_MS + 2 * delayMs };
  const link = { delayMs, jitterMs, ...present({ stall, resends }) };
  return { toApp: link, fromApp: link, ...present({ noise }) };
}

/** The least that TCP waits before it sends again. */
const RESEND_MS = 200;

function asJson(body: unknown): RequestInit {
  return {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
}

async function accepted(asked: Promise<Response>): Promise<unknown> {
  const answer = await asked;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`Cannot call: ${answer.status} ${text.slice(0, 500)}`);
  return JSON.parse(text);
}
