import { agentVersions } from "./agentVersions.ts";
import { askedPeople } from "./askedPeople.ts";
import { callRules } from "./callRules.ts";
import { audit, auditFilters, auditTimes } from "./audit.ts";
import { batchPlans } from "./batchPlans.ts";
import { callTags } from "./callTags.ts";
import { callWords } from "./callWords.ts";
import { calendarVersion } from "./calendarVersion.ts";
import { heardVersion } from "./heardVersion.ts";
import { analyses } from "./analyses.ts";
import { handoffs } from "./handoffs.ts";
import { heardWords } from "./heardWords.ts";
import { knowledgeVectors } from "./knowledgeVectors.ts";
import { listenings } from "./listenings.ts";
import { knowledgeTables } from "./knowledgeTables.ts";
import { phoneMenus } from "./phoneMenus.ts";
import { pickups } from "./pickups.ts";
import { recordings } from "./recordings.ts";
import { redactedSpans } from "./redactedSpans.ts";
import { responseUsages } from "./responseUsages.ts";
import { resumptionVersion, unfinishedTurns } from "./resumptionVersion.ts";
import type { SchemaStatement } from "./schemaStatement.ts";
import { searchIndex } from "./searchIndex.ts";
import { searchOrders } from "./searchOrders.ts";
import { signIns } from "./signIns.ts";
import { textMessages } from "./textMessages.ts";
import { absentAgents, transferSteps } from "./transferSteps.ts";

/** What the versions after the first changed, oldest first. */
export const laterVersions: readonly (readonly SchemaStatement[])[] = [
  [
    `CREATE TABLE revoked_keys (
      digest TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      revoked_at BIGINT NOT NULL
    )`,
  ],
  [
    // Earlier versions recorded every answered call as `human`, and a call that was hung up on an
    // answering machine without a message as `no_answer`.
    `UPDATE calls SET outcome = 'answered' WHERE outcome = 'human'
      AND (answered_by IS NULL OR answered_by NOT IN ('human', 'machine'))`,
    "UPDATE calls SET outcome = 'machine' WHERE outcome IN ('human', 'no_answer') AND answered_by = 'machine'",
  ],
  [
    "ALTER TABLE batches ADD COLUMN cancelled_at BIGINT",
    "CREATE INDEX batch_items_by_state ON batch_items (state)",
    // Until then a process that died could leave items between their batch and the queue. One that
    // had got its call may have been dialled: it is not dialled again.
    "UPDATE batch_items SET state = 'pending' WHERE state = 'placing' AND call_id IS NULL",
    `UPDATE batch_items SET state = 'ended', detail = 'unknown' WHERE state = 'placing'
      AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = batch_items.call_id)
      AND NOT EXISTS (SELECT 1 FROM dial_queue WHERE dial_queue.call_id = batch_items.call_id)`,
  ],
  [
    "ALTER TABLE calls ADD COLUMN untold_since BIGINT",
    "CREATE INDEX calls_untold ON calls (untold_since) WHERE untold_since IS NOT NULL",
  ],
  [
    // Of these nothing is to stay once they are over, and nothing is written any more once they are gone.
    `CREATE TABLE erased_calls (
      call_id TEXT PRIMARY KEY,
      asked_at BIGINT NOT NULL
    )`,
  ],
  [
    `CREATE TABLE facts (
      name TEXT PRIMARY KEY,
      value TEXT NOT NULL
    )`,
  ],
  [
    `CREATE TABLE budget_entries (
      call_id TEXT NOT NULL,
      scope TEXT NOT NULL,
      subject TEXT NOT NULL,
      day BIGINT NOT NULL,
      reserved_at BIGINT NOT NULL,
      expires_at BIGINT NOT NULL,
      settled INTEGER NOT NULL DEFAULT 0,
      minutes DOUBLE PRECISION NOT NULL,
      usd DOUBLE PRECISION NOT NULL,
      PRIMARY KEY (call_id, scope)
    )`,
    "CREATE INDEX budget_entries_by_day ON budget_entries (scope, subject, day)",
    "CREATE INDEX budget_entries_by_time ON budget_entries (reserved_at)",
    // A process of an older version beside this one still writes to reservations: it stays for now.
    `INSERT INTO budget_entries
      SELECT call_id, 'outbound', key_name, day, reserved_at, expires_at, settled, minutes, usd
      FROM reservations`,
    "ALTER TABLE calls ADD COLUMN transferred_ms BIGINT",
  ],
  [
    `CREATE INDEX calls_handed_over ON calls (ended_at)
      WHERE end_reason = 'transferred' AND transferred_ms IS NULL`,
  ],
  [
    "ALTER TABLE calls ADD COLUMN caller_proven INTEGER",
    // Where a process listens, and since when it leaves: its successor there waits for the port.
    "ALTER TABLE instances ADD COLUMN slot TEXT",
    "ALTER TABLE instances ADD COLUMN leaving_at BIGINT",
  ],
  [
    `CREATE TABLE kept_speech (
      key TEXT PRIMARY KEY,
      subject TEXT NOT NULL,
      words TEXT NOT NULL,
      audio TEXT NOT NULL,
      used_at BIGINT NOT NULL
    )`,
    "CREATE INDEX kept_speech_by_subject ON kept_speech (subject, used_at)",
  ],
  [
    "ALTER TABLE calls ADD COLUMN end_transfer TEXT",
    "DROP INDEX calls_handed_over",
    `CREATE INDEX calls_handed_over ON calls (ended_at)
      WHERE (end_reason = 'transferred' OR end_transfer IS NOT NULL) AND transferred_ms IS NULL`,
  ],
  ["ALTER TABLE turns ADD COLUMN aside INTEGER NOT NULL DEFAULT 0"],
  ["ALTER TABLE calls ADD COLUMN planned_end TEXT"],
  [
    "ALTER TABLE calls ADD COLUMN savings TEXT",
    "ALTER TABLE calls ADD COLUMN saved_usd DOUBLE PRECISION",
  ],
  [
    // Not bound to the call's row, which may be written later; erased with it all the same.
    `CREATE TABLE messages (
      id TEXT PRIMARY KEY,
      call_id TEXT NOT NULL,
      agent TEXT NOT NULL,
      from_number TEXT,
      taken_at BIGINT NOT NULL,
      kind TEXT NOT NULL,
      text TEXT,
      recording_sid TEXT,
      recording_url TEXT,
      recording_ms BIGINT,
      done_at BIGINT
    )`,
    "CREATE INDEX messages_by_time ON messages (taken_at, id)",
    "CREATE INDEX messages_by_call ON messages (call_id)",
    "CREATE INDEX messages_by_number ON messages (from_number, taken_at)",
    // What an operator's endpoint said of a call before it began.
    "ALTER TABLE calls ADD COLUMN metadata TEXT",
    "ALTER TABLE calls ADD COLUMN precall TEXT",
    // Language, context and variables, for a process that goes on with the call.
    "ALTER TABLE calls ADD COLUMN briefing TEXT",
  ],
  calendarVersion,
  analyses,
  agentVersions,
  knowledgeTables,
  textMessages,
  heardVersion,
  handoffs,
  knowledgeVectors,
  resumptionVersion,
  searchIndex,
  callRules,
  recordings,
  batchPlans,
  redactedSpans,
  phoneMenus,
  transferSteps,
  pickups,
  absentAgents,
  askedPeople,
  heardWords,
  responseUsages,
  listenings,
  callWords,
  searchOrders,
  callTags,
  unfinishedTurns,
  audit,
  auditTimes,
  signIns,
  auditFilters,
];
