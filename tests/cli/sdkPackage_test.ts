import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { writeSdkPackage } from "../../src/cli/sdkPackage.ts";

Deno.test("writeSdkPackage() writes modules that import each other, with types and manifests", async () => {
  const folder = await Deno.makeTempDir();
  const read = (path: string) => Deno.readTextFile(`${folder}/${path}`);
  try {
    const printed: string[] = [];
    const args = [folder, "@acme/voice", "1.2.3"];
    assert.equal(await writeSdkPackage(args, (line) => printed.push(line)), 0);
    const npm = JSON.parse(await read("package.json"));
    const jsr = JSON.parse(await read("jsr.json"));
    assert.deepEqual([npm.name, npm.version], ["@acme/voice", "1.2.3"]);
    assert.deepEqual([jsr.name, jsr.version, jsr.exports], [
      "@acme/voice",
      "1.2.3",
      "./sdk/sdk.js",
    ]);
    for (const path of [npm.exports["."].types, npm.exports["."].default, "LICENSE", "README.md"]) {
      assert.ok((await Deno.stat(`${folder}/${path}`)).isFile, path);
    }
    assert.match(await read("sdk/sdk.js"), /^\/\* @ts-self-types="\.\/sdk\.d\.ts" \*\/\n/);
    // All of its modules are found, or this fails.
    const { connect } = await import(pathToFileURL(`${folder}/sdk/sdk.js`).href);
    await assert.rejects(connect({ key: "pk_0123456789abcdef" }), { code: "invalid_options" });
    const server = "https://voice.example.com";
    await assert.rejects(connect({ server }), { code: "invalid_options" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("writeSdkPackage() shows its use where it is given something else", async () => {
  for (const args of [[], ["x"], ["x", "voice", "1.0.0"], ["x", "@acme/voice", "one"]]) {
    const printed: string[] = [];
    assert.equal(await writeSdkPackage(args, (line) => printed.push(line)), 2);
    assert.match(printed.join(), /deno task sdk FOLDER NAME VERSION/);
  }
});
