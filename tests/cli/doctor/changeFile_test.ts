import { strict as assert } from "node:assert";
import { changeFile } from "../../../src/cli/doctor/changeFile.ts";

Deno.test("a change leaves all other files alone, and files that it could not keep as they are", async () => {
  const folder = await Deno.makeTempDir({ prefix: "change-" });
  const path = `${folder}/.env`;
  const names = async () =>
    (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).toSorted();
  const edit = (text: string) => `${text}B=2\n`;
  try {
    await Deno.writeTextFile(path, "\uFEFFA=1\n");
    await Deno.writeTextFile(`${path}.new`, "of the operator");
    await changeFile(path, edit);
    assert.equal(
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(await Deno.readFile(path)),
      "\uFEFFA=1\nB=2\n",
    );
    assert.equal(await Deno.readTextFile(`${path}.new`), "of the operator");
    assert.deepEqual(await names(), [".env", ".env.new"]);

    const latin1 = new Uint8Array([0x23, 0xfc, 0x0a]);
    await Deno.writeFile(path, latin1);
    await assert.rejects(changeFile(path, edit), /is not UTF-8/);
    assert.deepEqual(await Deno.readFile(path), latin1);

    await Deno.remove(path);
    await Deno.symlink(`${folder}/away`, path);
    await assert.rejects(changeFile(path, edit), /a link to a file that is not there/);
    assert.ok((await Deno.lstat(path)).isSymlink);

    await Deno.writeTextFile(`${folder}/away`, "A=1\n");
    await changeFile(path, edit);
    assert.ok((await Deno.lstat(path)).isSymlink);
    assert.equal(await Deno.readTextFile(`${folder}/away`), "A=1\nB=2\n");
    assert.deepEqual(await names(), [".env", ".env.new", "away"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
