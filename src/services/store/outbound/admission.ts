import type { NewCall } from "../calls/callRecord.ts";
import { statementsFor } from "../calls/callWrites.ts";
import type { Statement } from "../database.ts";

/** What it takes to place a call, as it waits in the dial queue. */
export interface WaitingCall {
  /** The number it will be placed from: each has its own pace. */
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
 * Writes a call down and gives it its place in the dial queue, both or nothing. A call that is written
 * down already has, or has had, its place: it gets no second one.
 */
export function admissionStatements(
  { call, waiting: { from, dueAt, payload } }: AdmittedCall,
  now: number,
): readonly Statement[] {
  return [
    {
      sql: `INSERT INTO dial_queue (call_id, from_number, due_at, enqueued_at, payload)
        SELECT $1, $2, CAST($3 AS BIGINT), CAST($4 AS BIGINT), $5
        WHERE NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = $1)
        ON CONFLICT (call_id) DO NOTHING`,
      values: [call.id, from, Math.round(dueAt), Math.round(now), JSON.stringify(payload)],
    },
    ...statementsFor({ type: "opened", callId: call.id, call }),
  ];
}
