export interface WatchedFolder {
  readonly path: string;
  /** Whether the folders in it count too. */
  readonly recursive: boolean;
}

export interface FoldersWatch {
  /** False where no more changes will be reported. */
  readonly isOpen: boolean;
  close(): Promise<void>;
}

interface Watch {
  readonly folders: readonly WatchedFolder[];
  readonly onChange: (paths: readonly string[]) => void;
  readonly watchers: Set<Deno.FsWatcher>;
  following: Promise<unknown>;
  error: unknown;
}

/** The runtime has one watcher for the whole process, so these are the process's too. */
const watches = new Set<Watch>();

/**
 * Calls back with the paths of each change in folders; with none where changes may have been missed. A
 * folder that cannot be watched costs no other; throws where none can.
 */
export function watchFolders(
  folders: readonly WatchedFolder[],
  onChange: (paths: readonly string[]) => void,
): FoldersWatch {
  const watch: Watch = {
    folders,
    onChange,
    watchers: new Set(),
    following: Promise.resolve(),
    error: undefined,
  };
  watches.add(watch);
  renewAll(watch);
  if (watch.watchers.size === 0 && watch.error !== undefined) {
    watches.delete(watch);
    throw watch.error;
  }
  return {
    get isOpen() {
      return watch.watchers.size > 0;
    },
    async close() {
      if (watches.delete(watch)) {
        closeAll(watch);
        renewAll();
      }
      await watch.following;
    },
  };
}

/**
 * To the runtime, watchers of the same folder are one: it ends for all when one is closed, and the latest
 * decides whether inner folders count. So all begin anew, those of inner folders last.
 */
function renewAll(added?: Watch): void {
  for (const watch of watches) closeAll(watch);
  for (const recursive of [false, true]) {
    for (const watch of watches) {
      for (const folder of watch.folders) if (folder.recursive === recursive) begin(watch, folder);
    }
  }
  for (const watch of watches) if (watch !== added) watch.onChange([]);
}

function closeAll({ watchers }: Watch): void {
  for (const watcher of watchers) {
    try {
      watcher.close();
    } catch {
      // It has ended by itself.
    }
  }
  watchers.clear();
}

function begin(watch: Watch, { path, recursive }: WatchedFolder): void {
  try {
    const watcher = Deno.watchFs(path, { recursive });
    watch.watchers.add(watcher);
    const ended = follow(watcher, watch).catch(() => {}).finally(() =>
      watch.watchers.delete(watcher)
    );
    watch.following = Promise.all([watch.following, ended]);
  } catch (error) {
    watch.error = error;
  }
}

async function follow(watcher: Deno.FsWatcher, { watchers, onChange }: Watch): Promise<void> {
  for await (const { kind, paths } of watcher) {
    if (!watchers.has(watcher)) return;
    // Reading a file is such an event too.
    if (kind !== "access") onChange(paths);
  }
}
