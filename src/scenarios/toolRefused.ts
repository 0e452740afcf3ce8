import { isRecord } from "../utils/isRecord.ts";
import { jsonOrUndefined } from "../utils/jsonOrUndefined.ts";
import type { RecordedTool } from "./callEvidence.ts";

/**
 * Whether the server did not carry a call of a tool out: its arguments were refused, the caller had still to hear or to
 * agree to something, or the scenario had no answer for them. A tool that was carried out, and failed, is none.
 */
export function isRefused({ ok, output }: RecordedTool): boolean {
  const why = ok === false ? reasonIn(output) : undefined;
  return why !== undefined && REFUSALS.has(why);
}

const ASKED = "confirmation_asked";
const REFUSALS: ReadonlySet<unknown> = new Set([
  ...[ASKED, "declined", "not_confirmed", "not_heard", "no_caller_turn"],
  ...["unknown_id", "invalid_arguments", "unknown_tool", "not_in_scenario"],
]);

function reasonIn(output = ""): unknown {
  const value = jsonOrUndefined(output);
  return isRecord(value) ? value["code"] ?? value["error"] ?? askedIn(value) : undefined;
}

/** Other words in this place are a tool's own. */
function askedIn({ status }: Record<string, unknown>): unknown {
  return status === ASKED ? status : undefined;
}
