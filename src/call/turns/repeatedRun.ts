import { canonicalJson } from "../../utils/canonicalJson.ts";
import { errorCodeIn } from "../../utils/errorCode.ts";
import { isRecord } from "../../utils/isRecord.ts";
import { STILL_RUNNING } from "../model/prompts.ts";
import type { ToolCall } from "../realtimeClient.ts";
import type { TranscriptEntry } from "../transcript/transcriptEntry.ts";

/**
 * What the model gets in the place of another run of a tool that has run in this call with the same
 * arguments, or may have; undefined where it may run. Only a tool's own error shows that it did nothing.
 * `hasRun`: whether a call of this session was let run.
 */
export function repeatedRun(
  call: Pick<ToolCall, "callId" | "name" | "arguments">,
  entries: Iterable<TranscriptEntry>,
  hasRun: (callId: string) => boolean,
): string | undefined {
  const key = keyOf(call.arguments);
  for (const entry of entries) {
    if (entry.kind !== "tool" || entry.call.name !== call.name) continue;
    const { call: { callId, arguments: args }, output, ended } = entry;
    const isEarlier = ended === undefined && output !== undefined;
    if (callId === call.callId || keyOf(args) !== key) continue;
    if (isEarlier ? isRefusal(output) : !hasRun(callId)) continue;
    if (output === undefined) return STILL_RUNNING;
    if (errorCodeIn(output) === "tool_failed") continue;
    if (ended?.ok === false) return output;
    return JSON.stringify({ repeated: true, note: NOTE, result: output });
  }
  return undefined;
}

const NOTE = "Not carried out again: it was done before in this call, with the same arguments.";

/** Of a call of an earlier session there is only the output: that of one that did not run says so. */
function isRefusal(output: string): boolean {
  const value = parsed(output);
  return output === STILL_RUNNING ||
    isRecord(value) && value.repeated !== true && typeof value.note === "string" &&
      value.note.startsWith("Not carried out");
}

function keyOf(json: string): string {
  const value = parsed(json.trim() === "" ? "{}" : json);
  return value === undefined ? json : canonicalJson(value);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
