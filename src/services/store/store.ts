import type { DatabaseSettings } from "../../config/settings.ts";
import { createAnalysisStore } from "./analyses/analysisStore.ts";
import { AGENT_VERSION_DAYS, createAgentVersionStore } from "./agentVersionStore.ts";
import { createAuditStore } from "./auditStore.ts";
import { createBudget } from "./budget/budgetStore.ts";
import { createBatchStore } from "./outbound/batchStore.ts";
import { cellAt } from "./calendar/calendarCells.ts";
import { createCalendarStore } from "./calendar/calendarStore.ts";
import { createCallTable } from "./calls/callTable.ts";
import { createCallTags } from "./calls/callTags.ts";
import { createCallStore } from "./calls/callStore.ts";
import type { Database } from "./database.ts";
import { createDialQueue } from "./outbound/dialQueue.ts";
import { createDoNotCallList } from "./doNotCallList.ts";
import { createDocumentSearches } from "./calls/documentSearches.ts";
import { examineDatabase, type StoreCondition } from "./examineStore.ts";
import { createErasureStore } from "./calls/erasureStore.ts";
import { createKeptSpeechStore, KEPT_SPEECH_DAYS } from "./keptSpeechStore.ts";
import { createKeyValues } from "./keyValues.ts";
import { openKnowledgeStore } from "./knowledge/openKnowledgeStore.ts";
import { createIdempotencyStore } from "./outbound/idempotencyStore.ts";
import { createInstances } from "./instances.ts";
import { createKeyCalls } from "./calls/keyCalls.ts";
import { createMessageStore } from "./messages.ts";
import { migrate } from "./migrate.ts";
import { openReconnecting } from "./reconnectingDatabase.ts";
import { createRevokedKeys } from "./revokedKeys.ts";
import { createSignInStore } from "./signInStore.ts";
import { createSingleUseTokens } from "./singleUseTokens.ts";
import { openSharedClock, type SharedClock } from "./sharedClock.ts";
import { openSqlite } from "./sqlite/sqliteDatabase.ts";
import { createTextMessageStore } from "./textMessages.ts";
import { createWordIndex } from "./words/wordIndex.ts";
import { createWebhookOutbox } from "./webhookOutbox.ts";

/** Everything that outlives a process: one repository for each kind. */
export type Store = ReturnType<typeof createStore>;

/** Opens the database of the settings and migrates it to the newest version. */
export async function openStore(
  settings: DatabaseSettings,
  { now, clockAheadMs }: { readonly now: () => number; readonly clockAheadMs?: number | undefined },
): Promise<Store> {
  // Migrates at every reconnect: a database in memory begins again without tables.
  const open = async () => {
    const database = settings.kind === "sqlite"
      ? await openSqlite(settings.path)
      // The driver is loaded only where it is needed.
      : await (await import("./postgres/postgresDatabase.ts")).openPostgres(settings.url);
    try {
      await migrate(database, now);
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  };
  const database = await openReconnecting(open);
  try {
    return createStore(database, await openSharedClock(database, clockAheadMs), settings);
  } catch (error) {
    await database.close();
    throw error;
  }
}

const DAY_MS = 24 * 60 * 60_000;
/** A process that was stopped for long may still have journals of erased calls. */
const ERASED_DAYS = 366;
/** After its end, of one that nobody can be told from any more. */
const NAMELESS_APPOINTMENT_DAYS = 366;

function createStore(database: Database, clock: SharedClock, settings: DatabaseSettings) {
  return {
    /** The clock for all times that are passed to the repositories. */
    clock,
    calls: createCallStore(database),
    callTable: createCallTable(database),
    callTags: createCallTags(database),
    words: createWordIndex(database),
    calendar: createCalendarStore(database),
    erasure: createErasureStore(database),
    instances: createInstances(database),
    budget: createBudget(database),
    idempotency: createIdempotencyStore(database),
    tokens: createSingleUseTokens(database),
    signIns: createSignInStore(database),
    dialQueue: createDialQueue(database),
    doNotCall: createDoNotCallList(database),
    messages: createMessageStore(database),
    textMessages: createTextMessageStore(database),
    outbox: createWebhookOutbox(database),
    documentSearches: createDocumentSearches(database),
    analyses: createAnalysisStore(database),
    audit: createAuditStore(database),
    agentVersions: createAgentVersionStore(database),
    batches: createBatchStore(database),
    keptSpeech: createKeptSpeechStore(database),
    revokedKeys: createRevokedKeys(database),
    keyCalls: createKeyCalls(database),
    keyValues: createKeyValues(database),
    /** Opened by who needs it, and closed before the store: with SQLite it takes threads of its own. */
    openKnowledge: () => openKnowledgeStore(settings, database),
    /** Deletes what has expired or is of no use any more, and is kept whatever the retention; no calls. */
    prune: (now: number): Promise<void> => prune(database, Math.round(now)),
    /** How the database stands just now. Never rejects. */
    examine: (): Promise<StoreCondition> => examineDatabase(database),
    close: (): Promise<void> => database.close(),
  };
}

/** What expired within the last day stays: a clock may be ahead by so much without being in doubt. */
async function prune(database: Database, now: number): Promise<void> {
  await database.batch([
    { sql: "DELETE FROM idempotency_keys WHERE expires_at <= $1", values: [now - DAY_MS] },
    { sql: "DELETE FROM single_use_tokens WHERE expires_at <= $1", values: [now - DAY_MS] },
    { sql: "DELETE FROM sign_ins WHERE expires_at <= $1", values: [now - DAY_MS] },
    { sql: "DELETE FROM reservations WHERE reserved_at < $1", values: [now - 3 * DAY_MS] },
    { sql: "DELETE FROM budget_entries WHERE reserved_at < $1", values: [now - 3 * DAY_MS] },
    // Webhooks that were enqueued while their call was erased.
    {
      sql: "DELETE FROM deliveries WHERE call_id IN (SELECT call_id FROM erased_calls)",
      values: [],
    },
    {
      sql: `DELETE FROM erased_calls WHERE asked_at < $1
        AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.id = call_id)`,
      values: [now - ERASED_DAYS * DAY_MS],
    },
    {
      sql: "DELETE FROM kept_speech WHERE used_at < $1",
      values: [now - KEPT_SPEECH_DAYS * DAY_MS],
    },
    {
      sql: "DELETE FROM appointments WHERE name = '' AND ends_at < $1",
      values: [now - NAMELESS_APPOINTMENT_DAYS * DAY_MS],
    },
    { sql: "DELETE FROM appointment_cells WHERE cell < $1", values: [cellAt(now - DAY_MS)] },
    {
      sql: "DELETE FROM agent_versions WHERE last_used_at < $1",
      values: [now - AGENT_VERSION_DAYS * DAY_MS],
    },
    { sql: "DELETE FROM instances WHERE beat_at < $1", values: [now - 3 * DAY_MS] },
  ]);
}
