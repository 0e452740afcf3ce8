import { insertOfCall } from "../calls/callStatements.ts";
import { storableText } from "../columns.ts";
import type { Database, Query } from "../database.ts";
import { numberOf } from "../row.ts";
import type {
  AnalysisClaim,
  AnalysisEnd,
  AnalysisResult,
  AnalysisSpent,
  CallAnalysis,
} from "./analysis.ts";
import { analysisOf, claimOf } from "./analysisRows.ts";
import { valueKey } from "./analysisFilter.ts";

export type AnalysisStore = ReturnType<typeof createAnalysisStore>;

/** Of which run `again` speaks, and whether it is that of this request. */
export interface AskedAgain {
  readonly analysis: CallAnalysis;
  readonly isNew: boolean;
}

const LOCK = "analyses";
const PENDING = "call_id = $1 AND run = $2 AND attempts = $3 AND state = 'pending'";

/**
 * The analyses of calls, and the queue of those that are still to be made. Each run has one end: an attempt
 * whose lease has run out and that another process has taken over changes nothing any more.
 */
export function createAnalysisStore(database: Database) {
  const { query } = database;
  return {
    async get(callId: string): Promise<CallAnalysis | undefined> {
      const [row] = await query("SELECT * FROM analyses WHERE call_id = $1", [callId]);
      return row && analysisOf(row);
    },
    /** Puts a call into the queue that has not been there; nothing for one that was erased. */
    enqueue: (callId: string, now: number): Promise<void> =>
      database.batch([insertOfCall("analyses", callId, newRow(now), "(call_id) DO NOTHING")]),
    /**
     * Begins another run, unless one is pending or the last one was begun by a request with the same
     * `requestKey`. Undefined for a call that does not exist.
     */
    again: (
      callId: string,
      { now, requestKey }: { readonly now: number; readonly requestKey?: string | undefined },
    ): Promise<AskedAgain | undefined> =>
      database.transaction(LOCK, async (query) => {
        const key = requestKey ?? null;
        const { sql, values } = insertOfCall(
          "analyses",
          callId,
          { ...newRow(now), request_key: key },
          "(call_id) DO NOTHING",
        );
        const [first] = await query(`${sql} RETURNING *`, values);
        if (first !== undefined) return { analysis: analysisOf(first), isNew: true };
        const [next] = await query(
          `UPDATE analyses SET state = 'pending', reason = NULL, run = run + 1, attempts = 0,
            due_at = $2, untold_since = NULL, request_key = $3
            WHERE call_id = $1 AND state <> 'pending'
            AND (request_key IS NULL OR request_key <> COALESCE($3, '')) RETURNING *`,
          [callId, Math.round(now), key],
        );
        if (next !== undefined) return { analysis: analysisOf(next), isNew: true };
        const [known] = await query("SELECT * FROM analyses WHERE call_id = $1", [callId]);
        return known && { analysis: analysisOf(known), isNew: false };
      }),
    /** Leases due calls; one that is neither ended nor postponed within `leaseMs` is due again. */
    claim: (
      now: number,
      { limit, leaseMs }: { readonly limit: number; readonly leaseMs: number },
    ): Promise<readonly AnalysisClaim[]> =>
      database.transaction(LOCK, async (query) => {
        const rows = await query(
          `UPDATE analyses SET attempts = attempts + 1, due_at = $2 WHERE call_id IN (
            SELECT call_id FROM analyses WHERE state = 'pending' AND due_at <= $1
            ORDER BY due_at, call_id LIMIT $3) RETURNING *`,
          [Math.round(now), Math.round(now + leaseMs), limit],
        );
        return rows.map(claimOf);
      }),
    /** Gives an attempt back that was broken off before it came to anything. */
    async release({ callId, run, attempts }: AnalysisClaim, now: number): Promise<void> {
      await query(
        `UPDATE analyses SET attempts = attempts - 1, due_at = $4 WHERE ${PENDING}`,
        [callId, run, attempts, Math.round(now)],
      );
    },
    /** Has a failed attempt followed by another one. */
    postpone: (
      { callId, run, attempts }: AnalysisClaim,
      { reason, dueAt, spent }: {
        readonly reason: string;
        readonly dueAt: number;
        readonly spent?: AnalysisSpent | undefined;
      },
    ): Promise<void> =>
      database.transaction(LOCK, async (query) => {
        await query(
          `UPDATE analyses SET reason = $4, due_at = $5 WHERE ${PENDING}`,
          [callId, run, attempts, reason, Math.round(dueAt)],
        );
        await addSpent(query, callId, spent);
      }),
    /** Ends a run; false where it has ended otherwise or its call is gone. What was spent counts all the same. */
    finish: (
      claim: AnalysisClaim,
      end: AnalysisEnd,
      { now, spent }: { readonly now: number; readonly spent?: AnalysisSpent | undefined },
    ): Promise<boolean> =>
      database.transaction(LOCK, async (query) => {
        const { callId, run, attempts } = claim;
        const isDone = end.state === "done";
        const ended = await query(
          `UPDATE analyses SET state = $4, reason = $5, result = COALESCE($6, result),
            model = COALESCE($7, model), finished_at = $8, untold_since = $8
            WHERE ${PENDING} RETURNING call_id`,
          [
            ...[callId, run, attempts, end.state, isDone ? null : end.reason],
            isDone ? storableText(JSON.stringify(end.result)) : null,
            isDone && spent !== undefined ? storableText(spent.model) : null,
            Math.round(now),
          ],
        );
        await addSpent(query, callId, spent);
        if (ended.length === 0) return false;
        if (isDone) await replaceValues(query, callId, end.result, end.counted);
        return true;
      }),
    /** Runs that were over by `before` and of which nobody has been told, the oldest first. */
    async untold(before: number, limit: number): Promise<readonly AnalysisClaim[]> {
      const rows = await query(
        `SELECT * FROM analyses WHERE untold_since IS NOT NULL AND untold_since <= $1
          ORDER BY untold_since, call_id LIMIT $2`,
        [Math.round(before), limit],
      );
      return rows.map(claimOf);
    },
    async markTold({ callId, run }: Pick<AnalysisClaim, "callId" | "run">): Promise<void> {
      await query("UPDATE analyses SET untold_since = NULL WHERE call_id = $1 AND run = $2", [
        ...[callId, run],
      ]);
    },
    /** When the next call is due; undefined where none waits. */
    async nextDue(): Promise<number | undefined> {
      const [row] = await query(
        "SELECT due_at FROM analyses WHERE state = 'pending' ORDER BY due_at LIMIT 1",
      );
      return row && numberOf(row, "due_at");
    },
  };
}

function newRow(now: number) {
  const at = Math.round(now);
  return { state: "pending", run: 1, attempts: 0, due_at: at, created_at: at };
}

/** Also in the call's cost. */
async function addSpent(
  query: Query,
  callId: string,
  spent: AnalysisSpent | undefined,
): Promise<void> {
  if (spent === undefined) return;
  const { inputTokens, outputTokens, usd } = spent;
  await query(
    `UPDATE analyses SET input_tokens = input_tokens + $2, output_tokens = output_tokens + $3
      WHERE call_id = $1`,
    [callId, Math.round(inputTokens), Math.round(outputTokens)],
  );
  await query(
    usd === null
      ? "UPDATE calls SET analysis_unpriced = 1 WHERE id = $1"
      : "UPDATE calls SET analysis_usd = COALESCE(analysis_usd, 0) + $2 WHERE id = $1",
    usd === null ? [callId] : [callId, usd],
  );
}

async function replaceValues(
  query: Query,
  callId: string,
  { fields, success, passed }: AnalysisResult,
  counted: ReadonlySet<string>,
): Promise<void> {
  await query("UPDATE calls SET analysis_passed = $2 WHERE id = $1", [
    ...[callId, passed === null ? null : Number(passed)],
  ]);
  await query("DELETE FROM analysis_values WHERE call_id = $1", [callId]);
  const rows = [
    ...Object.entries(fields).flatMap(([name, { value }]) =>
      value === null ? [] : [["field", name, valueKey(value), counted.has(name) ? 1 : 0] as const]
    ),
    ...Object.entries(success).map(([name, { result }]) =>
      ["criterion", name, result as string, 1] as const
    ),
  ];
  for (const row of rows) {
    await query(
      `INSERT INTO analysis_values (call_id, kind, name, value, counted)
        VALUES ($1, $2, $3, $4, $5)`,
      [callId, ...row],
    );
  }
}
