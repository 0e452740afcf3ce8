import { type AdmittedCall, recordAndEnqueue, type WaitingCall } from "./admittedCall.ts";
import type { Database, Query, Row } from "../database.ts";
import { maybeNumber, numberOf, onlyRow, readableJson, textOf } from "../row.ts";
import { present } from "../../../utils/present.ts";

/** A call in the dial queue. */
export interface QueuedCall extends WaitingCall {
  readonly callId: string;
  /** When it was claimed to be dialled; absent while it waits. */
  readonly claimedAt?: number;
}

/** Calls that this process dials now. */
export interface ClaimedCalls {
  readonly calls: readonly QueuedCall[];
  /** When to claim again; absent while nothing waits. */
  readonly nextAt?: number;
}

/** How many calls per second may be dialled from one number. */
export interface DialPace {
  readonly perSecond?: number;
}

/** Clocks differ by less: a pace further ahead was written by a wrong clock, and is ignored. */
const MAX_SKEW_MS = 60_000;

export type DialQueue = ReturnType<typeof createDialQueue>;

/** Calls to be placed, in the order of their requests; they outlive the process. */
export function createDialQueue(database: Database) {
  const { query } = database;

  /** Undefined for a call that does not wait. */
  async function position(callId: string): Promise<number | undefined> {
    const counted = await query(
      `SELECT COUNT(*) AS position FROM dial_queue AS other JOIN dial_queue AS own
        ON own.call_id = $1 AND other.from_number = own.from_number
        WHERE own.claimed_at IS NULL AND other.claimed_at IS NULL
        AND (other.enqueued_at, other.call_id) <= (own.enqueued_at, own.call_id)`,
      [callId],
    );
    return numberOf(onlyRow(counted), "position") || undefined;
  }

  return {
    /**
     * Records a call and queues it, in one step. With a pace, a call that need not wait is claimed in the
     * same step: no other call of its number is due, the pace allows it, and no process is at the queue
     * just now. Otherwise resolves with its position among the waiting calls of its number, from 1.
     */
    async admit(admitted: AdmittedCall, now: number, pace?: DialPace): Promise<number | "claimed"> {
      const { call: { id }, waiting: { from } } = admitted;
      // Does not wait for the lock: a process that is stuck with it must not keep others from admitting.
      const isClaimed = await database.tryTransaction("dial", async (query, isAlone) => {
        await recordAndEnqueue(query, admitted, now);
        if (pace === undefined || !isAlone || !await claimAtOnce(query, id, now, pace)) {
          return false;
        }
        await setPace(query, from, now + gapOf(pace));
        return true;
      });
      if (isClaimed) return "claimed";
      // The call is queued, also where its position cannot be read.
      return await position(id).catch(() => undefined) ?? 1;
    },
    /**
     * The same for a call that tries another one again: that one leaves the queue in the same step, and its
     * batch has this one in its place. No call is admitted where the earlier one has been erased.
     */
    admitAgain(admitted: AdmittedCall, now: number, triedBefore: string): Promise<void> {
      return database.transaction("dial", async (query) => {
        const deleted = await query(
          `DELETE FROM dial_queue WHERE call_id = $1 RETURNING (
            SELECT COUNT(*) FROM erased_calls WHERE erased_calls.call_id = $1) AS erased`,
          [triedBefore],
        );
        // It has been erased, or tried again already.
        if (deleted[0] === undefined || numberOf(deleted[0], "erased") > 0) return;
        await recordAndEnqueue(query, admitted, now);
        await query(
          `UPDATE batch_items SET state = 'placing', call_id = $2
            WHERE call_id = $1 AND state IN ('placing', 'placed')`,
          [triedBefore, admitted.call.id],
        );
      });
    },
    /** Claims the calls that are due: at most one per number, and not before its pace allows. */
    claim(now: number, pace: DialPace = {}): Promise<ClaimedCalls> {
      return database.transaction("dial", async (query) => {
        const calls: QueuedCall[] = [];
        const turns: number[] = [];
        for (const { from, turnAt } of await turnsOf(query, now, pace)) {
          const call = turnAt > now ? undefined : await claimNext(query, from, now);
          turns.push(call === undefined ? turnAt : now + gapOf(pace));
          if (call === undefined) continue;
          calls.push(call);
          await setPace(query, from, now + gapOf(pace));
        }
        const waiting = await query(
          "SELECT call_id FROM dial_queue WHERE claimed_at IS NULL LIMIT 1",
        );
        return waiting.length === 0 ? { calls } : { calls, nextAt: Math.ceil(Math.min(...turns)) };
      });
    },
    /** What is kept of a call until it is removed, claimed or waiting. */
    async find(callId: string): Promise<QueuedCall | undefined> {
      const [row] = await query("SELECT * FROM dial_queue WHERE call_id = $1", [callId]);
      return row && queuedOf(row);
    },
    /** Puts a claimed call back: it waits again, and is not due before `dueAt`. */
    async postpone(callId: string, dueAt: number): Promise<void> {
      await query(
        "UPDATE dial_queue SET claimed_at = NULL, due_at = $2 WHERE call_id = $1",
        [callId, Math.round(dueAt)],
      );
    },
    position,
    /**
     * Cancels a waiting call, with its record and its batch item. False if it has been claimed, or was not
     * there.
     */
    withdraw(callId: string): Promise<boolean> {
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
    /** For a call that is over. False if it was not there. */
    async remove(callId: string): Promise<boolean> {
      const removed = await query(
        "DELETE FROM dial_queue WHERE call_id = $1 RETURNING call_id",
        [callId],
      );
      return removed.length > 0;
    },
    /** Calls claimed before a time and never removed: whether they were placed is not known. */
    async overdue(claimedBefore: number): Promise<readonly QueuedCall[]> {
      const rows = await query(
        "SELECT * FROM dial_queue WHERE claimed_at < $1 ORDER BY claimed_at LIMIT 1000",
        [Math.round(claimedBefore)],
      );
      return rows.map(queuedOf);
    },
  };
}

/** The numbers that calls wait for, each with the time at which it may dial next. */
async function turnsOf(
  query: Query,
  now: number,
  pace: DialPace,
): Promise<readonly { readonly from: string; readonly turnAt: number }[]> {
  const numbers = await query(
    `SELECT dial_queue.from_number, MIN(due_at) AS due_at,
      COALESCE(MIN(next_at), 0) AS next_at
      FROM dial_queue LEFT JOIN dial_pace
        ON dial_pace.from_number = dial_queue.from_number
      WHERE claimed_at IS NULL GROUP BY dial_queue.from_number`,
  );
  return numbers.map((row) => {
    const nextAt = numberOf(row, "next_at");
    const isCredible = nextAt <= now + gapOf(pace) + MAX_SKEW_MS;
    return {
      from: textOf(row, "from_number"),
      turnAt: Math.max(numberOf(row, "due_at"), isCredible ? nextAt : 0),
    };
  });
}

/** Claims the first of a number's calls that are due. */
async function claimNext(
  query: Query,
  from: string,
  now: number,
): Promise<QueuedCall | undefined> {
  const [claimed] = await query(
    `UPDATE dial_queue SET claimed_at = $2 WHERE call_id = (
      SELECT call_id FROM dial_queue
      WHERE from_number = $1 AND claimed_at IS NULL AND due_at <= $2
      ORDER BY enqueued_at, call_id LIMIT 1) RETURNING *`,
    [from, Math.round(now)],
  );
  return claimed && queuedOf(claimed);
}

function gapOf({ perSecond = 1 }: DialPace): number {
  return 1000 / perSecond;
}

/** Leaves the turn to calls of the same number that are due already: they were requested earlier. */
async function claimAtOnce(
  query: Query,
  callId: string,
  now: number,
  pace: DialPace,
): Promise<boolean> {
  const claimed = await query(
    `UPDATE dial_queue SET claimed_at = $2 WHERE call_id = $1 AND claimed_at IS NULL
      AND due_at <= $2
      AND NOT EXISTS (SELECT 1 FROM dial_queue AS other
        WHERE other.from_number = dial_queue.from_number AND other.call_id <> $1
        AND other.claimed_at IS NULL AND other.due_at <= $2)
      AND NOT EXISTS (SELECT 1 FROM dial_pace
        WHERE dial_pace.from_number = dial_queue.from_number AND next_at > $2 AND next_at <= $3)
      RETURNING call_id`,
    [callId, Math.round(now), Math.floor(now + gapOf(pace) + MAX_SKEW_MS)],
  );
  return claimed.length > 0;
}

async function setPace(query: Query, from: string, nextAt: number): Promise<void> {
  await query(
    `INSERT INTO dial_pace (from_number, next_at) VALUES ($1, $2)
      ON CONFLICT (from_number) DO UPDATE SET next_at = excluded.next_at`,
    [from, Math.ceil(nextAt)],
  );
}

function queuedOf(row: Row): QueuedCall {
  return {
    callId: textOf(row, "call_id"),
    from: textOf(row, "from_number"),
    dueAt: numberOf(row, "due_at"),
    payload: readableJson(row, "payload"),
    ...present({ claimedAt: maybeNumber(row, "claimed_at") }),
  };
}
