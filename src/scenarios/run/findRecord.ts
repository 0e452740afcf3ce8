import { isRecord } from "../../utils/isRecord.ts";
import type { RecordedCall } from "../callEvidence.ts";
import { readRecord } from "./readRecord.ts";
import type { OpenedEnd } from "./openEnd.ts";
import type { ScenarioServer } from "./scenarioServer.ts";

const TRIES = 100;
const EVERY_MS = 100;

/**
 * The record of a call, once it is closed, and where `withAnalysis`, its analysis is made as well. Undefined where
 * that does not come about in ten seconds.
 */
export async function findRecord(
  { request, network }: ScenarioServer,
  id: OpenedEnd["id"],
  withAnalysis: boolean,
): Promise<RecordedCall | undefined> {
  let callId = "callId" in id ? id.callId : undefined;
  let record: Record<string, unknown> | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    if (callId === undefined && "callSid" in id) callId = await callIdOf(request, id.callSid);
    else record = await read(request, `/api/calls/${callId}`);
    if (record?.["status"] === "ended" && (!withAnalysis || isAnalysed(record))) break;
    await network.context.clock.wait(EVERY_MS);
  }
  return record?.["status"] === "ended" ? readRecord(record) : undefined;
}

type Request = ScenarioServer["request"];

/** The server's own id of a phone call; undefined where it knows none. */
export async function callIdOf(request: Request, callSid: string): Promise<string | undefined> {
  const page = await read(request, "/api/calls?limit=100");
  const calls = Array.isArray(page?.["calls"]) ? page["calls"].filter(isRecord) : [];
  const id = calls.find((call) => call["callSid"] === callSid)?.["id"];
  return typeof id === "string" ? id : undefined;
}

function isAnalysed({ analysis }: Record<string, unknown>): boolean {
  return isRecord(analysis) && (analysis["state"] === "done" || analysis["state"] === "failed");
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
