import type { Log } from "../../utils/logger.ts";

/** Which processes of a database file live, as their machine knows it. */
export interface LifeLocks {
  /** Undefined where that cannot be told, as of a process that could not take its lock. Never rejects. */
  lives(instanceId: string): Promise<boolean | undefined>;
  /** Removes the lock file of a process that no longer runs. Never rejects. */
  remove(instanceId: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Locks a file beside the database for as long as this process lives: the system frees the lock at once
 * however the process ends, so that the others need not wait for its heartbeat to stand still.
 */
export async function openLifeLocks(
  databasePath: string,
  { instanceId, log }: { readonly instanceId: string; readonly log: Pick<Log, "warn"> },
): Promise<LifeLocks> {
  const pathOf = (id: string) => `${databasePath}-${id}.lock`;
  const own = await lock(pathOf(instanceId))
    .catch((error) => log.warn("Life of this process not marked by a lock", { error }));

  return {
    async lives(id) {
      try {
        using file = await Deno.open(pathOf(id), { write: true });
        return !await file.tryLock(true);
      } catch {
        return undefined;
      }
    },
    remove,
    async close() {
      if (own === undefined) return;
      own.close();
      await remove(instanceId);
    },
  };

  async function remove(id: string): Promise<void> {
    await Deno.remove(pathOf(id)).catch(() => {});
  }
}

/** Leaves no file where it fails: a file without a lock is that of a dead process. */
async function lock(path: string): Promise<Deno.FsFile> {
  const file = await Deno.open(path, { write: true, create: true });
  try {
    if (await file.tryLock(true)) return file;
    throw new Error("Cannot lock the file: another process holds it");
  } catch (error) {
    file.close();
    await Deno.remove(path);
    throw error;
  }
}
