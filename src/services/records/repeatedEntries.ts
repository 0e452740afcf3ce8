import type { Clock } from "../../utils/clock.ts";
import { present } from "../../utils/present.ts";
import type { AuditAction, AuditEntry } from "../store.ts";

/** An entry before it is given its time. */
export type NewAuditEntry = Omit<AuditEntry, "id" | "at">;

const GATHERED_MS = 10 * 60_000;
/** Kinds that are gathered at a time; those beyond are entered one by one. */
const MAX_KINDS = 10_000;

/** What changes nothing: the same again is told by its number. */
const READS: ReadonlySet<AuditAction> = new Set<AuditAction>([
  ...["recording.read", "journal.read", "calls.export", "batch.export"] as const,
]);

/**
 * Gathers what a key or person is refused again for the same reason, or reads again, so that nobody can fill the
 * audit log with it: the first is entered at once, those of each ten minutes after it as one entry, with their
 * number. All else is entered at once.
 */
export function createRepeatedEntries({ enter, setTimer }: Pick<Clock, "setTimer"> & {
  readonly enter: (entry: NewAuditEntry) => void;
}) {
  const gathered = new Map<string, Gathered>();

  function begin(kind: string): void {
    const made: Gathered = {
      cancel: setTimer(() => {
        gathered.delete(kind);
        if (made.entry === undefined) return;
        enter(made.entry);
        begin(kind);
      }, GATHERED_MS),
    };
    gathered.set(kind, made);
  }

  return {
    note(entry: NewAuditEntry): void {
      const kind = kindOf(entry);
      if (kind === undefined) return enter(entry);
      const known = gathered.get(kind);
      if (known === undefined) {
        if (gathered.size < MAX_KINDS) begin(kind);
        return enter(entry);
      }
      const before = known.entry;
      if (before === undefined) return void (known.entry = entry);
      const { keyName, action, refused } = entry;
      const subject = before.subject === entry.subject ? entry.subject : undefined;
      const times = (before.times ?? 1) + 1;
      known.entry = { action, times, ...present({ keyName, refused, subject }) };
    },
    /** Enters what is gathered. */
    close(): void {
      for (const { cancel, entry } of gathered.values()) {
        cancel();
        if (entry !== undefined) enter(entry);
      }
      gathered.clear();
    },
  };
}

interface Gathered {
  readonly cancel: () => void;
  /** What has not been entered yet. */
  entry?: NewAuditEntry;
}

/** Undefined for what is not gathered. */
function kindOf({ keyName, action, subject, refused }: NewAuditEntry): string | undefined {
  if (refused !== undefined) return JSON.stringify([keyName, action, refused]);
  return READS.has(action) ? JSON.stringify([keyName, action, null, subject]) : undefined;
}
