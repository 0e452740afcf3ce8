import type { CallPosition } from "./calls/callList.ts";
import { storableText, toInteger } from "./columns.ts";
import type { Database, Row, SqlValue } from "./database.ts";
import { choiceOf, maybeNumber, maybeText, numberOf, onlyRow, textOf } from "./row.ts";
import { present } from "../../utils/present.ts";

/** How a message was left: spoken after a tone, or told to an agent who took it down. */
export const messageKinds = ["voicemail", "note"] as const;
export type MessageKind = (typeof messageKinds)[number];

/** Something that a caller has left for the people behind an agent; times are milliseconds since 1970. */
export interface Message {
  readonly id: string;
  readonly callId: string;
  readonly agent: string;
  /** The caller's number, where it was not withheld. */
  readonly from?: string;
  readonly at: number;
  readonly kind: MessageKind;
  readonly text?: string;
  /** Kept by the carrier, who asks for the account's credentials. */
  readonly recording?: MessageRecording;
  /** When somebody marked it as done. */
  readonly doneAt?: number;
}

export interface MessageRecording {
  readonly sid: string;
  readonly url: string;
  readonly durationMs: number;
}

/** Selects messages by all members that are present. */
export interface MessageFilter {
  readonly kind?: MessageKind;
  readonly agent?: string;
  readonly done?: boolean;
  readonly callId?: string;
}

export type MessageStore = ReturnType<typeof createMessageStore>;

/** Messages of callers. Table `messages`; each is erased with its call. */
export function createMessageStore({ query }: Database) {
  return {
    /** False where a message of this id is there already, or its call is erased or about to be. */
    async add(message: Message): Promise<boolean> {
      const { id, callId, agent, from, at, kind, text, recording } = message;
      const added = await query(
        `INSERT INTO messages (id, call_id, agent, from_number, taken_at, kind, text,
            recording_sid, recording_url, recording_ms)
          SELECT $1, $2, $3, $4, CAST($5 AS BIGINT), $6, $7, $8, $9, CAST($10 AS BIGINT)
          WHERE NOT EXISTS (SELECT 1 FROM erased_calls WHERE call_id = $2)
          ON CONFLICT (id) DO NOTHING RETURNING id`,
        [
          id,
          callId,
          agent,
          from ?? null,
          toInteger(at),
          kind,
          text === undefined ? null : storableText(text),
          recording?.sid ?? null,
          recording?.url ?? null,
          recording === undefined ? null : toInteger(recording.durationMs),
        ],
      );
      return added.length > 0;
    },
    async get(id: string): Promise<Message | undefined> {
      const [row] = await query("SELECT * FROM messages WHERE id = $1", [id]);
      return row && messageOf(row);
    },
    /** The newest first, those before `after`. */
    async list(
      { kind, agent, done, callId }: MessageFilter,
      { limit, after }: { readonly limit: number; readonly after?: CallPosition },
    ): Promise<readonly Message[]> {
      const values: SqlValue[] = [];
      const bind = (value: SqlValue): string => `$${values.push(value)}`;
      const parts = ["1 = 1"];
      if (kind !== undefined) parts.push(`kind = ${bind(kind)}`);
      if (agent !== undefined) parts.push(`agent = ${bind(agent)}`);
      if (callId !== undefined) parts.push(`call_id = ${bind(callId)}`);
      if (done !== undefined) parts.push(`done_at IS ${done ? "NOT NULL" : "NULL"}`);
      if (after !== undefined) {
        parts.push(`(taken_at, id) < (${bind(after.startedAt)}, ${bind(after.id)})`);
      }
      const rows = await query(
        `SELECT * FROM messages WHERE ${parts.join(" AND ")}
          ORDER BY taken_at DESC, id DESC LIMIT ${bind(limit)}`,
        values,
      );
      return rows.map(messageOf);
    },
    /** How many a number has left at that time or later. */
    async countFrom(number: string, since: number): Promise<number> {
      const counted = await query(
        "SELECT COUNT(*) AS messages FROM messages WHERE from_number = $1 AND taken_at >= $2",
        [number, toInteger(since)],
      );
      return numberOf(onlyRow(counted), "messages");
    },
    /** Marks a message as done at a time, or as not done; the first time stays. False where there is none. */
    async setDone(id: string, doneAt: number | undefined): Promise<boolean> {
      const changed = await query(
        doneAt === undefined
          ? "UPDATE messages SET done_at = NULL WHERE id = $1 RETURNING id"
          : "UPDATE messages SET done_at = COALESCE(done_at, CAST($2 AS BIGINT)) WHERE id = $1 RETURNING id",
        doneAt === undefined ? [id] : [id, toInteger(doneAt)],
      );
      return changed.length > 0;
    },
    /** False where there was none. */
    async remove(id: string): Promise<boolean> {
      return (await query("DELETE FROM messages WHERE id = $1 RETURNING id", [id])).length > 0;
    },
  };
}

function messageOf(row: Row): Message {
  const sid = maybeText(row, "recording_sid");
  return {
    id: textOf(row, "id"),
    callId: textOf(row, "call_id"),
    agent: textOf(row, "agent"),
    at: numberOf(row, "taken_at"),
    kind: choiceOf(row, "kind", messageKinds),
    ...present({
      from: maybeText(row, "from_number"),
      text: maybeText(row, "text"),
      doneAt: maybeNumber(row, "done_at"),
      recording: sid === undefined ? undefined : {
        sid,
        url: textOf(row, "recording_url"),
        durationMs: numberOf(row, "recording_ms"),
      },
    }),
  };
}
