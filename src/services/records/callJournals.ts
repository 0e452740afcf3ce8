import type { SessionDependencies } from "../../call/session.ts";
import { encodeJournal } from "../../call/journal.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";

export interface CallJournalsDeps extends Pick<Clock, "setTimer"> {
  readonly dir: string;
  /** Whether the journal contains what people say. */
  readonly texts: boolean;
  readonly log: Pick<Log, "warn">;
}

/** Lines wait in memory, up to a limit, so that calls do not wait for the disk, nor for room on it. */
const WRITE_MS = 1000;
/** How long a disk that takes nothing is left alone. */
const RETRY_MS = 5000;
const MAX_WAITING_CHARS = 1024 * 1024;

export type CallJournals = ReturnType<typeof createCallJournals>;

/** Keeps a file per call from which the call can be replayed. */
export function createCallJournals(deps: CallJournalsDeps) {
  const { dir, texts, setTimer, log } = deps;
  const waiting = new Map<string, string[]>();
  const lost = new Set<string>();
  /** Those that could not be written the last time. */
  const failing = new Set<string>();
  /** Sessions whose digits are sensitive. */
  const sensitive = new WeakSet<object>();
  let waitingChars = 0;
  let writing: Promise<void> = Promise.resolve();
  let cancelTimer: (() => void) | undefined;
  let closed = false;

  return {
    /** `hidesTexts`: the call's texts are left out also where `texts` is set. */
    write(
      ...[session, entry, hidesTexts = false]: [
        ...Parameters<NonNullable<SessionDependencies["journal"]>>,
        hidesTexts?: boolean,
      ]
    ): void {
      const { id } = session;
      if ("policy" in entry && entry.policy.digitsSensitive) sensitive.add(session);
      const hidesDigits = sensitive.has(session);
      const line = `${encodeJournal(entry, { redacts: !texts || hidesTexts, hidesDigits })}\n`;
      if (waitingChars + line.length > MAX_WAITING_CHARS) {
        lost.add(id);
        return;
      }
      waitingChars += line.length;
      const lines = waiting.get(id);
      if (lines === undefined) waiting.set(id, [line]);
      else lines.push(line);
      writeAfter(failing.size > 0 ? RETRY_MS : WRITE_MS);
    },
    /** The journal of a call as far as it is written, also what waited; undefined where there is none. The caller closes it. */
    async open(callId: string): Promise<Deno.FsFile | undefined> {
      await (writing = writing.then(writeAll));
      try {
        return await Deno.open(pathOf(dir, callId));
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      }
    },
    /** Removes the journals of ended calls; rejects where a file cannot be removed. */
    async remove(callIds: readonly string[]): Promise<void> {
      for (const id of callIds) {
        const lines = waiting.get(id) ?? [];
        waitingChars -= lines.reduce((sum, { length }) => sum + length, 0);
        waiting.delete(id);
        failing.delete(id);
      }
      // After the write in progress, which would create the file again.
      const removed = writing.then(() => removeJournals(dir, callIds));
      writing = removed.catch(() => {});
      await removed;
    },
    /** Resolves when everything is written. */
    async close(): Promise<void> {
      closed = true;
      cancelTimer?.();
      cancelTimer = undefined;
      await writing.then(writeAll);
    },
  };

  function writeAfter(delayMs: number): void {
    if (closed) return;
    cancelTimer ??= setTimer(() => {
      cancelTimer = undefined;
      writing = writing.then(writeAll);
    }, delayMs);
  }

  async function writeAll(): Promise<void> {
    const written = [...waiting];
    waiting.clear();
    waitingChars = 0;
    for (const id of lost) log.warn("Journal incomplete", { callId: id });
    lost.clear();
    for (const [id, lines] of written) {
      try {
        await appendPrivately(pathOf(dir, id), lines.join(""));
        failing.delete(id);
      } catch (error) {
        if (!failing.has(id)) log.warn("Journal not written", { callId: id, error });
        failing.add(id);
        keep(id, lines);
      }
    }
    if (failing.size > 0) writeAfter(RETRY_MS);
  }

  /** What did not fit onto the disk is tried again, before what came later. */
  function keep(id: string, lines: readonly string[]): void {
    waiting.set(id, [...lines, ...waiting.get(id) ?? []]);
    waitingChars += lines.reduce((sum, { length }) => sum + length, 0);
  }
}

/** Removes the journals of calls that have not been written to since a time, in milliseconds since 1970. */
export async function removeOldJournals(dir: string, before: number): Promise<void> {
  await forEachJournal(await journalsIn(dir), async (callId) => {
    const path = pathOf(dir, callId);
    const { mtime } = await Deno.stat(path);
    if (mtime !== null && mtime.getTime() < before) await Deno.remove(path);
  });
}

/** Removes the journals of erased calls, also of those erased while this process did not run. */
export async function removeErasedJournals(
  dir: string,
  erasedAmong: (callIds: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  const erased = await erasedAmong(await journalsIn(dir));
  await forEachJournal(erased, (callId) => removeIfThere(pathOf(dir, callId)));
}

/** Removes all of them in parallel, as the store is locked during an erasure; rejects with the first failure. */
async function removeJournals(dir: string, callIds: readonly string[]): Promise<void> {
  const removed = await Promise.allSettled(callIds.map((id) => removeIfThere(pathOf(dir, id))));
  for (const each of removed) if (each.status === "rejected") throw each.reason;
}

/** Tries all of them; rejects at the end with the first failure. */
async function forEachJournal(
  callIds: readonly string[],
  remove: (callId: string) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  for (const callId of callIds) await remove(callId).catch((error) => failures.push(error));
  if (failures.length > 0) {
    throw new Error(`Cannot remove ${failures.length} journals`, { cause: failures[0] });
  }
}

async function journalsIn(dir: string): Promise<readonly string[]> {
  const callIds: string[] = [];
  for await (const { name, isFile } of Deno.readDir(dir)) {
    const callId = /^(call_[0-9a-z]+)\.jsonl$/.exec(name)?.[1];
    if (isFile && callId !== undefined) callIds.push(callId);
  }
  return callIds;
}

function pathOf(dir: string, callId: string): string {
  return `${dir}/${callId}.jsonl`;
}

/** Appends all of it or nothing, to a file that only its owner may read; creates its folder. */
async function appendPrivately(path: string, text: string): Promise<void> {
  const folder = path.replace(/[/\\][^/\\]*$/, "");
  await Deno.mkdir(folder, { recursive: true });
  using file = await Deno.open(path, { append: true, create: true, mode: 0o600 });
  const { size } = await file.stat();
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  } catch (error) {
    // The part that fitted would be there twice.
    await file.truncate(size);
    throw error;
  }
}

/** Removes a file, if there is one. */
async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
