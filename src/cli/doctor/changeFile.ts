import { dirname } from "node:path";

/**
 * Changes the text of a file: a new one takes the place of the old, so that there is no moment without. Rejects with
 * an `Error` that says why it was left alone: it is not UTF-8, which would not stay as it is, or a link to nowhere.
 */
export async function changeFile(path: string, edit: (text: string) => string): Promise<void> {
  const before = await fileAt(path);
  const after = edit(before === undefined ? "" : textOf(await Deno.readFile(path), path));
  const target = before === undefined ? path : await Deno.realPath(path);
  // No name that the operator has given a file; .gitignore knows what a crash leaves.
  const beside = `${target}.${crypto.randomUUID()}.new`;
  try {
    await Deno.writeTextFile(beside, after, { createNew: true, mode: before?.mode ?? 0o600 });
    await keepOwner(beside, before);
    await Deno.rename(beside, target);
  } catch (error) {
    await Deno.remove(beside).catch(() => {});
    throw error;
  }
}

/** Whoever runs this, the server's user can read it: a new file of root belongs to whom the folder does. */
export async function keepOwner(path: string, before: Deno.FileInfo | undefined): Promise<void> {
  const { uid, gid } = await Deno.stat(path);
  const owner = before ?? (uid === 0 ? await Deno.stat(dirname(path)) : undefined);
  if (owner === undefined || (owner.uid === uid && owner.gid === gid)) return;
  await Deno.chown(path, owner.uid, owner.gid);
}

/** Undefined where there is none. */
async function fileAt(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const link = await Deno.lstat(path).catch(() => undefined);
  if (link !== undefined) throw new Error(`${path} is a link to a file that is not there`);
  return undefined;
}

/** With its byte order mark. */
function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Error(`${path} is not UTF-8: save it in UTF-8 first`);
  }
}
