import { analyse, type CallAnalytics } from "../analytics/callAnalytics.ts";
import { callSeries, type SeriesLine, type SeriesQuestion } from "../analytics/callSeries.ts";
import { type Retention, retention } from "../analytics/retention.ts";
import type { CallFilter, CallSearch } from "./callList.ts";
import { type CallPage, type CallPageOptions, listCalls } from "./callPages.ts";
import { digitsOf, handoffOf, latencyOf, mustHearOf, toolOf, turnOf } from "./callPartRows.ts";
import type { CallContent, CallCost, CallRecord, HandoffRecord } from "./callRecord.ts";
import { callOf } from "./callRows.ts";
import { type CallWrite, statementsFor } from "./callWrites.ts";
import { recordingOf } from "./recordingRows.ts";
import { listeningOf } from "./listeningRows.ts";
import { redactedSpanOf } from "./redactedSpanRows.ts";
import { responseUsageOf } from "./responseUsageRows.ts";
import { costParts } from "./callStatements.ts";
import { transferOf } from "./transferRows.ts";
import { analysisOf } from "../analyses/analysisRows.ts";
import { placeholders } from "../columns.ts";
import type { Database } from "../database.ts";
import { maybeNumber, onlyRow, readable, textOf } from "../row.ts";

/** The records of calls. */
export type CallStore = ReturnType<typeof createCallStore>;

/** The calls of one database; rows that cannot be read are left out of lists. */
export function createCallStore(database: Database) {
  const { query } = database;
  return {
    /** Performs all writes or none; durable when the promise resolves. */
    write: (writes: readonly CallWrite[]): Promise<void> =>
      database.batch(writes.flatMap(statementsFor)),
    async get(callId: string): Promise<CallRecord | undefined> {
      const [row] = await query("SELECT * FROM calls WHERE id = $1", [callId]);
      return row && callOf(row);
    },
    async bySid(callSid: string): Promise<CallRecord | undefined> {
      const [row] = await query(
        "SELECT * FROM calls WHERE call_sid = $1 ORDER BY started_at DESC LIMIT 1",
        [callSid],
      );
      return row && callOf(row);
    },
    async content(callId: string): Promise<CallContent> {
      const of = (table: string, order: string) =>
        query(`SELECT * FROM ${table} WHERE call_id = $1 ORDER BY ${order}`, [callId]);
      const [
        turns,
        tools,
        latencies,
        digits,
        mustHear,
        handoffs,
        transfers,
        redacted,
        responses,
        listenings,
        [recording],
        [analysis],
      ] = await Promise.all([
        of("turns", "started_ms, position, id"),
        of("tool_calls", "started_ms, id"),
        of("latencies", "sequence"),
        of("digits", "sequence"),
        of("must_hear", "name"),
        of("handoffs", "sequence"),
        of("transfers", "number"),
        of("redacted_spans", "from_ms, side"),
        of("response_usages", "sequence"),
        of("listenings", "from_ms, id"),
        of("recordings", "call_id"),
        of("analyses", "call_id"),
      ]);
      return {
        turns: turns.map(turnOf),
        tools: tools.map(toolOf),
        latencies: latencies.map(latencyOf),
        digits: digits.map(digitsOf),
        mustHear: mustHear.map(mustHearOf),
        handoffs: handoffs.map(handoffOf),
        ...(redacted.length > 0 && { redactedSpans: redacted.map(redactedSpanOf) }),
        ...(responses.length > 0 && { responses: responses.map(responseUsageOf) }),
        ...(recording && { recording: recordingOf(recording) }),
        transfers: transfers.map(transferOf),
        ...(listenings.length > 0 && { listenings: listenings.map(listeningOf) }),
        ...(analysis && { analysis: analysisOf(analysis) }),
      };
    },
    /** Of each of these calls, how its agents handed it over, in their order; none for one that was not. */
    async handoffs(
      callIds: readonly string[],
    ): Promise<ReadonlyMap<string, readonly HandoffRecord[]>> {
      if (callIds.length === 0) return new Map();
      const rows = await query(
        `SELECT * FROM handoffs WHERE call_id IN (${placeholders(callIds)}) ORDER BY sequence`,
        callIds,
      );
      const found = readable(rows, (row) => ({ of: textOf(row, "call_id"), it: handoffOf(row) }));
      const byCall = Map.groupBy(found, (each) => each.of);
      return new Map([...byCall].map(([id, ofCall]) => [id, ofCall.map(({ it }) => it)]));
    },
    /** Ids of calls that ended by `before` and whose completion is not dispatched: the outbox `calls.untold_since`. */
    async undispatched(before: number, limit: number): Promise<readonly string[]> {
      const rows = await query(
        `SELECT id FROM calls WHERE untold_since IS NOT NULL AND untold_since <= $1
          ORDER BY untold_since, id LIMIT $2`,
        [Math.round(before), limit],
      );
      return rows.map((row) => textOf(row, "id"));
    },
    /** Takes a call out of that outbox. */
    async markDispatched(callId: string): Promise<void> {
      await query("UPDATE calls SET untold_since = NULL WHERE id = $1", [callId]);
    },
    /** Moves a call whose dispatch failed behind those that ended before a time. */
    async postponeDispatch(callId: string, at: number): Promise<void> {
      await query(
        "UPDATE calls SET untold_since = $2 WHERE id = $1 AND untold_since IS NOT NULL",
        [callId, Math.round(at)],
      );
    },
    /** Calls that were transferred since a time and whose last leg is not known to be over. */
    async openTransfers(since: number, limit: number): Promise<readonly CallRecord[]> {
      const rows = await query(
        `SELECT * FROM calls 
          WHERE (end_reason = 'transferred' OR end_transfer IS NOT NULL) AND transferred_ms IS NULL
          AND (end_transfer IS NOT NULL OR person_ms IS NULL)
          AND call_sid IS NOT NULL AND ended_at > $1 ORDER BY ended_at LIMIT $2`,
        [Math.round(since), limit],
      );
      return rows.map(callOf);
    },
    /** The number of the transfer by which the caller of a call is put through, or talks with a person, as far as is known. */
    async transferUnderWay(callId: string): Promise<number | undefined> {
      const sql =
        "SELECT MAX(number) AS number FROM transfers WHERE call_id = $1 AND over_at IS NULL";
      const [row] = await query(sql, [callId]);
      return row && maybeNumber(row, "number");
    },
    /** How many transfers a call has had, of which the latest may be under way. */
    async transferCount(callId: string): Promise<number> {
      const sql = "SELECT MAX(number) AS number FROM transfers WHERE call_id = $1";
      const [row] = await query(sql, [callId]);
      return (row && maybeNumber(row, "number")) ?? 0;
    },
    /** For how long people who have picked up have been on the line with a call, or are, one after another. */
    async personMs(callId: string, now: number): Promise<number> {
      const sql =
        `SELECT CAST(SUM(COALESCE(over_at, $2) - answered_at) AS BIGINT) AS ms FROM transfers
        WHERE call_id = $1 AND answered_at IS NOT NULL`;
      const [row] = await query(sql, [callId, Math.round(now)]);
      return Math.max(0, (row && maybeNumber(row, "ms")) ?? 0);
    },
    /** Records the end of the last leg of such a call; the first one counts. */
    async endTransfer(
      callId: string,
      { transferredMs, cost }: { readonly transferredMs: number; readonly cost?: CallCost },
    ): Promise<void> {
      await query(
        `UPDATE calls SET transferred_ms = $2, cost_usd = COALESCE($3, cost_usd),
          cost_parts = COALESCE($4, cost_parts) WHERE id = $1 AND transferred_ms IS NULL`,
        [
          ...[callId, Math.round(transferredMs), cost?.usd ?? null],
          cost === undefined ? null : costParts(cost),
        ],
      );
    },
    /** Calls that ended by `before` with a recording of which nobody was told that it is whole; newest first. */
    async untoldRecordings(before: number, limit: number): Promise<readonly string[]> {
      const rows = await query(
        `SELECT call_id FROM recordings JOIN calls ON calls.id = call_id
          WHERE finished_at IS NULL AND removed_at IS NULL
          AND calls.status = 'ended' AND ended_at <= $1 ORDER BY ended_at DESC LIMIT $2`,
        [Math.round(before), limit],
      );
      return rows.map((row) => textOf(row, "call_id"));
    },
    list: (search: CallSearch, options: CallPageOptions): Promise<CallPage> =>
      listCalls(database, search, options),
    /** When the newest call began, in milliseconds since 1970; undefined where there is none. */
    async newest(): Promise<number | undefined> {
      const newest = await query("SELECT MAX(started_at) AS newest FROM calls");
      return maybeNumber(onlyRow(newest), "newest");
    },
    analyse: (filter: CallFilter): Promise<CallAnalytics> => analyse(database, filter),
    series: (question: SeriesQuestion): Promise<readonly SeriesLine[]> =>
      callSeries(database, question),
    retention: (filter: CallFilter): Promise<Retention> => retention(database, filter),
  };
}
