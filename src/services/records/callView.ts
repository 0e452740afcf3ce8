import { viewPhoneMenu } from "./phoneMenuView.ts";
import { errorCodeIn } from "../../utils/errorCode.ts";
import { present } from "../../utils/present.ts";
import type { TranscriptTurn } from "../../call/callEvent.ts";
import { viewAnalysis } from "./analysisView.ts";
import { unheardSentences } from "./heardSentences.ts";
import { promisesOf } from "./promises.ts";
import { viewRecording } from "./recordingView.ts";
import {
  type CallContent,
  type CallRecord,
  connectedMsOf,
  type HandoffRecord,
  type TransferRecord,
} from "../store.ts";

/** A call as the API and webhooks show it: all members are present, null where unknown. */
export function viewCall(call: CallRecord) {
  const { end } = call;
  return {
    id: call.id,
    direction: call.direction,
    agent: call.agent,
    currentAgent: call.currentAgent ?? call.agent,
    agentVersion: call.agentVersion ?? null,
    status: call.status,
    key: call.keyName ?? null,
    callSid: call.callSid ?? null,
    from: call.from ?? null,
    to: call.to ?? null,
    startedAt: timeOf(call.startedAt),
    answeredAt: maybeTime(call.answeredAt),
    endedAt: maybeTime(call.endedAt),
    durationMs: call.durationMs ?? null,
    connectedMs: connectedMsOf(call) ?? null,
    transferredMs: transferredMsOf(call),
    end: end === undefined ? null : {
      reason: end.reason,
      detail: end.detail ?? null,
      ...present({ transferTo: end.transferTo }),
    },
    outcome: call.outcome ?? null,
    answeredBy: call.answeredBy ?? null,
    model: call.model ?? null,
    usage: { ...call.usage },
    cost: call.cost ?? null,
    savings: call.savings === undefined ? null : { usd: null, ...call.savings },
    latency: call.latency ?? null,
    passed: call.passed ?? null,
    tags: [...call.tags ?? []],
    metadata: call.metadata ?? null,
    precall: call.precall === undefined
      ? null
      : { status: call.precall.status, problems: [...call.precall.problems] },
    consent: call.consent === undefined
      ? null
      : { source: call.consent.source, at: call.consent.at, text: call.consent.text ?? null },
    optOut: call.optOut === undefined
      ? null
      : { by: call.optOut.by, words: call.optOut.words ?? null, atMs: call.optOut.atMs },
  };
}

/** A turn as the API and webhooks show it. */
export function viewTurn(
  { id, role, agent, text, interrupted, unheard, by, final, startedMs, endedMs }: TranscriptTurn,
) {
  return {
    ...{ id, role, agent: agent ?? null, text, interrupted, unheard: unheard ?? null },
    ...{ by, final, startedMs, endedMs: endedMs ?? null },
  };
}

/** A call with its turns, what was and what was not heard, tool calls, latencies, digits and analysis. */
export function viewDetail(
  call: CallRecord,
  {
    turns,
    tools,
    latencies,
    responses = [],
    digits,
    mustHear,
    handoffs,
    transfers,
    recording,
    analysis,
    ...rest
  }: CallContent,
) {
  return {
    ...viewCall(call),
    turns: turns.map(viewTurn),
    unheard: [...unheardSentences(turns)],
    promises: [...promisesOf(turns)],
    mustHear: mustHear.map((one) => ({
      ...{ name: one.name, text: one.text, times: one.times, heard: one.heard },
      fromMs: one.heard ? one.fromMs : null,
      toMs: one.heard ? one.toMs : null,
    })),
    tools: tools.map((tool) => ({
      ...tool,
      result: tool.result === undefined ? null : {
        ...tool.result,
        error: tool.result.ok ? null : errorCodeIn(tool.result.output) ?? null,
      },
    })),
    latencies: latencies.map(({ itemId, responseMs, firstAudioMs, firstHeardMs, totalMs }) => ({
      turnId: itemId,
      responseMs,
      firstAudioMs,
      firstHeardMs: firstHeardMs ?? null,
      totalMs,
    })),
    responses: responses.map(({ atMs, itemId, model, usage, usd }) => ({
      atMs,
      turnId: itemId ?? null,
      model: model ?? null,
      usage: { ...usage },
      usd: usd ?? null,
    })),
    phoneMenu: viewPhoneMenu(call),
    pickups: (call.pickups ?? []).map(({ who, why, atMs }) => ({ who, why, atMs })),
    digits: digits.map(({ atMs, digits }) => ({ atMs, digits: digits ?? null })),
    handoffs: handoffs.map(viewHandoff),
    recording: viewRecording(recording, call, rest.redactedSpans),
    transfers: transfers.map(viewTransfer),
    listeners: (rest.listenings ?? []).map(({ id, keyName, fromMs, toMs }) => ({
      ...{ id, key: keyName ?? null, fromMs, toMs: toMs ?? null },
    })),
    analysis: viewAnalysis(analysis, call),
  };
}

function viewHandoff({ atMs, from, to, version, reason, facts, summary }: HandoffRecord) {
  return {
    atMs,
    from,
    to,
    version: version ?? null,
    reason: reason ?? null,
    facts: facts ?? null,
    summary: summary ?? null,
  };
}

/** How far a transfer has come, and when. */
function viewTransfer(transfer: TransferRecord) {
  const { number, alias, mode, by, step, target, why, spokeMs } = transfer;
  return {
    ...{ number, alias, mode, by, step },
    target: target ?? null,
    why: why ?? null,
    spokeMs: spokeMs ?? null,
    requestedAt: timeOf(transfer.requestedAt),
    ringingAt: maybeTime(transfer.ringingAt),
    answeredAt: maybeTime(transfer.answeredAt),
    acceptedAt: maybeTime(transfer.acceptedAt),
    connectedAt: maybeTime(transfer.connectedAt),
    agentAbsentAt: maybeTime(transfer.agentAbsentAt),
    overAt: maybeTime(transfer.overAt),
  };
}

/** With people in the course of the call, and with one after it; null while that is not over. */
function transferredMsOf({ personMs, transferredMs, end }: CallRecord): number | null {
  if (end?.transferTo !== undefined && transferredMs === undefined) return null;
  if (personMs === undefined && transferredMs === undefined) return null;
  return (personMs ?? 0) + (transferredMs ?? 0);
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}

function maybeTime(ms: number | undefined): string | null {
  return ms === undefined ? null : timeOf(ms);
}
