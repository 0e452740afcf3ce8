import { removeIfThere } from "./callJournals.ts";

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
