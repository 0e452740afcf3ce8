import type { CallEvent } from "../../../call/callEvent.ts";
import { toInteger } from "../columns.ts";
import type { Statement } from "../database.ts";
import { insertOfCall } from "./callStatements.ts";

/** Where the caller has heard a sentence, or has to; it replaces what is known of it. */
export function mustHearStatement(
  callId: string,
  sentence: Extract<CallEvent, { type: "mustHear" }>,
): Statement {
  const replaced = ["times", "heard", "from_ms", "to_ms"]
    .map((name) => `${name} = excluded.${name}`);
  // What was heard once stays heard, unless it was not for a person.
  const stays = sentence.takenBack === true ? "" : "must_hear.heard = 0 AND ";
  return insertOfCall(
    "must_hear",
    callId,
    {
      name: sentence.name,
      sentence: sentence.text,
      times: sentence.times,
      heard: Number(sentence.heard),
      from_ms: sentence.heard ? toInteger(sentence.fromMs) : null,
      to_ms: sentence.heard ? toInteger(sentence.toMs) : null,
    },
    `(call_id, name) DO UPDATE SET ${replaced.join(", ")}
      WHERE ${stays}must_hear.times <= excluded.times`,
  );
}
