/**
 * Opens a file that no other process has open by this function; undefined where another still has it after
 * `patienceMs`. One that was waited for may have been renamed since.
 */
export function openAlone(path: string, patienceMs: number): Deno.FsFile | undefined {
  const beganAt = performance.now();
  for (;;) {
    const file = Deno.openSync(path, { write: true, create: true, mode: 0o600 });
    if (isLocked(file) && file.statSync().ino === inodeOf(path)) return file;
    file.close();
    if (performance.now() - beganAt > patienceMs) return undefined;
    Atomics.wait(pause, 0, 0, PAUSE_MS);
  }
}

const PAUSE_MS = 5;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** A file system without locks is taken for one that no two processes change at once. */
function isLocked(file: Deno.FsFile): boolean {
  try {
    return file.tryLockSync(true);
  } catch {
    return true;
  }
}

/** Undefined where there is no file. */
function inodeOf(path: string): number | null | undefined {
  try {
    return Deno.statSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
