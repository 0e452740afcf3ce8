import { strict as assert } from "node:assert";
import { digestOf } from "../../../src/services/setup/instances/codeDigest.ts";

Deno.test("digestOf() is that of the sources, and another where they changed after the start", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const root = new URL(`file://${folder}/`);
    await Deno.mkdir(`${folder}/part`);
    await Deno.writeTextFile(`${folder}/a.ts`, "a");
    await Deno.writeTextFile(`${folder}/part/b.ts`, "b");
    const later = Date.now() + 60_000;
    const first = await digestOf(root, later);
    await Deno.writeTextFile(`${folder}/notes.md`, "not a source");
    assert.equal(await digestOf(root, later), first);
    await Deno.writeTextFile(`${folder}/part/b.ts`, "c");
    assert.notEqual(await digestOf(root, later), first);
    assert.match(await digestOf(root, Date.now() - 60_000), /^before /);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
