import type { Database } from "../database.ts";
import { choiceOf, maybeJson, maybeText, numberOf, textOf } from "../row.ts";
import { present } from "../../../utils/present.ts";
import { sha256 } from "../../../utils/sha256.ts";

/** The answer to a request. */
export interface StoredResponse {
  readonly status: number;
  readonly body: unknown;
}

/** A request that was made before under the same key. */
export type EarlierRequest =
  & { readonly bodyHash: string; readonly callId?: string }
  & (
    | { readonly state: "in_flight" }
    | { readonly state: "done"; readonly response: StoredResponse }
    /** Whether it had its effect is not known: it must not be repeated. */
    | { readonly state: "unknown" }
  );

/** An idempotency key: unique among the requests of one API key. */
export interface RequestKey {
  readonly keyName: string;
  readonly requestKey: string;
}

const LIFETIME_MS = 24 * 60 * 60_000;
/** Longer than any request may take: its process must have died. */
const IN_FLIGHT_MS = 120_000;

/** Remembers which requests have been made, so that none has its effect twice. */
export type IdempotencyStore = ReturnType<typeof createIdempotencyStore>;

/** Only digests of keys are kept: clients often choose a key that identifies a person. */
export function createIdempotencyStore({ query }: Database) {
  async function find(
    { keyName, requestKey }: RequestKey,
    now: number,
  ): Promise<EarlierRequest | undefined> {
    // Earlier versions kept the key itself.
    const [row] = await query(
      `SELECT * FROM idempotency_keys
        WHERE key_name = $1 AND request_key IN ($2, $3) AND expires_at > $4`,
      [keyName, sha256(requestKey).toHex(), requestKey, Math.round(now)],
    );
    if (row === undefined) return undefined;
    const known = {
      bodyHash: textOf(row, "body_hash"),
      ...present({ callId: maybeText(row, "call_id") }),
    };
    const state = choiceOf(row, "state", ["in_flight", "done", "unknown"]);
    if (state === "done") {
      return { ...known, state, response: responseOf(maybeJson(row, "response")) };
    }
    const overdue = now - numberOf(row, "reserved_at") >= IN_FLIGHT_MS;
    return { ...known, state: state === "unknown" || overdue ? "unknown" : "in_flight" };
  }

  async function set(
    { keyName, requestKey }: RequestKey,
    state: "done" | "unknown",
    response: StoredResponse | undefined,
  ): Promise<void> {
    await query(
      `UPDATE idempotency_keys SET state = $3, response = $4
        WHERE key_name = $1 AND request_key = $2`,
      [
        keyName,
        sha256(requestKey).toHex(),
        state,
        response === undefined ? null : JSON.stringify(response),
      ],
    );
  }

  return {
    /** Reserves the key for this request, or resolves with the earlier one that has it. */
    async reserve(
      { keyName, requestKey, bodyHash, callId }: RequestKey & {
        readonly bodyHash: string;
        readonly callId?: string;
      },
      now: number,
    ): Promise<{ readonly state: "reserved" } | EarlierRequest> {
      const digest = sha256(requestKey).toHex();
      for (;;) {
        const reserved = await query(
          `INSERT INTO idempotency_keys
            (key_name, request_key, body_hash, state, call_id, reserved_at, expires_at)
            SELECT $1, $2, $3, 'in_flight', $4, CAST($5 AS BIGINT), CAST($6 AS BIGINT)
            WHERE NOT EXISTS (SELECT 1 FROM idempotency_keys
              WHERE key_name = $1 AND request_key = $7 AND expires_at > $5)
            ON CONFLICT (key_name, request_key) DO UPDATE SET body_hash = excluded.body_hash,
              state = excluded.state, response = NULL, call_id = excluded.call_id,
              reserved_at = excluded.reserved_at, expires_at = excluded.expires_at
            WHERE idempotency_keys.expires_at <= excluded.reserved_at
            RETURNING request_key`,
          [
            keyName,
            digest,
            bodyHash,
            callId ?? null,
            Math.round(now),
            Math.round(now + LIFETIME_MS),
            requestKey,
          ],
        );
        if (reserved.length > 0) return { state: "reserved" };
        const earlier = await find({ keyName, requestKey }, now);
        // Otherwise it was released in between.
        if (earlier !== undefined) return earlier;
      }
    },
    find,
    complete: (key: RequestKey, response: StoredResponse): Promise<void> =>
      set(key, "done", response),
    markUnknown: (key: RequestKey): Promise<void> => set(key, "unknown", undefined),
    /** Frees the key after a request that certainly had no effect. */
    async release({ keyName, requestKey }: RequestKey): Promise<void> {
      await query(
        `DELETE FROM idempotency_keys
          WHERE key_name = $1 AND request_key = $2 AND state = 'in_flight'`,
        [keyName, sha256(requestKey).toHex()],
      );
    },
  };
}

function responseOf(value: unknown): StoredResponse {
  if (
    typeof value !== "object" || value === null || !("status" in value) || !("body" in value) ||
    typeof value.status !== "number"
  ) {
    throw new Error("Cannot read a stored response: it has no status and body");
  }
  return { status: value.status, body: value.body };
}
