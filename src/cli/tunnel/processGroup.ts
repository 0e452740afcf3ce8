import { sleep } from "../../utils/sleep.ts";

/** Whether a process can be started as the first of a group of its own. */
export const hasGroups = Deno.build.os !== "windows";

/**
 * Signals a child that was started detached, and what it has started. Deno lets only a process that may run every
 * program do that.
 */
export function killGroup(child: Deno.ChildProcess, signal: Deno.Signal): void {
  if (!hasGroups) return kill(child, signal);
  try {
    Deno.kill(-child.pid, signal);
  } catch {
    // All of it has ended.
  }
}

/** Signals a process, unless it has ended. */
export function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended by itself.
  }
}

/** Waits for a promise, for so long at most. */
export async function within(promise: Promise<unknown>, ms: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([promise, sleep(ms, { signal: over.signal })]);
  over.abort();
}
