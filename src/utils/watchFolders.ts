export interface WatchedFolder {
  readonly path: string;
  /** Whether the folders in it count too. */
  readonly recursive: boolean;
}

export interface FoldersWatch {
  /** False where no more changes will be reported. */
  readonly isOpen: boolean;
  /** Why the last folder that cannot be watched cannot. */
  readonly error: unknown;
  close(): Promise<void>;
}

interface Watch {
  readonly folders: readonly WatchedFolder[];
  readonly onChange: (paths: readonly string[]) => void;
  /** Those of its folders that are there. */
  readonly watchers: Set<Deno.FsWatcher>;
  isBegun: boolean;
  error: unknown;
}

/** The runtime has one watcher for the whole process, so these are the process's too. */
const watches = new Set<Watch>();
/** What is open, and when each has ended. */
const open = new Map<Deno.FsWatcher, Promise<void>>();
let renewal: Promise<void> = Promise.resolve();
let isQueued = false;

/**
 * Calls back with the paths of each change in folders; with none where changes may have been missed, as
 * when the watch begins. A folder that cannot be watched costs no other.
 */
export function watchFolders(
  folders: readonly WatchedFolder[],
  onChange: (paths: readonly string[]) => void,
): FoldersWatch {
  const watch: Watch = { folders, onChange, watchers: new Set(), isBegun: false, error: undefined };
  watches.add(watch);
  renewAll();
  return {
    get isOpen() {
      return watches.has(watch) && (!watch.isBegun || watch.watchers.size > 0);
    },
    get error() {
      return watch.error;
    },
    async close() {
      if (watches.delete(watch)) renewAll();
      await renewal;
    },
  };
}

/**
 * To the runtime, watchers of one folder, or of a folder in another, are not apart: where one has ended,
 * which takes a moment, the others may have ended with it, and of two on one folder the latest decides
 * whether inner folders count. So all begin anew when all have ended, those of inner folders last.
 */
function renewAll(): void {
  if (isQueued) return;
  isQueued = true;
  renewal = renewal.then(async () => {
    isQueued = false;
    await endAll();
    for (const recursive of [false, true]) {
      for (const watch of watches) {
        for (const folder of watch.folders) {
          if (folder.recursive === recursive) begin(watch, folder);
        }
      }
    }
    for (const watch of watches) {
      watch.isBegun = true;
      if (watch.watchers.size > 0) watch.onChange([]);
    }
  }).catch(() => {});
}

async function endAll(): Promise<void> {
  for (const watcher of open.keys()) {
    try {
      watcher.close();
    } catch {
      // It has ended by itself.
    }
  }
  await Promise.all(open.values());
}

function begin(watch: Watch, { path, recursive }: WatchedFolder): void {
  try {
    const watcher = Deno.watchFs(path, { recursive });
    watch.watchers.add(watcher);
    const ended = follow(watcher, watch).catch(() => {}).finally(() => {
      watch.watchers.delete(watcher);
      open.delete(watcher);
    });
    open.set(watcher, ended);
  } catch (error) {
    watch.error = error;
  }
}

async function follow(watcher: Deno.FsWatcher, watch: Watch): Promise<void> {
  for await (const { kind, paths } of watcher) {
    // Reading a file is such an event too.
    if (kind !== "access" && watches.has(watch)) watch.onChange(paths);
  }
}
