import type { Clock } from "../../utils/clock.ts";
import { type FoldersWatch, type WatchedFolder, watchFolders } from "../../utils/watchFolders.ts";

/** Editors write a file in several steps, and copying a folder takes a while. */
const SETTLE_MS = 300;
/** So many times in a row changes are waited for to end: a log may be written to all the time. */
const MAX_WAITS = 5;

/**
 * Tells when something changes in folders. What the system cannot watch is left to the caller's own
 * looking from time to time.
 */
export class FolderWatch {
  readonly #onChange: () => void;
  readonly #setTimer: Clock["setTimer"];
  #watched = "";
  #watch: FoldersWatch | undefined;
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
    this.#end().catch(() => {});
    this.#watched = watched;
    if (folders.length === 0) return;
    this.#watch = watchFolders(folders, (paths) => this.#changed(paths));
  }

  async close(): Promise<void> {
    this.#watched = "";
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const watch = this.#watch;
    this.#watch = undefined;
    await watch?.close();
  }

  #changed(paths: readonly string[]): void {
    // Editors' own files have a leading dot.
    if (paths.length > 0 && paths.every((path) => /\/\.[^/]*$/.test(path))) return;
    this.#isQuiet = false;
    if (this.#cancel === undefined) this.#settle(MAX_WAITS);
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
