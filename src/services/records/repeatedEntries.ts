import type { Clock } from "../../utils/clock.ts";
import { present } from "../../utils/present.ts";
import type { AuditAction, AuditEntry } from "../store.ts";

/** An entry before it is given its time. */
export type NewAuditEntry = Omit<AuditEntry, "id" | "at">;

const GATHERED_MS = 10 * 60_000;
/** What a process that dies has counted within so long is lost. */
const BEHIND_MS = 3000;
/** Kinds that are gathered at a time; those beyond are entered one by one. */
const MAX_KINDS = 10_000;

/** What changes nothing: the same again is told by its number. */
const READS: ReadonlySet<AuditAction> = new Set<AuditAction>([
  ...["recording.read", "journal.read", "calls.export", "batch.export"] as const,
]);

/**
 * Bounds what repeated refusals (same key or person, same reason) and repeated reads add to the audit log: the first
 * is entered at once, those of each ten minutes after it as one entry, with their number. All else is entered at
 * once. `enter` gets the id that it returned where the entry has grown since, at most every few seconds.
 */
export function createRepeatedEntries({ enter, setTimer }: Pick<Clock, "setTimer"> & {
  readonly enter: (entry: NewAuditEntry, id?: string) => string;
}) {
  const gathered = new Map<string, Gathered>();
  /** Those that have grown since they were entered. */
  const behind = new Set<Gathered>();
  let cancelCatchUp: (() => void) | undefined;

  function begin(kind: string): void {
    const made: Gathered = {
      cancel: setTimer(() => {
        gathered.delete(kind);
        if (made.entry === undefined) return;
        catchUp(made);
        begin(kind);
      }, GATHERED_MS),
    };
    gathered.set(kind, made);
  }

  function catchUp(one: Gathered): void {
    if (behind.delete(one) && one.entry !== undefined) one.id = enter(one.entry, one.id);
  }

  function catchUpAll(): void {
    cancelCatchUp?.();
    cancelCatchUp = undefined;
    for (const one of [...behind]) catchUp(one);
  }

  return {
    note(entry: NewAuditEntry): void {
      const kind = kindOf(entry);
      if (kind === undefined) return void enter(entry);
      const known = gathered.get(kind);
      if (known === undefined) {
        if (gathered.size < MAX_KINDS) begin(kind);
        return void enter(entry);
      }
      known.entry = known.entry === undefined ? entry : withOneMore(known.entry, entry);
      behind.add(known);
      cancelCatchUp ??= setTimer(catchUpAll, BEHIND_MS);
    },
    /** Enters what is gathered. */
    close(): void {
      catchUpAll();
      for (const { cancel } of gathered.values()) cancel();
      gathered.clear();
    },
  };
}

interface Gathered {
  readonly cancel: () => void;
  /** All of these ten minutes but the first. */
  entry?: NewAuditEntry;
  /** Of the entry, once it is entered. */
  id?: string;
}

function withOneMore(before: NewAuditEntry, { keyName, action, refused, ...entry }: NewAuditEntry) {
  const subject = before.subject === entry.subject ? entry.subject : undefined;
  return { action, times: (before.times ?? 1) + 1, ...present({ keyName, refused, subject }) };
}

/** Undefined for what is not gathered. */
function kindOf({ keyName, action, subject, refused }: NewAuditEntry): string | undefined {
  if (refused !== undefined) return JSON.stringify([keyName, action, refused]);
  return READS.has(action) ? JSON.stringify([keyName, action, null, subject]) : undefined;
}
