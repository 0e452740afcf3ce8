import assert from "node:assert/strict";
import { readRegularFile } from "../../src/utils/regularFile.ts";

Deno.test("a file is read up to its limit; a device, a folder and a larger file are refused", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "grüße");
    assert.equal(await readRegularFile(path, 7), "grüße");
    await assert.rejects(readRegularFile(path, 6), /: is larger than 6 bytes$/);
    await assert.rejects(readRegularFile("/dev/zero", 100), /^TypeError: \/dev\/zero: is no file$/);
    await assert.rejects(readRegularFile("/tmp", 100_000), /: is no file$/);
  } finally {
    await Deno.remove(path);
  }
});
