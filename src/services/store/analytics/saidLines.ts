import { type CallFilter, type Conditions, conditionsFor } from "../calls/callList.ts";
import type { SqlValue } from "../database.ts";

/** Whether nothing more was said after a line of `said` that was cut off, and the caller was gone. */
export const HUNG_UP = `CASE WHEN said.end_reason = 'caller_hung_up' AND NOT EXISTS (
    SELECT 1 FROM turns AS later WHERE later.call_id = said.call_id AND later.aside = 0
    AND later.position > said.position) THEN 1 ELSE 0 END`;

/** `WITH said AS ...`: a row for each final turn of agents that is part of its conversation. */
export function saidLines(filter: CallFilter): Conditions {
  const { sql, values } = conditionsFor(filter);
  const all: SqlValue[] = [...values];
  const ofAgent = filter.agent === undefined
    ? ""
    : `AND COALESCE(turns.agent, chosen.agent) = $${all.push(filter.agent)}`;
  return {
    sql: `WITH chosen AS (SELECT id, agent, agent_version, end_reason, model, output_audio
        FROM calls WHERE ${sql}),
      said AS (SELECT chosen.id AS call_id, COALESCE(turns.agent, chosen.agent) AS agent,
        chosen.agent AS first_agent, agent_version AS version, end_reason, model, output_audio,
        words, heard_words, interrupted, line, line_begin, is_greeting, is_kept, position, turns.id AS turn_id,
        CASE WHEN interrupted = 1 AND heard_words < words THEN 1 ELSE 0 END AS is_cut
        FROM chosen JOIN turns ON turns.call_id = chosen.id WHERE turns.words > 0 ${ofAgent})`,
    values: all,
  };
}
