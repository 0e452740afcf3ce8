import { noteEvent } from "./batchEvents.ts";
import { type BatchHead, type BatchItemState, batchOf, type PauseReason } from "./batchRow.ts";
import type { Database, Query } from "../database.ts";
import { maybeNumber, maybeText, numberOf, onlyRow } from "../row.ts";

/** How an item ended; none of these states changes any more. */
export interface BatchItemEnd {
  readonly state: Extract<BatchItemState, "ended" | "refused" | "cancelled" | "expired">;
  readonly detail: string;
}

/** What is known of a call of a batch when it is over. */
export interface BatchCallEnd {
  readonly at: number;
  /** Absent where the call was never dialled, or nobody knows. */
  readonly outcome?: string | undefined;
  readonly detail?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly usd?: number | undefined;
  /** Counts towards the share of failures that pauses the batch. */
  readonly isFailure: boolean;
}

/** When a batch pauses by itself. */
export interface BatchBreaker {
  /** Of its latest calls, from 0 to 1. */
  readonly failureShare: number;
  readonly ofLast: number;
  readonly usd: number;
}

/** The batch of a call, and how the calls of its item have ended before. */
export interface BatchAttempts {
  readonly batch: BatchHead;
  readonly outcomes: readonly string[];
  /** When each of them was queued, the present one included. */
  readonly triedAt: readonly number[];
}

/** What follows the end of a call of a batch. */
export function createBatchEnds(database: Database) {
  return {
    /** Twilio has the call of an item. */
    async markPlaced(callId: string, at?: number): Promise<void> {
      // It may have ended already.
      await database.query(
        "UPDATE batch_items SET state = 'placed' WHERE call_id = $1 AND state = 'placing'",
        [callId],
      );
      if (at === undefined) return;
      await database.query(
        "UPDATE batch_calls SET placed_at = COALESCE(placed_at, $2) WHERE call_id = $1",
        [callId, Math.round(at)],
      );
    },
    /** The call of an item is over, and is not tried again. */
    async markEnded(callId: string, { state, detail }: BatchItemEnd): Promise<void> {
      await database.query(
        `UPDATE batch_items SET state = $2, detail = $3
          WHERE call_id = $1 AND state IN ('placing', 'placed')`,
        [callId, state, detail],
      );
    },
    /** Undefined for a call of no batch. */
    async attemptsOf(callId: string): Promise<BatchAttempts | undefined> {
      const [row] = await database.query(
        `SELECT batches.*, item FROM batch_items JOIN batches ON batches.id = batch_items.batch_id
          WHERE call_id = $1`,
        [callId],
      );
      if (row === undefined) return undefined;
      const batch = batchOf(row);
      const calls = await database.query(
        `SELECT call_id, outcome, queued_at FROM batch_calls WHERE batch_id = $1 AND item = $2
          ORDER BY attempt`,
        [batch.id, numberOf(row, "item")],
      );
      return {
        batch,
        outcomes: calls.filter((call) => maybeText(call, "call_id") !== callId)
          .flatMap((call) => maybeText(call, "outcome") ?? []),
        triedAt: calls.map((call) => numberOf(call, "queued_at")),
      };
    },
    /**
     * Notes the end of a call, with that of its item or the time at which the item is dialled again, unless
     * the batch has been cancelled; pauses the batch where it has reached a bound of its breaker. Repeating it
     * changes nothing.
     */
    endCall: (
      callId: string,
      end: BatchCallEnd,
      next: BatchItemEnd | { readonly retryAt: number },
      breaker?: BatchBreaker,
    ): Promise<void> =>
      database.transaction("batches", async (query) => {
        const ended = await query(
          `UPDATE batch_calls SET ended_at = $2, outcome = $3, detail = $4, duration_ms = $5,
            usd = $6, failed = $7 WHERE call_id = $1 AND ended_at IS NULL RETURNING batch_id`,
          [
            callId,
            Math.round(end.at),
            end.outcome ?? null,
            end.detail ?? null,
            end.durationMs === undefined ? null : Math.round(end.durationMs),
            end.usd ?? null,
            end.isFailure ? 1 : 0,
          ],
        );
        const retry = "retryAt" in next;
        await query(
          `UPDATE batch_items SET state = $2, detail = $3, due_at = $4
            WHERE call_id = $1 AND state IN ('placing', 'placed')`,
          retry
            ? [callId, "pending", end.outcome ?? null, Math.round(next.retryAt)]
            : [callId, next.state, next.detail, 0],
        );
        // The batch may have been cancelled since it was asked for.
        if (retry) {
          await query(
            `UPDATE batch_items SET state = 'ended', due_at = 0 WHERE call_id = $1
              AND state = 'pending' AND EXISTS (SELECT 1 FROM batches
                WHERE batches.id = batch_items.batch_id AND batches.cancelled_at IS NOT NULL)`,
            [callId],
          );
        }
        const batchId = ended[0] && maybeText(ended[0], "batch_id");
        if (batchId === undefined || breaker === undefined) return;
        const reason = await brokenBy(query, batchId, breaker);
        if (reason !== undefined) await pauseIn(query, batchId, reason, end.at);
      }),
  };
}

/** Pauses a batch that runs; false where it does not. */
export async function pauseIn(
  query: Query,
  batchId: string,
  reason: PauseReason,
  now: number,
): Promise<boolean> {
  const paused = await query(
    `UPDATE batches SET state = 'paused', pause_reason = $2
      WHERE id = $1 AND state = 'running' AND done_at IS NULL RETURNING id`,
    [batchId, reason],
  );
  if (paused.length > 0) await noteEvent(query, { batchId, type: "paused", at: now, reason });
  return paused.length > 0;
}

async function brokenBy(
  query: Query,
  batchId: string,
  { failureShare, ofLast, usd }: BatchBreaker,
): Promise<PauseReason | undefined> {
  if (await spentIn(query, batchId) >= usd) return "spend";
  const [counted] = await query(
    `SELECT COUNT(*) AS calls, SUM(failed) AS failures FROM (
      SELECT failed FROM batch_calls JOIN batches ON batches.id = batch_calls.batch_id
      WHERE batch_id = $1 AND ended_at IS NOT NULL AND ended_at >= counted_from
      ORDER BY ended_at DESC, call_id DESC LIMIT $2) AS latest`,
    [batchId, ofLast],
  );
  const row = counted ?? {};
  const [calls, failures] = [numberOf(row, "calls"), maybeNumber(row, "failures") ?? 0];
  return calls >= ofLast && failures / calls >= failureShare ? "failures" : undefined;
}

/** What the calls of a batch have cost that are over, in dollars. */
async function spentIn(query: Query, batchId: string): Promise<number> {
  const rows = await query("SELECT SUM(usd) AS usd FROM batch_calls WHERE batch_id = $1", [
    batchId,
  ]);
  return maybeNumber(onlyRow(rows), "usd") ?? 0;
}
