import type { Clock } from "../../utils/clock.ts";
import { newId } from "../../utils/ids.ts";
import type { Log } from "../../utils/logger.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import { createRepeatedEntries, type NewAuditEntry } from "./repeatedEntries.ts";
import { type AuditEntry, type AuditStore, StatementRefused } from "../store.ts";

/** `now` is in milliseconds since 1970. */
export interface AuditLogDeps extends Clock {
  readonly audit: Pick<AuditStore, "add">;
  readonly log: Pick<Log, "warn" | "error">;
  readonly maxWaiting?: number;
}

/** Writes down who has done what, without holding up what they do. */
export interface AuditLog {
  /** Never throws. While the store is away, the entry waits in memory. */
  note(entry: NewAuditEntry): void;
  /** Tries once more to write what waits, then stops. What is lost stands in the process's log. */
  close(): Promise<void>;
}

const BATCH = 200;
const MAX_RETRY_MS = 5000;

/** Opens the audit log of this process. */
export function openAuditLog(
  { audit, now, setTimer, log, maxWaiting = 20_000 }: AuditLogDeps,
): AuditLog {
  /** By their ids; of one that has grown, as it is now. */
  const waiting = new Map<string, AuditEntry>();
  let failures = 0;
  let lastAt = 0;
  const writing = createPollLoop(write, setTimer);
  const repeated = createRepeatedEntries({ enter, setTimer });

  async function write(): Promise<number | undefined> {
    try {
      while (waiting.size > 0) {
        const batch = [...waiting.values().take(BATCH)];
        await add(batch);
        failures = 0;
        // While it was written, an entry may have grown.
        for (const entry of batch) {
          if (waiting.get(entry.id) === entry) waiting.delete(entry.id);
        }
      }
      return undefined;
    } catch (error) {
      if (failures++ === 0) log.warn("Audit entries wait for the store", { error });
      return Math.min(MAX_RETRY_MS, 100 * 2 ** Math.min(failures, 10));
    }
  }

  /** Entries that the store refuses for their content are lost alone. */
  async function add(entries: readonly AuditEntry[]): Promise<void> {
    try {
      await audit.add(entries);
    } catch (error) {
      if (!(error instanceof StatementRefused)) throw error;
      const [entry, ...more] = entries;
      if (entry !== undefined && more.length === 0) return lose(entry, error);
      for (const one of entries) await add([one]);
    }
  }

  function lose({ id: _id, at, ...entry }: AuditEntry, error?: unknown): void {
    log.error("Audit entry not stored", { ...entry, at: new Date(at).toISOString(), error });
  }

  function enter(entry: NewAuditEntry, known?: string): string {
    // Entries of the same millisecond keep their order too.
    const at = lastAt = Math.max(Math.round(now()), lastAt + 1);
    const id = known ?? newId("audit", at);
    waiting.set(id, { ...entry, id, at });
    const [oldest] = waiting.values();
    if (waiting.size > maxWaiting && oldest !== undefined) {
      waiting.delete(oldest.id);
      lose(oldest);
    }
    if (failures === 0) writing.wake();
    return id;
  }

  return {
    note: repeated.note,
    async close() {
      repeated.close();
      await writing.close();
      await write();
      for (const entry of waiting.values()) lose(entry);
      waiting.clear();
    },
  };
}
