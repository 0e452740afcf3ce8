import type { NewCall } from "../calls/callRecord.ts";
import { statementsFor } from "../calls/callWrites.ts";
import type { Query } from "../database.ts";

/** A call as it waits in the dial queue. */
export interface WaitingCall {
  /** The number to call from: each has a pace of its own. */
  readonly from: string;
  /** Not before then, in milliseconds since 1970. */
  readonly dueAt: number;
  /** As JSON can hold it. */
  readonly payload: unknown;
}

/** A call that is to be placed. */
export interface AdmittedCall {
  readonly call: NewCall;
  readonly waiting: WaitingCall;
}

/**
 * Records a call and queues it, both or neither. A call that is recorded already is, or has been, in the
 * queue: it is not queued a second time.
 */
export async function recordAndEnqueue(
  query: Query,
  { call, waiting: { from, dueAt, payload } }: AdmittedCall,
  now: number,
): Promise<void> {
  await query(
    `INSERT INTO dial_queue (call_id, from_number, due_at, enqueued_at, payload)
      SELECT $1, $2, CAST($3 AS BIGINT), CAST($4 AS BIGINT), $5
      WHERE NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = $1)
      ON CONFLICT (call_id) DO NOTHING`,
    [call.id, from, Math.round(dueAt), Math.round(now), JSON.stringify(payload)],
  );
  const statements = statementsFor({ type: "opened", callId: call.id, call });
  for (const { sql, values } of statements) await query(sql, values);
}
