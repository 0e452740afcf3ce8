import assert from "node:assert/strict";
import { type FoldersWatch, watchFolders } from "../../src/utils/watchFolders.ts";
import { until } from "../support/until.ts";

Deno.test("a folder is watched on, whatever watches of it and of folders in it come and go", async () => {
  const dir = await Deno.makeTempDir();
  const outer = `${dir}/agents`;
  const inner = `${outer}/docs`;
  await Deno.mkdir(inner, { recursive: true });
  let saved: string[] = [];
  const watch = watchFolders([{ path: outer, recursive: true }], (paths) => saved.push(...paths));
  let serial = 0;
  /** Saves until that is reported: a watch takes a moment to begin anew, and tells when it has. */
  async function isSeen(file: string): Promise<void> {
    saved = [];
    await until(
      () => Deno.writeTextFile(file, `${serial++}`),
      () => saved.some((path) => path.endsWith(file.slice(dir.length))),
    );
  }
  const both = async () => {
    await isSeen(`${outer}/desk.md`);
    await isSeen(`${inner}/faq.md`);
  };
  try {
    await both();
    let other: FoldersWatch | undefined;
    for (
      const folder of [
        { path: inner, recursive: true },
        { path: outer, recursive: false },
        { path: inner, recursive: true },
        { path: `${outer}/nowhere`, recursive: true },
        { path: inner, recursive: false },
      ]
    ) {
      await other?.close();
      other = watchFolders([folder], () => {});
      await both();
    }
    await until(() => other?.isOpen, (isOpen) => isOpen === true);
    await other?.close();
    await both();
  } finally {
    await watch.close();
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a folder that is not there is not watched, and says why", async () => {
  const watch = watchFolders([{ path: "/nowhere/at/all", recursive: true }], () => {});
  await until(() => watch.isOpen, (isOpen) => !isOpen);
  assert.ok(watch.error instanceof Deno.errors.NotFound);
  await watch.close();
});
