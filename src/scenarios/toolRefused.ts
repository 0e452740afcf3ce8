import { isRecord } from "../utils/isRecord.ts";
import { jsonOrUndefined } from "../utils/jsonOrUndefined.ts";
import type { RecordedTool } from "./callEvidence.ts";

/**
 * Whether the server did not carry a call of a tool out: its arguments were refused, or the caller had still to hear or
 * to agree to something. A tool that was carried out, and failed, is none.
 */
export function isRefused({ ok, output }: RecordedTool): boolean {
  const why = ok === false ? reasonIn(output) : undefined;
  return why !== undefined && REFUSALS.has(why);
}

const REFUSALS: ReadonlySet<unknown> = new Set([
  ...["confirmation_asked", "declined", "not_confirmed", "not_heard", "no_caller_turn"],
  ...["unknown_id", "invalid_arguments", "unknown_tool"],
]);

function reasonIn(output = ""): unknown {
  const value = jsonOrUndefined(output);
  return isRecord(value) ? value["code"] ?? value["status"] ?? value["error"] : undefined;
}
