import { isRecord } from "../../../utils/isRecord.ts";
import type { RecordedCall } from "../../callEvidence.ts";
import { readRecord } from "./readRecord.ts";
import type { OpenedEnd } from "../openEnd.ts";
import type { ScenarioServer } from "../scenarioServer.ts";

const TRIES = 100;
const EVERY_MS = 100;

/** A text model has that long, by the real clock, and a failed attempt is made again. */
const ANALYSED_MS = 90_000;

/** A server has a call's record by then. */
const FOUND_MS = 60_000;

/** The server's id of a call that has begun; undefined where it knows of none in time, or ten seconds after the end. */
export async function findCallId(
  { request, network }: ScenarioServer,
  { id, end }: OpenedEnd,
): Promise<string | undefined> {
  if (id === undefined) return undefined;
  if ("callId" in id) return id.callId;
  const { clock } = network.context;
  let overAt = Infinity;
  end.settled.then(() => overAt = clock.now());
  const until = clock.now() + FOUND_MS;
  while (clock.now() < Math.min(until, overAt + TRIES * EVERY_MS)) {
    const callId = await callIdOf(request, id.callSid).catch(() => undefined);
    if (callId !== undefined) return callId;
    await clock.wait(EVERY_MS);
  }
  return undefined;
}

/**
 * The record of a call, once it is closed; undefined where that does not come about in ten seconds. Where
 * `withAnalysis`, an analysis that is begun is waited for, as long as a text model may take.
 */
export async function findRecord(
  { request, network }: ScenarioServer,
  callId: string,
  withAnalysis: boolean,
): Promise<RecordedCall | undefined> {
  let record: Record<string, unknown> | undefined;
  const until = realNow() + ANALYSED_MS;
  for (
    let tries = 0;
    tries < TRIES || withAnalysis && isBeingAnalysed(record) && realNow() < until;
    tries++
  ) {
    record = await read(request, `/api/calls/${callId}`);
    if (record?.["status"] === "ended" && (!withAnalysis || isAnalysed(record))) break;
    await network.context.clock.wait(EVERY_MS);
  }
  return record?.["status"] === "ended" ? readRecord(record) : undefined;
}

/** What `hurryTime` replaces runs ahead of a text model. */
function realNow(): number {
  return Temporal.Now.instant().epochMilliseconds;
}

type Request = ScenarioServer["request"];

async function callIdOf(request: Request, callSid: string): Promise<string | undefined> {
  const page = await read(request, "/api/calls?limit=100");
  const calls = Array.isArray(page?.["calls"]) ? page["calls"].filter(isRecord) : [];
  const id = calls.find((call) => call["callSid"] === callSid)?.["id"];
  return typeof id === "string" ? id : undefined;
}

function isAnalysed({ analysis }: Record<string, unknown>): boolean {
  return isRecord(analysis) && analysis["state"] !== "pending";
}

function isBeingAnalysed(record: Record<string, unknown> | undefined): boolean {
  return isRecord(record?.["analysis"]) && !isAnalysed(record);
}

async function read(request: Request, path: string): Promise<Record<string, unknown> | undefined> {
  const answer = await request(path);
  if (!answer.ok) {
    await answer.body?.cancel();
    return undefined;
  }
  const value: unknown = await answer.json();
  return isRecord(value) ? value : undefined;
}
