import { brokenOff } from "../../call/brokenOff.ts";
import { withFacts } from "../../call/handoff.ts";
import { CallRefused, type CallRegistry } from "../../call/registry.ts";
import type { ResumedCall } from "../../call/resumedCall.ts";
import type { CallSession } from "../../call/sessionApi.ts";
import type { CallRequest } from "../../call/types.ts";
import type { CallBudget } from "../spending.ts";
import type { Recorder } from "../records.ts";
import type { CallContent, CallRecord, CallStore } from "../store.ts";
import { transferredOf } from "./resumedTransfers.ts";
import type { Clock } from "../../utils/clock.ts";
import { present } from "../../utils/present.ts";

/** `now` is in milliseconds since 1970. */
export interface ResumedCallsDeps extends Pick<Clock, "now"> {
  readonly registry: Pick<CallRegistry, "open" | "get">;
  readonly callStore: Pick<CallStore, "get" | "content">;
  readonly recorder: Pick<Recorder, "expectResumed" | "releaseCall">;
  readonly callBudget: Pick<CallBudget, "resume">;
}

/** A call of the store with all that a session needs to go on with it. */
export interface StoredCall {
  readonly record: CallRecord;
  readonly content: CallContent;
  readonly resumed: ResumedCall;
}

export type ResumedCalls = ReturnType<typeof createResumedCalls>;

/** Opens sessions that go on with calls of other processes, or of this one before it was started again. */
export function createResumedCalls(deps: ResumedCallsDeps) {
  const { registry, callStore, recorder, callBudget, now } = deps;
  return {
    /** Undefined for a call that is unknown or has ended. */
    async read(callId: string): Promise<StoredCall | undefined> {
      const record = await callStore.get(callId);
      if (record === undefined || record.status === "ended") return undefined;
      const content = await callStore.content(callId);
      return { record, content, resumed: resumedOf(record, content, now()) };
    },
    /**
     * Opens the session, or returns the one that is here already. The recorder, the budget and the spend
     * limit of the call go on from what is stored. `address` is the browser's, for its limits. Throws
     * `CallRefused`. That this process holds the call is written with the session's first event.
     */
    open(
      { record, content, resumed }: StoredCall,
      asked: CallRequest = requestOfRecord(record),
      { address }: { readonly address?: string } = {},
    ): CallSession {
      const { id, direction } = record;
      const request = asNow(asked, content);
      const open = registry.get(id);
      if (open !== undefined) return open;
      recorder.expectResumed(record, content);
      try {
        const session = openNow(request, asked, { record, content, resumed });
        const { caller: number, keyName } = request;
        callBudget.resume(id, { direction, keyName, number, address });
        return session;
      } catch (error) {
        recorder.releaseCall(id);
        throw error;
      }
    },
  };

  /** Where the agent that had the call last cannot be had any more, the first one goes on with it. */
  function openNow(
    request: CallRequest,
    asked: CallRequest,
    { record: { id, agent }, resumed: { handoffs, ...alone } }: StoredCall,
  ): CallSession {
    const resumed = { ...alone, ...present({ handoffs }) };
    try {
      return registry.open(request, id, resumed);
    } catch (error) {
      const isAgents = error instanceof CallRefused && /agent/.test(error.code);
      if (!isAgents || request.agent === agent) throw error;
      return registry.open({ ...asked, agent }, id, alone);
    }
  }
}

/** The request of a call that was not placed by us, as its sessions have it now. */
export function requestOfRecord(
  { direction, agent, from, to, callSid, keyName, callerProven, ...told }: CallRecord,
): CallRequest {
  const [caller, called] = direction === "outbound" ? [to, from] : [from, to];
  const { metadata, precall, briefing } = told;
  return {
    direction,
    agent: told.currentAgent ?? agent,
    ...present({ caller, called, callSid, keyName, callerProven, metadata, precall }),
    ...briefing,
  };
}

/** The request as the agent has it that has got the call from others. */
function asNow(request: CallRequest, { handoffs }: CallContent): CallRequest {
  const latest = handoffs.at(-1);
  if (latest === undefined) return request;
  const told = handoffs.reduce((known, { facts }) => withFacts(known, facts), request);
  return { ...told, agent: latest.to };
}

function handoffsOf({ handoffs }: CallContent): Pick<ResumedCall, "handoffs"> {
  const [first] = handoffs;
  const latest = handoffs.at(-1);
  if (first === undefined || latest === undefined) return {};
  const { from, atMs, reason: why, facts, summary } = latest;
  const places = handoffs.flatMap(({ historyFrom = [] }) => historyFrom);
  return {
    handoffs: {
      first: first.from,
      count: handoffs.length,
      ...(places.length > 0 && { historyFrom: Math.max(...places) }),
      latest: { from, atMs, ...present({ why, facts, summary }) },
    },
  };
}

function resumedOf(record: CallRecord, content: CallContent, at: number): ResumedCall {
  const { direction, startedAt, answeredAt, usage, plannedEnd } = record;
  const { tools } = content;
  const turns = content.turns.map(brokenOff);
  const connectedMs = answeredAt === undefined ? undefined : Math.max(0, at - answeredAt);
  const lastMs = Math.max(0, ...turns.map((turn) => turn.endedMs ?? turn.startedMs));
  // The record of a placed call begins when it is asked for, its session when it rings: the time until
  // its answer is then known only from the first words.
  const elapsedMs = direction === "outbound"
    ? (connectedMs ?? 0) + Math.min(turns[0]?.startedMs ?? 0, MAX_RINGING_MS)
    : at - startedAt;
  return {
    elapsedMs: Math.max(elapsedMs, lastMs),
    ...present({ connectedMs, plannedEnd, transferred: transferredOf(record, content, at) }),
    turns,
    tools: tools.map(({ id, name, arguments: args, startedMs, result }) => ({
      callId: id,
      agent: agentAt(startedMs),
      name,
      arguments: args,
      startedMs,
      ...(result !== undefined && {
        output: result.output,
        endedMs: startedMs + result.durationMs,
      }),
    })),
    mustHears: content.mustHear,
    ...present({ recordingStatus: content.recording }),
    ...handoffsOf(content),
    usage,
  };

  function agentAt(ms: number): string {
    return content.handoffs.findLast(({ atMs }) => atMs <= ms)?.to ?? record.agent;
  }
}

const MAX_RINGING_MS = 60_000;
