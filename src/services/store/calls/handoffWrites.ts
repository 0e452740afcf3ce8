import { toInteger } from "../columns.ts";
import type { Statement } from "../database.ts";
import type { HandoffRecord } from "./callRecord.ts";
import { insertOfCall } from "./callStatements.ts";

/** Writes how one agent handed a call over to another, once for each place in their order. */
export function handoffStatements(
  callId: string,
  sequence: number,
  handoff: HandoffRecord,
): readonly Statement[] {
  const { from, to, version, reason, facts, model, transcriptionModel } = handoff;
  return [
    insertOfCall("handoffs", callId, {
      sequence,
      at_ms: toInteger(handoff.atMs),
      from_agent: from,
      to_agent: to,
      version: version ?? null,
      reason: reason ?? null,
      facts: facts ?? null,
      summary: handoff.summary ?? null,
      history_from: handoff.historyFrom ?? null,
      model: model ?? null,
      transcription_model: transcriptionModel ?? null,
      usage_before: JSON.stringify(handoff.usageBefore),
    }, "(call_id, sequence) DO NOTHING"),
    {
      sql: `UPDATE calls SET current_agent = (SELECT to_agent FROM handoffs
        WHERE call_id = $1 ORDER BY sequence DESC LIMIT 1) WHERE id = $1`,
      values: [callId],
    },
  ];
}
