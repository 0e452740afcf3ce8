import type { SessionPorts } from "../../call/session.ts";
import { encodeJournal } from "../../call/journal.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export interface CallJournalsDeps {
  readonly dir: string;
  /** Whether the journal contains what people say. */
  readonly texts: boolean;
  readonly append: (path: string, text: string) => Promise<void>;
  /** Does nothing where there is no such file. */
  readonly remove: (path: string) => Promise<void>;
  readonly setTimer: Clock["setTimer"];
  readonly log: Pick<Log, "warn">;
}

/** Lines wait in memory, up to a limit, so that calls do not wait for the disk. */
const WRITE_MS = 1000;
const MAX_WAITING_CHARS = 1024 * 1024;

/** Keeps a file per call from which the call can be replayed. */
export type CallJournals = ReturnType<typeof createCallJournals>;

export function createCallJournals(deps: CallJournalsDeps) {
  const { dir, texts, append, remove, setTimer, log } = deps;
  const waiting = new Map<string, string[]>();
  const lost = new Set<string>();
  /** Sessions whose digits are sensitive. */
  const sensitive = new WeakSet<object>();
  let waitingChars = 0;
  let writing: Promise<void> = Promise.resolve();
  let cancelTimer: (() => void) | undefined;

  return {
    write(...[session, entry]: Parameters<NonNullable<SessionPorts["journal"]>>): void {
      const { id } = session;
      if ("policy" in entry && entry.policy.digitsSensitive) sensitive.add(session);
      const hidesDigits = sensitive.has(session);
      const line = `${encodeJournal(entry, { redacts: !texts, hidesDigits })}\n`;
      if (waitingChars + line.length > MAX_WAITING_CHARS) {
        lost.add(id);
        return;
      }
      waitingChars += line.length;
      const lines = waiting.get(id);
      if (lines === undefined) waiting.set(id, [line]);
      else lines.push(line);
      cancelTimer ??= setTimer(() => {
        cancelTimer = undefined;
        writing = writing.then(writeAll);
      }, WRITE_MS);
    },
    /** Removes the journals of ended calls; rejects where a file cannot be removed. */
    async remove(callIds: readonly string[]): Promise<void> {
      for (const id of callIds) {
        const lines = waiting.get(id) ?? [];
        waitingChars -= lines.reduce((sum, { length }) => sum + length, 0);
        waiting.delete(id);
      }
      // After the write in progress, which would create the file again.
      const removed = writing.then(() => removeAll(callIds));
      writing = removed.catch(() => {});
      await removed;
    },
    /** Resolves when everything is written. */
    async close(): Promise<void> {
      cancelTimer?.();
      cancelTimer = undefined;
      await writing.then(writeAll);
    },
  };

  async function removeAll(callIds: readonly string[]): Promise<void> {
    // Tries all of them, also after one that cannot be removed.
    const removed = await Promise.allSettled(callIds.map((id) => remove(pathOf(id))));
    for (const each of removed) if (each.status === "rejected") throw each.reason;
  }

  function pathOf(id: string): string {
    return `${dir}/${id}.jsonl`;
  }

  async function writeAll(): Promise<void> {
    const taken = [...waiting];
    waiting.clear();
    waitingChars = 0;
    for (const id of lost) log.warn("Journal incomplete", { callId: id });
    lost.clear();
    for (const [id, lines] of taken) {
      try {
        await append(pathOf(id), lines.join(""));
      } catch (error) {
        log.warn("Journal not written", { callId: id, error });
      }
    }
  }
}

/** Appends to a file that only its owner may read; creates its folder. */
export async function appendPrivately(path: string, text: string): Promise<void> {
  const folder = path.replace(/[/\\][^/\\]*$/, "");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(path, text, { append: true, mode: 0o600 });
}

/** Removes a file, if there is one. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
