import type { Clock } from "../../utils/clock.ts";
import { present } from "../../utils/present.ts";
import type { AuditEntry } from "../store.ts";

/** An entry before it is given its time. */
export type NewAuditEntry = Omit<AuditEntry, "id" | "at">;

const GATHERED_MS = 10 * 60_000;

/**
 * Gathers what a key is refused again for the same reason, so that it cannot fill the audit log: the first refusal is
 * entered at once, those of each ten minutes after it as one entry, with their number.
 */
export function createRepeatedRefusals({ enter, setTimer }: Pick<Clock, "setTimer"> & {
  readonly enter: (entry: NewAuditEntry) => void;
}) {
  // No more than there are keys, actions and codes.
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
      const { keyName, action, refused } = entry;
      const kind = JSON.stringify([keyName, action, refused]);
      const known = gathered.get(kind);
      if (known === undefined) {
        begin(kind);
        return enter(entry);
      }
      const before = known.entry;
      if (before === undefined) return void (known.entry = entry);
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
