import assert from "node:assert/strict";
import { apiKey } from "../support/servers/phoneServer.ts";
import { startServerProcess } from "../support/servers/serverProcess.ts";

const page = new URL("../../docs/web-protocol.md", import.meta.url);
const root = new URL("../../", import.meta.url);

Deno.test("case 183: the client that the documentation shows holds a conversation", async () => {
  const [, source = ""] = /```js\n([^]*?)```/.exec(await Deno.readTextFile(page)) ?? [];
  assert.ok(source.includes("parley.v1"));
  await using server = await startServerProcess();
  // Beside the imports of the repository, as beside a package.json that names ws.
  const script = await Deno.makeTempFile({ dir: new URL("tests/", root).pathname, suffix: ".mjs" });
  try {
    await Deno.writeTextFile(script, `import { Buffer } from "node:buffer";\n${source}`);
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", script],
      cwd: root,
      env: { PARLEY_URL: server.origin, PARLEY_KEY: apiKey },
    }).output();
    const printed = new TextDecoder().decode(stdout);
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.match(printed, /^caller: What time is it\?$/m);
    assert.match(printed, /^agent: .*\d/m);
    assert.match(printed, /^closed 1000$/m);
  } finally {
    await Deno.remove(script);
  }
});
