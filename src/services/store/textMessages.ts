import type { CallPosition } from "./calls/callList.ts";
import { storableText, toInteger } from "./columns.ts";
import type { Database, Query, Row, SqlValue } from "./database.ts";
import { choiceOf, maybeNumber, maybeText, numberOf, onlyRow, textOf } from "./row.ts";
import { present } from "../../utils/present.ts";

/**
 * How far a message has come, in the order in which that can go: `unknown` where the carrier did not say
 * whether it took the message. The last three are final.
 */
export const textStatuses = [
  "unknown",
  "queued",
  "sent",
  "delivered",
  "undelivered",
  "failed",
] as const;
export type TextStatus = (typeof textStatuses)[number];

/** A text message that an agent has sent; times are milliseconds since 1970. */
export interface TextMessage {
  readonly id: string;
  readonly callId: string;
  readonly agent: string;
  readonly to: string;
  readonly text: string;
  readonly status: TextStatus;
  /** The carrier's, where it was not delivered. */
  readonly errorCode?: number;
  readonly sid?: string;
  readonly sentAt: number;
  readonly changedAt: number;
}

export interface TextChange {
  readonly status: TextStatus;
  readonly sid?: string | undefined;
  readonly errorCode?: number | undefined;
}

export type TextMessageStore = ReturnType<typeof createTextMessageStore>;

/** Table `text_messages`; each is erased with its call. */
export function createTextMessageStore(database: Database) {
  const { query } = database;

  async function countOf(callId: string, query: Query): Promise<number> {
    const counted = await query(
      "SELECT COUNT(*) AS messages FROM text_messages WHERE call_id = $1",
      [callId],
    );
    return numberOf(onlyRow(counted), "messages");
  }

  return {
    /** Those of one call wait for each other, so that it never has more than `maxPerCall`. */
    add: (
      message: TextMessage,
      maxPerCall: number,
    ): Promise<"added" | "too_many" | "call_is_erased"> =>
      database.transaction(`text_messages:${message.callId}`, async (query) => {
        const { id, callId, agent, to, text, status, sentAt } = message;
        if (await countOf(callId, query) >= maxPerCall) return "too_many";
        const added = await query(
          `INSERT INTO text_messages (id, call_id, agent, to_number, text, status, sent_at, changed_at)
          SELECT $1, $2, $3, $4, $5, $6, CAST($7 AS BIGINT), CAST($7 AS BIGINT)
          WHERE NOT EXISTS (SELECT 1 FROM erased_calls WHERE call_id = $2) RETURNING id`,
          [id, callId, agent, to, storableText(text), status, toInteger(sentAt)],
        );
        return added.length > 0 ? "added" : "call_is_erased";
      }),
    /** Takes a step forward, never back: reports of the carrier come in any order. */
    async change(
      id: string,
      { status, sid, errorCode }: TextChange,
      at: number,
    ): Promise<TextMessage | undefined> {
      const earlier = textStatuses.slice(0, Math.min(textStatuses.indexOf(status), FIRST_FINAL));
      const marks = earlier.map((_, at) => `$${at + 6}`).join(", ");
      const [row] = await query(
        `UPDATE text_messages SET status = $2, sid = COALESCE(sid, $3),
            error_code = COALESCE(CAST($4 AS BIGINT), error_code), changed_at = CAST($5 AS BIGINT)
          WHERE id = $1 AND status IN (${marks === "" ? "''" : marks}) RETURNING *`,
        [id, status, sid ?? null, errorCode ?? null, toInteger(at), ...earlier],
      );
      return row && textMessageOf(row);
    },
    /** The newest first, those before `after`. */
    async list(
      { callId, agent }: { readonly callId?: string; readonly agent?: string },
      { limit, after }: { readonly limit: number; readonly after?: CallPosition },
    ): Promise<readonly TextMessage[]> {
      const values: SqlValue[] = [];
      const bind = (value: SqlValue): string => `$${values.push(value)}`;
      const parts = ["1 = 1"];
      if (callId !== undefined) parts.push(`call_id = ${bind(callId)}`);
      if (agent !== undefined) parts.push(`agent = ${bind(agent)}`);
      if (after !== undefined) {
        parts.push(`(sent_at, id) < (${bind(after.startedAt)}, ${bind(after.id)})`);
      }
      const rows = await query(
        `SELECT * FROM text_messages WHERE ${parts.join(" AND ")}
          ORDER BY sent_at DESC, id DESC LIMIT ${bind(limit)}`,
        values,
      );
      return rows.map(textMessageOf);
    },
    countOf: (callId: string): Promise<number> => countOf(callId, query),
  };
}

const FIRST_FINAL = textStatuses.indexOf("delivered");

function textMessageOf(row: Row): TextMessage {
  return {
    id: textOf(row, "id"),
    callId: textOf(row, "call_id"),
    agent: textOf(row, "agent"),
    to: textOf(row, "to_number"),
    text: textOf(row, "text"),
    status: choiceOf(row, "status", textStatuses),
    sentAt: numberOf(row, "sent_at"),
    changedAt: numberOf(row, "changed_at"),
    ...present({ errorCode: maybeNumber(row, "error_code"), sid: maybeText(row, "sid") }),
  };
}
