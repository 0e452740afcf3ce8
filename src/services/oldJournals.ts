/** Removes the journals of calls that have not been written to since a time, in milliseconds since 1970. */
export async function forgetOldJournals(dir: string, before: number): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(dir)) {
    if (!isFile || !/^call_[0-9a-z]+\.jsonl$/.test(name)) continue;
    const path = `${dir}/${name}`;
    const { mtime } = await Deno.stat(path);
    if (mtime !== null && mtime.getTime() < before) await Deno.remove(path);
  }
}

/** Removes the journals of some calls, as far as there are any. */
export async function removeJournals(dir: string, callIds: readonly string[]): Promise<void> {
  for (const callId of callIds) {
    try {
      await Deno.remove(`${dir}/${callId}.jsonl`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}
