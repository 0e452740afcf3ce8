import type { CallDirection } from "../../../call/types.ts";
import type { RecordStatus } from "./callRecord.ts";
import { analysisCondition, type AnalysisFilter } from "../analyses/analysisFilter.ts";
import type { SqlValue } from "../database.ts";

/** Selects calls by all members that are present. */
export interface CallFilter {
  readonly status?: RecordStatus;
  readonly direction?: CallDirection;
  readonly agent?: string;
  readonly agentVersion?: string;
  readonly keyName?: string;
  /** The far end's number, or one's own. */
  readonly number?: string;
  /** Milliseconds since 1970 at which the call began: from this one on... */
  readonly since?: number;
  /** ...and before this one. */
  readonly until?: number;
  /** By the criteria and required fields of their analyses. */
  readonly passed?: boolean;
  readonly analysis?: readonly AnalysisFilter[];
}

/** The last call of a page: the next page begins after it, whichever calls have begun since. */
export interface CallPosition {
  readonly startedAt: number;
  readonly id: string;
}

/** Conditions joined by AND, with their values. */
export interface Conditions {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The conditions of a filter, for calls older than `after`. */
export function conditionsFor(filter: CallFilter, after?: CallPosition): Conditions {
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
  if (filter.since !== undefined) parts.push(`started_at >= ${bind(Math.ceil(filter.since))}`);
  if (filter.until !== undefined) parts.push(`started_at < ${bind(Math.ceil(filter.until))}`);
  if (filter.passed !== undefined) {
    parts.push(`analysis_passed = ${bind(filter.passed ? 1 : 0)}`);
  }
  for (const wanted of filter.analysis ?? []) parts.push(analysisCondition(wanted, bind));
  if (after !== undefined) {
    parts.push(`(started_at, id) < (${bind(after.startedAt)}, ${bind(after.id)})`);
  }
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
