import type { AgentFiles, FolderWatch } from "../../config/agentFiles.ts";
import type { Clock } from "../../utils/clock.ts";
import type { Log } from "../../utils/logger.ts";
import { createPollLoop } from "../../utils/pollLoop.ts";

export interface FolderWatchDeps extends Pick<Clock, "setTimer"> {
  readonly dir: string;
  readonly files: AgentFiles;
  /** Mounted and network folders report no changes: they are looked at every so often. */
  readonly pollMs?: number | undefined;
  /**
   * Called after changes, never twice at once; with the paths that are known to have changed. True where it
   * is to be called again soon.
   */
  readonly onChange: (paths: ReadonlySet<string>) => Promise<boolean>;
  readonly log: Pick<Log, "info">;
}

/** A save is several events. */
const DEBOUNCE_MS = 150;
const POLL_MS = 5000;
/** For the two halves of a save, or of a checkout, to be there. */
const AGAIN_MS = 1000;
const MAX_PATHS = 1000;
/** With so many looks between them it is tried to watch a folder that cannot be watched. */
const RETRY_LOOKS = 12;

/** Watches a folder from now on, by its events and by looking. */
export function watchFolder({ dir, files, pollMs = POLL_MS, ...deps }: FolderWatchDeps) {
  const { setTimer, onChange, log } = deps;
  let paths = new Set<string>();
  let cancelDebounce: (() => void) | undefined;
  let watched: { readonly id: string | undefined; readonly watch: FolderWatch } | undefined;
  let isToldOf = false;
  let looksWithout = 0;
  let waiting: (() => void)[] = [];
  let closed = false;
  const looking = createPollLoop(look, setTimer);
  const began = rewatch();

  return {
    /** Looks for changes at once, whatever has been reported; resolves when they are in use. */
    look(): Promise<void> {
      if (closed) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.push(resolve);
      looking.wake();
      return promise;
    },
    async close(): Promise<void> {
      closed = true;
      cancelDebounce?.();
      await began;
      await looking.close();
      waiting.forEach((resume) => resume());
      await watched?.watch.close();
    },
  };

  /** Later events of the same save move the look further off, but not without end. */
  function changed(path?: string): void {
    if (closed) return;
    if (path !== undefined && paths.size < MAX_PATHS) paths.add(path);
    cancelDebounce ??= setTimer(() => {
      cancelDebounce = undefined;
      looking.wake();
    }, DEBOUNCE_MS);
  }

  async function look(): Promise<number | undefined> {
    // Two at once would each open a watch, and one of them would stay open.
    await began;
    await rewatch();
    const [taken, awaited] = [paths, waiting];
    [paths, waiting] = [new Set(), []];
    const again = await onChange(taken);
    awaited.forEach((resume) => resume());
    if (again) return AGAIN_MS;
    return files.stamp === undefined ? undefined : pollMs;
  }

  /** A folder that was put in the place of the watched one has no watch yet. */
  async function rewatch(): Promise<void> {
    if (files.watch === undefined || closed) return;
    const id = (await files.stamp?.(dir).catch(() => undefined))?.id;
    const isOpen = watched?.watch.isOpen;
    if (isOpen === true && isToldOf) log.info("Agents' folder watched again");
    if (isOpen === false && !isToldOf) {
      const { error } = watched?.watch ?? {};
      log.info("Agents' folder not watched: it is looked at", { error, pollMs });
    }
    isToldOf = isOpen === false;
    const isSame = watched !== undefined && watched.id === id;
    // To try again costs all other watches of the process a moment.
    if (isSame && (isOpen === true || ++looksWithout % RETRY_LOOKS !== 0)) return;
    await watched?.watch.close();
    watched = closed ? undefined : { id, watch: files.watch(dir, changed) };
  }
}
