import { pruneByAge, pruneByNumber, type PrunedEntries } from "./auditPruning.ts";
import type { DeletionProgress } from "./chunkedDeletion.ts";
import type { CallPosition } from "./calls/callList.ts";
import { toInteger } from "./columns.ts";
import type { Database, Row, SqlValue } from "./database.ts";
import { choiceOf, maybeNumber, maybeText, numberOf, readable, textOf } from "./row.ts";
import { present } from "../../utils/present.ts";

/** What people do that is written down. */
export const auditActions = [
  "call.listen",
  "call.hangup",
  "call.say",
  "call.whisper",
  "call.transfer",
  "call.cancel_transfer",
  "call.leave_conversation",
  "call.interrupt",
  "call.text",
  "call.recording",
  "call.act",
  "call.tag",
  "call.untag",
  "call.analyze",
  "call.place",
  "call.cancel",
  "call.erase",
  "caller.erase",
  "batch.create",
  "batch.change",
  "batch.pause",
  "batch.resume",
  "batch.cancel",
  "batch.export",
  "calls.export",
  "recording.read",
  "recording.remove",
  "journal.read",
  "journal.replay",
  "message.change",
  "message.remove",
  "appointment.enter",
  "appointment.cancel",
  "agent.save",
  "agent.restore",
  "tool.try",
  "webhook.test",
  "webhook.resend",
  "key.revoke",
  "session.begin",
  "session.end",
  "session.revoke",
  "do_not_call.add",
  "do_not_call.remove",
] as const;
export type AuditAction = (typeof auditActions)[number];

/** What somebody has done, or was refused. */
export interface AuditEntry {
  readonly id: string;
  /** Milliseconds since 1970; of several, when the last was counted. */
  readonly at: number;
  /** Absent on a server without keys. */
  readonly keyName?: string;
  readonly action: AuditAction;
  /** The id of a call or batch, the name of an agent or key, or the last three digits of a number. */
  readonly subject?: string;
  /** The code of the refusal. */
  readonly refused?: string;
  /** How often, where it is more than once: of refusals, and of what was read. */
  readonly times?: number;
}

/** Selects entries by all members that are present; times are milliseconds since 1970. */
export interface AuditFilter {
  readonly keyName?: string;
  readonly action?: AuditAction;
  readonly subject?: string;
  readonly since?: number;
  readonly until?: number;
}

export type AuditStore = ReturnType<typeof createAuditStore>;

/** Who has done what. Table `audit`. */
export function createAuditStore(database: Database) {
  const { longQuery, batch } = database;
  return {
    /** All or none; an entry that is there already stays as it is, unless it happened more often since. */
    async add(entries: readonly AuditEntry[]): Promise<void> {
      await batch(entries.map(({ id, at, keyName, action, subject, refused, times }) => ({
        sql: `INSERT INTO audit (id, at, key_name, action, subject, refused, times)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          ON CONFLICT (id) DO UPDATE SET at = excluded.at, subject = excluded.subject,
            times = excluded.times WHERE excluded.times > COALESCE(audit.times, 1)`,
        values: [
          ...[id, toInteger(at), keyName ?? null, action, subject ?? null, refused ?? null],
          times ?? null,
        ],
      })));
    },
    /** The newest first, those before `after`. */
    async list(
      { keyName, action, subject, since, until }: AuditFilter,
      { limit, after }: { readonly limit: number; readonly after?: CallPosition },
    ): Promise<readonly AuditEntry[]> {
      const values: SqlValue[] = [];
      const bind = (value: SqlValue): string => `$${values.push(value)}`;
      const parts = ["1 = 1"];
      // A subject has few entries: SQLite, which does not know, would read all of the key or action.
      const unindexed = subject === undefined ? "" : " || ''";
      if (keyName !== undefined) parts.push(`key_name${unindexed} = ${bind(keyName)}`);
      if (action !== undefined) parts.push(`action${unindexed} = ${bind(action)}`);
      if (subject !== undefined) parts.push(`subject = ${bind(subject)}`);
      if (since !== undefined) parts.push(`at >= ${bind(toInteger(since))}`);
      if (until !== undefined) parts.push(`at < ${bind(toInteger(until))}`);
      if (after !== undefined) {
        parts.push(`(at, id) < (${bind(after.startedAt)}, ${bind(after.id)})`);
      }
      const rows = await longQuery(
        `SELECT * FROM audit WHERE ${parts.join(" AND ")} ORDER BY at DESC, id DESC
          LIMIT ${bind(limit)}`,
        values,
      );
      // Those of a later version may have actions that this one does not know.
      return readable(rows, entryOf);
    },
    /** Deletes the entries from before that time, until it is stopped. */
    pruneByAge: (before: number, isStopped: () => boolean): Promise<void> =>
      pruneByAge(database, before, isStopped),
    /** Deletes the oldest of what is done most often, until `most` are left or it is stopped. */
    pruneByNumber: (most: number, progress: DeletionProgress<PrunedEntries>): Promise<void> =>
      pruneByNumber(database, most, progress),
  };
}

function entryOf(row: Row): AuditEntry {
  return {
    id: textOf(row, "id"),
    at: numberOf(row, "at"),
    action: choiceOf(row, "action", auditActions),
    ...present({ keyName: maybeText(row, "key_name"), subject: maybeText(row, "subject") }),
    ...present({ refused: maybeText(row, "refused"), times: maybeNumber(row, "times") }),
  };
}
