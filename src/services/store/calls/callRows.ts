import { phoneMenuOf } from "./phoneMenuColumn.ts";
import { pickupsOf } from "./pickupColumn.ts";
import { consentOf, optOutOf } from "./ruleColumns.ts";
import { callDirections, type CallEnd, endReasons } from "../../../call/types.ts";
import type { TranscriptTurn } from "../../../call/callEvent.ts";
import {
  answerers,
  type CallBriefing,
  type CallCost,
  callOutcomes,
  type CallRecord,
  type CallSavings,
  type CallUsage,
  type DigitsRecord,
  type HandoffRecord,
  type LatencyRecord,
  type MustHearRecord,
  noUsage,
  recordStatuses,
  type ToolRecord,
} from "./callRecord.ts";
import type { Row } from "../database.ts";
import {
  choiceOf,
  flagOf,
  maybeChoice,
  maybeFlag,
  maybeJson,
  maybeNumber,
  maybeText,
  numberOf,
  readableJson,
  textOf,
} from "../row.ts";
import { isRecord } from "../../../utils/isRecord.ts";
import { present } from "../../../utils/present.ts";

/** Reads a row of `calls`; throws where a column holds another type or word, like the readers below. */
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

/** Where each figure of a usage is stored. */
export const usageColumns = [
  ["inputText", "input_text"],
  ["inputAudio", "input_audio"],
  ["cachedText", "cached_text"],
  ["cachedAudio", "cached_audio"],
  ["outputText", "output_text"],
  ["outputAudio", "output_audio"],
  ["responses", "responses"],
  ["transcriptionInput", "transcription_input"],
  ["transcriptionOutput", "transcription_output"],
  ["transcriptionSeconds", "transcription_seconds"],
] as const satisfies readonly (readonly [keyof CallUsage, string])[];

/** Reads the usage columns of a call, or their sums over many calls. */
export function usageOf(row: Row): CallUsage {
  const usage = { ...noUsage };
  for (const [member, column] of usageColumns) usage[member] = numberOf(row, column);
  return usage;
}

/** Reads a row of `turns`. */
export function turnOf(row: Row): TranscriptTurn {
  return {
    id: textOf(row, "id"),
    role: choiceOf(row, "role", ["caller", "agent"]),
    position: numberOf(row, "position"),
    text: textOf(row, "text"),
    final: flagOf(row, "is_final"),
    interrupted: flagOf(row, "interrupted"),
    by: choiceOf(row, "spoken_by", ["voice", "text", "keypad", "operator", "whisper"]),
    startedMs: numberOf(row, "started_ms"),
    ...(flagOf(row, "aside") && { aside: true }),
    ...(flagOf(row, "unfinished") && { unfinished: true }),
    ...present({
      agent: maybeText(row, "agent"),
      endedMs: maybeNumber(row, "ended_ms"),
      unheard: maybeText(row, "unheard"),
      heardCharacters: maybeNumber(row, "heard_characters"),
    }),
  };
}

/** Reads a row of `tool_calls`. */
export function toolOf(row: Row): ToolRecord {
  const ok = maybeNumber(row, "ok");
  return {
    id: textOf(row, "id"),
    name: textOf(row, "name"),
    arguments: textOf(row, "arguments"),
    startedMs: numberOf(row, "started_ms"),
    ...present({
      result: ok === undefined ? undefined : {
        ok: ok !== 0,
        output: textOf(row, "output"),
        durationMs: numberOf(row, "duration_ms"),
      },
    }),
  };
}

/** Reads a row of `latencies`. */
export function latencyOf(row: Row): LatencyRecord {
  return {
    itemId: textOf(row, "item_id"),
    responseMs: numberOf(row, "response_ms"),
    firstAudioMs: numberOf(row, "first_audio_ms"),
    totalMs: numberOf(row, "total_ms"),
    ...present({ firstHeardMs: maybeNumber(row, "first_heard_ms") }),
  };
}

/** Reads a row of `handoffs`. */
export function handoffOf(row: Row): HandoffRecord {
  const usage = readableJson(row, "usage_before");
  const usageBefore = { ...noUsage };
  for (const [member] of usageColumns) {
    usageBefore[member] = isRecord(usage) ? count(usage[member]) : 0;
  }
  return {
    atMs: numberOf(row, "at_ms"),
    from: textOf(row, "from_agent"),
    to: textOf(row, "to_agent"),
    ...present({
      version: maybeText(row, "version"),
      reason: maybeText(row, "reason"),
      facts: maybeText(row, "facts"),
      summary: maybeText(row, "summary"),
      historyFrom: maybeNumber(row, "history_from"),
      model: maybeText(row, "model"),
      transcriptionModel: maybeText(row, "transcription_model"),
    }),
    usageBefore,
  };
}

/** Reads a row of `digits`. */
export function digitsOf(row: Row): DigitsRecord {
  return { atMs: numberOf(row, "at_ms"), ...present({ digits: maybeText(row, "digits") }) };
}

/** Reads a row of `must_hear`. */
export function mustHearOf(row: Row): MustHearRecord {
  const of = {
    name: textOf(row, "name"),
    text: textOf(row, "sentence"),
    times: numberOf(row, "times"),
  };
  if (!flagOf(row, "heard")) return { ...of, heard: false };
  return { ...of, heard: true, fromMs: numberOf(row, "from_ms"), toMs: numberOf(row, "to_ms") };
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
  const { inputText, inputAudio, cachedText, cachedAudio } = tokens;
  const usd = maybeNumber(row, "saved_usd");
  return {
    inputText: count(inputText),
    inputAudio: count(inputAudio),
    cachedText: count(cachedText),
    cachedAudio: count(cachedAudio),
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

function count(value: unknown): number {
  return typeof value === "number" ? value : 0;
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
