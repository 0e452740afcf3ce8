import { callDirections, type CallEnd, endReasons } from "../../../call/types.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { present } from "../../../utils/present.ts";
import type { Row } from "../database.ts";
import {
  choiceOf,
  maybeChoice,
  maybeFlag,
  maybeJson,
  maybeNumber,
  maybeText,
  numberOf,
  readableJson,
  textOf,
} from "../row.ts";
import {
  answerers,
  type CallBriefing,
  type CallCost,
  callOutcomes,
  type CallRecord,
  type CallSavings,
  recordStatuses,
} from "./callRecord.ts";
import { phoneMenuOf } from "./phoneMenuColumn.ts";
import { pickupsOf } from "./pickupColumn.ts";
import { consentOf, optOutOf } from "./ruleColumns.ts";
import { usageIn, usageOf } from "./usageColumns.ts";

/** Reads a row of `calls`; throws where a column holds another type or word. */
export function callOf(row: Row): CallRecord {
  const reason = maybeChoice(row, "end_reason", endReasons);
  const detail = maybeText(row, "end_detail");
  const transferTo = maybeText(row, "end_transfer");
  const turns = maybeNumber(row, "latency_turns");
  return {
    id: textOf(row, "id"),
    direction: choiceOf(row, "direction", callDirections),
    agent: textOf(row, "agent"),
    status: choiceOf(row, "status", recordStatuses),
    startedAt: numberOf(row, "started_at"),
    instanceId: textOf(row, "instance_id"),
    usage: usageOf(row),
    ...present({
      currentAgent: maybeText(row, "current_agent"),
      agentVersion: maybeText(row, "agent_version"),
      keyName: maybeText(row, "key_name"),
      callSid: maybeText(row, "call_sid"),
      from: maybeText(row, "from_number"),
      to: maybeText(row, "to_number"),
      callerProven: maybeFlag(row, "caller_proven"),
      answeredAt: maybeNumber(row, "answered_at"),
      endedAt: maybeNumber(row, "ended_at"),
      durationMs: maybeNumber(row, "duration_ms"),
      transferredMs: maybeNumber(row, "transferred_ms"),
      personMs: maybeNumber(row, "person_ms"),
      askedMs: maybeNumber(row, "asked_ms"),
      end: reason === undefined ? undefined : { reason, ...present({ detail, transferTo }) },
      plannedEnd: plannedEndOf(row),
      outcome: maybeChoice(row, "outcome", callOutcomes),
      answeredBy: maybeChoice(row, "answered_by", answerers),
      model: maybeText(row, "model"),
      transcriptionModel: maybeText(row, "transcription_model"),
      cost: costOf(row),
      metadata: textsIn(readableJson(row, "metadata")),
      precall: precallOf(row),
      consent: consentOf(row),
      optOut: optOutOf(row),
      phoneMenu: phoneMenuOf(row),
      pickups: pickupsOf(row),
      briefing: briefingOf(row),
      savings: savingsOf(row),
      passed: maybeFlag(row, "analysis_passed"),
      tags: tagsOf(row),
      latency: turns === undefined ? undefined : {
        turns,
        p50Ms: numberOf(row, "latency_p50_ms"),
        p95Ms: numberOf(row, "latency_p95_ms"),
      },
    }),
  };
}

function plannedEndOf(row: Row): CallEnd | undefined {
  const planned = readableJson(row, "planned_end");
  if (!isRecord(planned)) return undefined;
  const reason = endReasons.find((reason) => reason === planned.reason);
  const detail = typeof planned.detail === "string" ? planned.detail : undefined;
  return reason && { reason, ...present({ detail }) };
}

function savingsOf(row: Row): CallSavings | undefined {
  const tokens = readableJson(row, "savings");
  if (!isRecord(tokens)) return undefined;
  const { inputText, inputAudio, cachedText, cachedAudio } = usageIn(tokens);
  const usd = maybeNumber(row, "saved_usd");
  return {
    inputText,
    inputAudio,
    cachedText,
    cachedAudio,
    ...present({ usd }),
  };
}

function precallOf(row: Row): CallRecord["precall"] {
  const note = readableJson(row, "precall");
  if (!isRecord(note) || typeof note.status !== "string") return undefined;
  const problems = Array.isArray(note.problems) ? note.problems : [];
  return { status: note.status, problems: problems.filter((it) => typeof it === "string") };
}

function briefingOf(row: Row): CallBriefing | undefined {
  const briefing = readableJson(row, "briefing");
  if (!isRecord(briefing)) return undefined;
  const text = (value: unknown) => typeof value === "string" ? value : undefined;
  return present({
    language: text(briefing.language),
    context: text(briefing.context),
    variables: textsIn(briefing.variables),
    unchecked: Array.isArray(briefing.unchecked)
      ? briefing.unchecked.filter((name) => typeof name === "string")
      : undefined,
  });
}

function textsIn(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isRecord(value)) return undefined;
  const texts = Object.entries(value).flatMap(([name, text]) =>
    typeof text === "string" ? [[name, text] as const] : []
  );
  return Object.fromEntries(texts);
}

function tagsOf(row: Row): readonly string[] | undefined {
  const tags = readableJson(row, "tags");
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : undefined;
}

function costOf(row: Row): CallCost | undefined {
  const parts = maybeJson(row, "cost_parts");
  if (typeof parts !== "object" || parts === null) return undefined;
  const priced = (name: string): number | null => {
    const value: unknown = Reflect.get(parts, name);
    return typeof value === "number" ? value : null;
  };
  const analysis = analysisUsd(row);
  const usd = maybeNumber(row, "cost_usd") ?? null;
  return {
    usd: usd === null || analysis === null ? null : micro(usd + (analysis ?? 0)),
    ...("telephonyEstimated" in parts && { telephonyEstimated: true }),
    parts: {
      text: priced("text"),
      audio: priced("audio"),
      transcription: priced("transcription"),
      telephony: priced("telephony"),
      ...present({ analysis }),
    },
  };
}

/** Kept apart from the other parts, which may be written anew later. */
function analysisUsd(row: Row): number | null | undefined {
  if (maybeFlag(row, "analysis_unpriced") === true) return null;
  const usd = maybeNumber(row, "analysis_usd");
  return usd === undefined ? undefined : micro(usd);
}

function micro(dollars: number): number {
  return Math.round(dollars * 1e6) / 1e6;
}
