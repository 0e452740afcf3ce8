import {
  type Columns,
  finiteOrZero,
  integerOrNull,
  placeholders,
  toInteger,
  toStorable,
} from "../columns.ts";
import type { Statement } from "../database.ts";
import type { CallCost, CallEnding, CallSavings, CallUsage } from "./callRecord.ts";
import { usageColumns } from "./usageColumns.ts";
import { present } from "../../../utils/present.ts";

/**
 * Inserts a row that belongs to a call, unless the call has been erased. `onConflict` is what follows
 * ON CONFLICT.
 */
export function insertOfCall(
  table: string,
  callId: string,
  columns: Columns,
  onConflict: string,
): Statement {
  const names = Object.keys(columns);
  return {
    sql: `INSERT INTO ${table} (call_id, ${names.join(", ")}) SELECT $1, ${
      placeholders(names, 2)
    } WHERE EXISTS (SELECT 1 FROM calls WHERE calls.id = $1) ON CONFLICT ${onConflict}`,
    values: [callId, ...Object.values(columns)].map(toStorable),
  };
}

/**
 * Changes columns of a call; those of `once` only where they are NULL. `condition` is empty, or begins
 * with AND.
 */
export function updateCall(
  callId: string,
  columns: Columns,
  condition: string,
  once: Columns = {},
): Statement {
  const set = Object.keys({ ...columns, ...once }).map((name, at) =>
    name in once ? `${name} = COALESCE(${name}, $${at + 2})` : `${name} = $${at + 2}`
  );
  return {
    sql: `UPDATE calls SET ${set.join(", ")} WHERE id = $1 ${condition}`,
    values: [callId, ...Object.values(columns), ...Object.values(once)].map(toStorable),
  };
}

/**
 * Ends a call that has not ended, with `holder` only where that process holds it; an outcome that is
 * recorded already stays.
 */
export function endCall(callId: string, ending: CallEnding, holder?: string): Statement {
  const { end, latency, latenciesMs, cost, outcome } = ending;
  const columns: Columns = {
    status: "ended",
    ended_at: toInteger(ending.endedAt),
    untold_since: toInteger(ending.endedAt),
    duration_ms: toDurationMs(ending.durationMs),
    end_reason: end.reason,
    end_detail: end.detail ?? null,
    end_transfer: end.transferTo ?? null,
    person_ms: integerOrNull(ending.personMs),
    asked_ms: integerOrNull(ending.askedMs),
    cost_usd: cost.usd,
    cost_parts: costParts(cost),
    latency_turns: latency?.turns ?? null,
    latency_p50_ms: integerOrNull(latency?.p50Ms),
    latency_p95_ms: integerOrNull(latency?.p95Ms),
    latencies_ms: latenciesMs.length === 0 ? null : latenciesMs.map(toDurationMs).join(","),
    ...columnsOfUsage(ending.usage),
    ...(ending.savings && columnsOfSavings(ending.savings)),
  };
  const once = present({ outcome });
  return ifHeldBy(holder, updateCall(callId, columns, "AND ended_at IS NULL", once));
}

/** Limits the update of a call to the process that holds it, where one is given. */
export function ifHeldBy(holder: string | undefined, { sql, values }: Statement): Statement {
  if (holder === undefined) return { sql, values };
  return { sql: `${sql} AND instance_id = $${values.length + 1}`, values: [...values, holder] };
}

/** The parts of a cost, as JSON for `cost_parts`; that of the analysis is read from columns of its own. */
export function costParts({ parts, telephonyEstimated }: CallCost): string {
  return JSON.stringify({ ...parts, telephonyEstimated });
}

/** The columns of `calls` that hold a usage. */
export function columnsOfUsage(usage: CallUsage): Columns {
  return Object.fromEntries(usageColumns.map(([member, column]) => [
    column,
    member === "transcriptionSeconds" ? finiteOrZero(usage[member]) : toInteger(usage[member]),
  ]));
}

/** The columns of `calls` that hold what was saved. */
export function columnsOfSavings({ usd = null, ...tokens }: CallSavings): Columns {
  return { savings: JSON.stringify(tokens), saved_usd: usd };
}

/** A whole number of milliseconds, never negative: analytics parse lists of them in SQL. */
function toDurationMs(value: number): number {
  return Math.max(0, toInteger(value));
}
