import type { TranscriptTurn } from "../../../call/callEvent.ts";
import { present } from "../../../utils/present.ts";
import type { Row } from "../database.ts";
import {
  choiceOf,
  flagOf,
  maybeNumber,
  maybeText,
  numberOf,
  readableJson,
  textOf,
} from "../row.ts";
import type {
  DigitsRecord,
  HandoffRecord,
  LatencyRecord,
  MustHearRecord,
  ToolRecord,
} from "./callRecord.ts";
import { usageIn } from "./usageColumns.ts";

/** Reads a row of `turns`; throws where a column holds another type or word, like the readers below. */
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
    usageBefore: usageIn(readableJson(row, "usage_before")),
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
