import { removeIfThere } from "./callJournals.ts";

/** Removes the journals of calls that have not been written to since a time, in milliseconds since 1970. */
export async function forgetOldJournals(dir: string, before: number): Promise<void> {
  for (const callId of await journalsIn(dir)) {
    const path = pathOf(dir, callId);
    const { mtime } = await Deno.stat(path);
    if (mtime !== null && mtime.getTime() < before) await Deno.remove(path);
  }
}

/** Removes the journals of calls that are erased, also of those that were while nobody was here to hear. */
export async function forgetErasedJournals(
  dir: string,
  erasedAmong: (callIds: readonly string[]) => Promise<readonly string[]>,
): Promise<void> {
  const erased = await erasedAmong(await journalsIn(dir));
  for (const callId of erased) await removeIfThere(pathOf(dir, callId));
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
