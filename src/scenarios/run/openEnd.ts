import type { PhoneNetwork } from "../../sim/twilio/phoneNetwork.ts";
import { SimulatedBrowser } from "../../sim/web/simulatedBrowser.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { present } from "../../utils/present.ts";
import type { Scenario, ScenarioCaller } from "../scenario.ts";
import { type CallerEnd, phoneEnd } from "./callerEnd.ts";
import type { ScenarioServer } from "./scenarioServer.ts";

/** A call that has begun, and how its record is found. */
export interface OpenedEnd {
  readonly end: CallerEnd;
  /** Of the carrier's, or the server's own; absent where nothing is known of a record. */
  readonly id?: { readonly callSid: string } | { readonly callId: string };
}

const DEFAULT_CALLED = "+14155550123";

/** Calls the server, or has it call, by phone or from a browser; rejects where that is refused. */
export async function openEnd(
  scenario: Scenario,
  caller: ScenarioCaller,
  server: ScenarioServer,
): Promise<OpenedEnd> {
  if (server.call !== undefined) return { end: await server.call(scenario, caller) };
  if (scenario.leg === "browser") return await openBrowser(scenario, caller, server);
  const { network } = server;
  if (scenario.called !== undefined) return await openCalled(scenario, caller, server);
  return ofCall(network.call({ ...present({ from: caller.from }), line: lineOf(caller) }));
}

async function openCalled(
  { agent, variables, context }: Scenario,
  { from }: ScenarioCaller,
  { network, request }: ScenarioServer,
): Promise<OpenedEnd> {
  const body = { to: from ?? DEFAULT_CALLED, ...present({ agent, context }), variables };
  await accepted(request("/api/outbound/initiate", asJson(body)));
  return ofCall(await network.nextCall());
}

async function openBrowser(
  { agent, variables, context }: Scenario,
  caller: ScenarioCaller,
  { network, origin, request }: ScenarioServer,
): Promise<OpenedEnd> {
  const body = { ...present({ agent, context }), variables };
  const answer = await accepted(request("/api/web/session", asJson(body)));
  const token = isRecord(answer) ? answer["token"] : undefined;
  if (typeof token !== "string") throw new Error("Cannot call: the server gave no token");
  const { clock, random } = network.context;
  const end = new SimulatedBrowser({ origin, token, clock, random, line: webLineOf(caller) });
  return { end, id: { callId: await end.joined } };
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
