import type { Clock } from "../../utils/clock.ts";

/** Editors write a file in several steps, and copying a folder takes a while. */
const SETTLE_MS = 300;
/** So many times in a row changes are waited for to end: a log may be written to all the time. */
const MAX_WAITS = 5;

export interface WatchedFolder {
  readonly path: string;
  /** Whether the folders in it count too. */
  readonly recursive: boolean;
}

/**
 * Tells when something changes in folders. What the system cannot watch is left to the caller's own
 * looking from time to time.
 */
export class FolderWatch {
  readonly #onChange: () => void;
  readonly #setTimer: Clock["setTimer"];
  #watched = "";
  #watchers: readonly Deno.FsWatcher[] = [];
  #cancel: (() => void) | undefined;
  #isQuiet = true;

  constructor(onChange: () => void, setTimer: Clock["setTimer"]) {
    this.#onChange = onChange;
    this.#setTimer = setTimer;
  }

  /** Watches these folders in the place of those before. */
  watch(folders: readonly WatchedFolder[]): void {
    const watched = JSON.stringify(folders);
    if (watched === this.#watched) return;
    this.close();
    this.#watched = watched;
    // One for each: a folder that cannot be watched costs no other.
    this.#watchers = folders.flatMap(({ path, recursive }) => {
      try {
        return [Deno.watchFs(path, { recursive })];
      } catch {
        return [];
      }
    });
    for (const watcher of this.#watchers) this.#follow(watcher).catch(() => {});
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const watcher of this.#watchers) {
      try {
        watcher.close();
      } catch {
        // It has ended by itself.
      }
    }
    this.#watchers = [];
    this.#watched = "";
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    for await (const { kind, paths } of watcher) {
      if (!this.#watchers.includes(watcher)) return;
      // Reading a file is no change, and editors' own files have a leading dot.
      if (kind === "access" || paths.every((path) => /\/\.[^/]*$/.test(path))) continue;
      this.#isQuiet = false;
      if (this.#cancel === undefined) this.#settle(MAX_WAITS);
    }
  }

  #settle(waits: number): void {
    this.#isQuiet = true;
    this.#cancel = this.#setTimer(() => {
      this.#cancel = undefined;
      if (this.#isQuiet || waits === 0) this.#onChange();
      else this.#settle(waits - 1);
    }, SETTLE_MS);
  }
}
