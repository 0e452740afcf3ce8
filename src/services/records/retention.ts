import { createClockGuard } from "./clockGuard.ts";
import type { Incidents } from "../../utils/incidents.ts";
import { removeErasedJournals, removeOldJournals } from "./callJournals.ts";
import type { Recordings } from "../recording.ts";
import type { Store } from "../store.ts";
import type { Clock } from "../../utils/clock.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";
import { isPersonName } from "../../config/signInRoles.ts";
import type { Log } from "../../utils/logger.ts";

/** `now` is in milliseconds since 1970. */
export interface RetentionDeps extends Clock {
  readonly store: Pick<
    Store,
    "audit" | "calls" | "erasure" | "keyValues" | "outbox" | "prune"
  >;
  /** Absent where calls are kept for ever. */
  readonly days: number | undefined;
  /** How long is kept who has done what. */
  readonly auditDays: number;
  /** How many entries of it at most. */
  readonly auditEntries: number;
  /** Those that wait are then kept until they were delivered, or have failed for the last time. */
  readonly sendsWebhooks: boolean;
  /** Where the journals of calls are, if they are kept. */
  readonly journalDir?: string;
  readonly recordings: Pick<Recordings, "removeOld" | "removeErased">;
  /** How long recordings are kept at most; absent where as long as their calls. */
  readonly recordingDays?: number;
  readonly monotonic?: () => number;
  readonly incidents: Pick<Incidents, "report" | "resolve">;
  readonly log: Pick<Log, "info" | "warn">;
}

const HOUR_MS = 60 * 60_000;
const UNDELIVERED_MS = 30 * 24 * HOUR_MS;

/**
 * Erases, at the start and then every hour, what is older than the retention, and journals of calls that
 * were erased while this process did not run. Returns the function that stops it. Nothing is erased while
 * the clock is in doubt.
 */
export function openRetention(deps: RetentionDeps): () => Promise<void> {
  const { store, days, auditDays, auditEntries, journalDir, recordings, recordingDays } = deps;
  const { now, log, setTimer, incidents } = deps;
  const { monotonic = () => performance.now() } = deps;
  const isPlausible = createClockGuard({
    keyValues: store.keyValues,
    newestCall: store.calls.newest,
    days,
    now,
    monotonic,
    incidents,
  });
  let closed = false;
  const isStopped = () => closed;
  const pollLoop = createPollLoop(eraseOld, setTimer);

  async function eraseOld(): Promise<number> {
    if (journalDir !== undefined) {
      await attempt(
        "Journals of erased calls",
        () => removeErasedJournals(journalDir, store.erasure.erasedAmong),
      );
    }
    await attempt(
      "Recordings of erased calls",
      () => recordings.removeErased(store.erasure.erasedAmong),
    );
    await attempt("Audit entries beyond their number", limitAudit);
    await attempt("Old records", async () => {
      if (!await isPlausible()) return log.warn("Nothing erased by a clock in doubt", {});
      await attempt("Expired keys", () => store.prune(now()));
      const auditBefore = now() - auditDays * 24 * HOUR_MS;
      await attempt("Old audit entries", () => store.audit.pruneByAge(auditBefore, isStopped));
      await attempt("Webhooks not delivered", removeWebhooks);
      const keptDays = Math.min(days ?? Infinity, recordingDays ?? Infinity);
      if (keptDays < Infinity && !closed) await removeRecordings(now() - keptDays * 24 * HOUR_MS);
      if (days !== undefined && !closed) await eraseBefore(now() - days * 24 * HOUR_MS);
    });
    return HOUR_MS;
  }

  async function limitAudit(): Promise<void> {
    await store.audit.pruneByNumber(auditEntries, {
      isStopped,
      onDeleted({ keyName, ...pruned }) {
        // People's names are addresses, which no log has.
        const isKey = keyName !== undefined && !isPersonName(keyName);
        log.warn("Audit entries removed by their number", { ...pruned, ...(isKey && { keyName }) });
      },
    });
  }

  async function removeWebhooks(): Promise<void> {
    const before = now() - UNDELIVERED_MS;
    await store.outbox.prune("dead", before, {
      isStopped,
      onDeleted: (webhooks) => log.warn("Dead webhooks removed", { webhooks }),
    });
    // After a month in which the server was stopped, they have yet to be tried.
    if (deps.sendsWebhooks) return;
    await store.outbox.prune("waiting", before, {
      isStopped,
      onDeleted: (webhooks) =>
        log.warn("Waiting webhooks removed: WEBHOOK_URL is not set", { webhooks }),
    });
  }

  async function removeRecordings(before: number): Promise<void> {
    await attempt("Old recordings", async () => {
      const removed = await recordings.removeOld(before);
      if (removed.length === 0) return;
      log.info("Recordings removed by retention", { recordings: removed.length });
      await store.calls.write(
        removed.map((callId) => ({ type: "recordingRemoved", callId, at: now() })),
      );
    });
  }

  async function eraseBefore(before: number): Promise<void> {
    await attempt("Old records", async () => {
      const erased = await store.erasure.eraseBefore(before);
      if (erased.calls > 0) log.info("Calls erased by retention", { ...erased });
    });
    if (journalDir === undefined) return;
    await attempt("Old journals", () => removeOldJournals(journalDir, before));
  }

  /** A failure does not keep the rest from being erased. */
  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      log.warn("Retention step failed", { what, error });
    }
  }

  return async function closeRetention() {
    closed = true;
    await pollLoop.close();
  };
}
