import type { CallDirection, EndReason } from "../../../call/types.ts";
import type { CallOutcome, RecordStatus } from "./callRecord.ts";
import { COST } from "./callOrder.ts";
import { analysisCondition, type AnalysisFilter } from "../analyses/analysisFilter.ts";
import type { SqlValue } from "../database.ts";
import type { WordSearch } from "../words/wordSearch.ts";

/** Selects calls by all members that are present. */
export interface CallFilter {
  readonly status?: RecordStatus;
  readonly direction?: CallDirection;
  readonly agent?: string;
  readonly agentVersion?: string;
  readonly keyName?: string;
  /** The far end's number, or one's own. */
  readonly number?: string;
  /** The last digits of either. */
  readonly numberEnding?: string;
  readonly tag?: string;
  readonly outcome?: CallOutcome;
  readonly endReason?: EndReason;
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  /** Dollars. */
  readonly minCostUsd?: number;
  readonly maxCostUsd?: number;
  /** Milliseconds since 1970 at which the call began: from this one on... */
  readonly since?: number;
  /** ...and before this one. */
  readonly until?: number;
  /** By the criteria and required fields of their analyses. */
  readonly passed?: boolean;
  readonly analysis?: readonly AnalysisFilter[];
}

/** What the list of calls selects by besides. */
export interface CallSearch extends CallFilter {
  /** What was said, in calls that are over. */
  readonly words?: WordSearch;
}

/** A place in a list that is ordered by time, the newest first. */
export interface CallPosition {
  readonly startedAt: number;
  readonly id: string;
}

/** Conditions joined by AND, with their values. */
export interface Conditions {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The conditions of a filter. */
export function conditionsFor(filter: CallFilter): Conditions {
  const values: SqlValue[] = [];
  const bind = (value: SqlValue): string => `$${values.push(value)}`;
  const parts: string[] = [];
  if (filter.status !== undefined) parts.push(`status = ${bind(filter.status)}`);
  if (filter.direction !== undefined) parts.push(`direction = ${bind(filter.direction)}`);
  if (filter.agent !== undefined) {
    const agent = bind(filter.agent);
    // Not of the first agent alone.
    parts.push(
      `(agent = ${agent} OR id IN (SELECT call_id FROM handoffs WHERE to_agent = ${agent}))`,
    );
  }
  if (filter.agentVersion !== undefined) {
    parts.push(`agent_version = ${bind(filter.agentVersion)}`);
  }
  if (filter.keyName !== undefined) parts.push(`key_name = ${bind(filter.keyName)}`);
  if (filter.number !== undefined) {
    const number = bind(filter.number);
    parts.push(`(from_number = ${number} OR to_number = ${number})`);
  }
  if (filter.numberEnding !== undefined) {
    const ending = bind(`%${filter.numberEnding}`);
    // Reads the index of the numbers alone.
    parts.push(
      `(${
        ["from_number", "to_number"].map((column) =>
          `${column} IN (SELECT ${column} FROM calls WHERE ${column} LIKE ${ending})`
        ).join(" OR ")
      })`,
    );
  }
  if (filter.tag !== undefined) {
    parts.push(`id IN (SELECT call_id FROM call_tags WHERE tag = ${bind(filter.tag)})`);
  }
  if (filter.outcome !== undefined) parts.push(`outcome = ${bind(filter.outcome)}`);
  if (filter.endReason !== undefined) parts.push(`end_reason = ${bind(filter.endReason)}`);
  const { minDurationMs, maxDurationMs, minCostUsd, maxCostUsd } = filter;
  if (minDurationMs !== undefined) parts.push(`duration_ms >= ${bind(Math.ceil(minDurationMs))}`);
  if (maxDurationMs !== undefined) parts.push(`duration_ms <= ${bind(Math.floor(maxDurationMs))}`);
  if (minCostUsd !== undefined) parts.push(`${COST} >= ${bind(minCostUsd)}`);
  if (maxCostUsd !== undefined) parts.push(`${COST} <= ${bind(maxCostUsd)}`);
  if (filter.since !== undefined) parts.push(`started_at >= ${bind(Math.ceil(filter.since))}`);
  if (filter.until !== undefined) parts.push(`started_at < ${bind(Math.ceil(filter.until))}`);
  if (filter.passed !== undefined) {
    parts.push(`analysis_passed = ${bind(filter.passed ? 1 : 0)}`);
  }
  for (const wanted of filter.analysis ?? []) parts.push(analysisCondition(wanted, bind));
  return { sql: parts.length === 0 ? "1 = 1" : parts.join(" AND "), values };
}

/** Encodes a position as an opaque text. */
export function writeCursor({ startedAt, id }: CallPosition): string {
  const bytes = new TextEncoder().encode(`${startedAt}/${id}`);
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Undefined for a text that is no cursor. */
export function readCursor(cursor: string): CallPosition | undefined {
  try {
    const bytes = Uint8Array.fromBase64(cursor, { alphabet: "base64url" });
    const [, startedAt, id] = /^(\d{1,15})\/(\S{1,100})$/.exec(new TextDecoder().decode(bytes)) ??
      [];
    return startedAt === undefined || id === undefined
      ? undefined
      : { startedAt: Number(startedAt), id };
  } catch {
    return undefined;
  }
}
