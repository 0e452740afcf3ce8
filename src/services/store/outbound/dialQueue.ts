import { admissionStatements, type AdmittedCall, type WaitingCall } from "./admission.ts";
import type { Database, Row } from "../database.ts";
import { maybeNumber, numberOf, readableJson, textOf } from "../row.ts";
import { present } from "../../../utils/present.ts";

/** A call that waits for its turn to be placed. */
export interface QueuedCall extends WaitingCall {
  readonly callId: string;
  /** When its turn came; absent while it waits. */
  readonly takenAt?: number;
}

export interface ClaimedCalls {
  readonly calls: readonly QueuedCall[];
  /** When to ask again; absent while nothing waits. */
  readonly nextAt?: number;
}

/** Calls to be placed, in the order they were asked for; they outlive the process. */
export interface DialQueue {
  /**
   * Writes a call down and puts it in the queue, in one step; gives its position among those of its
   * number, from 1.
   */
  admit(admitted: AdmittedCall, now: number): Promise<number>;
  /**
   * The same for a call that tries another one again: that one leaves the queue in the same step, and its
   * batch has this one in its place. Nothing is dialled again for somebody whose calls are erased.
   */
  admitAgain(admitted: AdmittedCall, now: number, triedBefore: string): Promise<void>;
  /** Takes the calls whose turn it is: at most one per number, and not before its pace allows. */
  claim(now: number, options?: { readonly perSecond?: number }): Promise<ClaimedCalls>;
  /** What is kept of a call until it is removed, whether it has been taken or still waits. */
  find(callId: string): Promise<QueuedCall | undefined>;
  /** Puts a call back that was taken: it waits again, and not before `dueAt` is it its turn. */
  postpone(callId: string, dueAt: number): Promise<void>;
  /** Nothing for a call that is not, or no more, waiting. */
  position(callId: string): Promise<number | undefined>;
  /** Once it has been placed, or is not wanted any more. False if it was not there. */
  remove(callId: string): Promise<boolean>;
  /**
   * Cancels a call, for its record and its batch too, as long as it has not been taken to be placed.
   * False if it was, or was not there.
   */
  withdraw(callId: string): Promise<boolean>;
  /** Calls that were taken before a time and never removed: whether they were placed is not known. */
  overdue(takenBefore: number): Promise<readonly QueuedCall[]>;
}

/** Clocks differ by less: a pace from further on is of one that was wrong, and nobody waits for that. */
const MAX_SKEW_MS = 60_000;

export function createDialQueue(database: Database): DialQueue {
  const { query } = database;

  async function position(callId: string): Promise<number | undefined> {
    const [row] = await query(
      `SELECT COUNT(*) AS position FROM dial_queue AS other JOIN dial_queue AS own
        ON own.call_id = $1 AND other.from_number = own.from_number
        WHERE own.claimed_at IS NULL AND other.claimed_at IS NULL
        AND (other.enqueued_at, other.call_id) <= (own.enqueued_at, own.call_id)`,
      [callId],
    );
    const counted = row === undefined ? 0 : numberOf(row, "position");
    return counted === 0 ? undefined : counted;
  }

  return {
    async admit(admitted, now) {
      await database.batch(admissionStatements(admitted, now));
      // The call waits; that its place cannot be told is no reason to say that it does not.
      return await position(admitted.call.id).catch(() => undefined) ?? 1;
    },
    admitAgain(admitted, now, triedBefore) {
      return database.transaction("dial", async (query) => {
        const taken = await query(
          `DELETE FROM dial_queue WHERE call_id = $1 RETURNING (
            SELECT COUNT(*) FROM erased_calls WHERE erased_calls.call_id = $1) AS erased`,
          [triedBefore],
        );
        // Erased meanwhile, or tried again already.
        if (taken[0] === undefined || numberOf(taken[0], "erased") > 0) return;
        for (const { sql, values } of admissionStatements(admitted, now)) await query(sql, values);
        await query(
          `UPDATE batch_items SET state = 'placing', call_id = $2
            WHERE call_id = $1 AND state IN ('placing', 'placed')`,
          [triedBefore, admitted.call.id],
        );
      });
    },
    claim(now, { perSecond = 1 } = {}) {
      const gapMs = 1000 / perSecond;
      const turnOf = (number: Row) => Math.max(numberOf(number, "due_at"), paceOf(number));
      const paceOf = (number: Row) => {
        const nextAt = numberOf(number, "next_at");
        return nextAt > now + gapMs + MAX_SKEW_MS ? 0 : nextAt;
      };
      return database.transaction("dial", async (query) => {
        const numbers = await query(
          `SELECT dial_queue.from_number, MIN(due_at) AS due_at,
            COALESCE(MIN(next_at), 0) AS next_at
            FROM dial_queue LEFT JOIN dial_pace
              ON dial_pace.from_number = dial_queue.from_number
            WHERE claimed_at IS NULL GROUP BY dial_queue.from_number`,
        );
        const calls: QueuedCall[] = [];
        for (const number of numbers) {
          if (turnOf(number) > now) continue;
          const from = textOf(number, "from_number");
          const [taken] = await query(
            `UPDATE dial_queue SET claimed_at = $2 WHERE call_id = (
              SELECT call_id FROM dial_queue
              WHERE from_number = $1 AND claimed_at IS NULL AND due_at <= $2
              ORDER BY enqueued_at, call_id LIMIT 1) RETURNING *`,
            [from, Math.round(now)],
          );
          if (taken === undefined) continue;
          calls.push(queuedOf(taken));
          await query(
            `INSERT INTO dial_pace (from_number, next_at) VALUES ($1, $2)
              ON CONFLICT (from_number) DO UPDATE SET next_at = excluded.next_at`,
            [from, Math.ceil(now + gapMs)],
          );
        }
        const taken = new Set(calls.map(({ from }) => from));
        const turns = numbers.map((number) =>
          taken.has(textOf(number, "from_number")) ? now + gapMs : turnOf(number)
        );
        const waiting = await query(
          "SELECT call_id FROM dial_queue WHERE claimed_at IS NULL LIMIT 1",
        );
        return waiting.length === 0 ? { calls } : { calls, nextAt: Math.ceil(Math.min(...turns)) };
      });
    },
    async find(callId) {
      const [row] = await query("SELECT * FROM dial_queue WHERE call_id = $1", [callId]);
      return row && queuedOf(row);
    },
    async postpone(callId, dueAt) {
      await query(
        "UPDATE dial_queue SET claimed_at = NULL, due_at = $2 WHERE call_id = $1",
        [callId, Math.round(dueAt)],
      );
    },
    position,
    withdraw(callId) {
      return database.transaction("dial", async (query) => {
        const removed = await query(
          "DELETE FROM dial_queue WHERE call_id = $1 AND claimed_at IS NULL RETURNING call_id",
          [callId],
        );
        if (removed.length === 0) return false;
        await query("UPDATE calls SET outcome = 'cancelled' WHERE id = $1 AND outcome IS NULL", [
          callId,
        ]);
        await query(
          `UPDATE batch_items SET state = 'cancelled', detail = 'cancelled'
            WHERE call_id = $1 AND state = 'placing'`,
          [callId],
        );
        return true;
      });
    },
    async remove(callId) {
      const removed = await query(
        "DELETE FROM dial_queue WHERE call_id = $1 RETURNING call_id",
        [callId],
      );
      return removed.length > 0;
    },
    async overdue(takenBefore) {
      const rows = await query(
        "SELECT * FROM dial_queue WHERE claimed_at < $1 ORDER BY claimed_at LIMIT 1000",
        [Math.round(takenBefore)],
      );
      return rows.map(queuedOf);
    },
  };
}

function queuedOf(row: Row): QueuedCall {
  return {
    callId: textOf(row, "call_id"),
    from: textOf(row, "from_number"),
    dueAt: numberOf(row, "due_at"),
    payload: readableJson(row, "payload"),
    ...present({ takenAt: maybeNumber(row, "claimed_at") }),
  };
}
