import { createHash } from "node:crypto";

const ROOT = new URL("../../../", import.meta.url);
let digest: Promise<string | undefined> | undefined;

/** Tells one version of the server from another: a digest of its sources. Undefined where they cannot be read. */
export function codeDigest(): Promise<string | undefined> {
  return digest ??= digestOf(ROOT, performance.timeOrigin).catch(() => undefined);
}

/** Sources that have changed since the process began are not those that it runs: it has a version of its own. */
export async function digestOf(root: URL, startedAt: number): Promise<string> {
  const hash = createHash("sha256");
  for (const path of await filesIn(root, "")) {
    const file = new URL(path, root);
    const { mtime } = await Deno.stat(file);
    if ((mtime?.getTime() ?? 0) > startedAt) return `before ${new Date(startedAt).toISOString()}`;
    hash.update(`${path}\n`).update(await Deno.readFile(file));
  }
  return hash.digest("hex").slice(0, 16);
}

/** In an order that does not depend on the disk. */
async function filesIn(root: URL, folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, root))) {
    if (isDirectory) paths.push(...await filesIn(root, `${folder}${name}/`));
    else if (/\.(?:ts|json|html|css)$/.test(name)) paths.push(folder + name);
  }
  return paths.sort();
}
