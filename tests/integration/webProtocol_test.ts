import assert from "node:assert/strict";
import { startTcpProxy } from "../support/faults/tcpProxy.ts";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { startServerProcess } from "../support/servers/serverProcess.ts";
import { endedRecord, get, onlyAgent } from "../support/twilio/dialling.ts";
import { until } from "../support/until.ts";

const page = new URL("../../docs/web-protocol.md", import.meta.url);
const root = new URL("../../", import.meta.url);

Deno.test("case 183: the client that the documentation shows holds a conversation", async () => {
  await using server = await startServerProcess();
  const printed = await runClient(server.origin);
  assert.match(printed, /^caller: What time is it\?$/m);
  assert.match(printed, /^agent: .*\d/m);
  assert.match(printed, /^closed 1000$/m);
});

Deno.test("the client that the documentation shows comes back when its connection is cut", async () => {
  await using server = await startPhoneServer({
    overrides: {
      agentFiles: onlyAgent("greeting: Good day."),
      engine: { voice: "tone", speed: 20, script: () => ({ say: "It is 10 past 12." }) },
    },
  });
  await using line = await startTcpProxy({ port: Number(new URL(server.origin).port) });
  // Slow, so that the connection is cut before the answer is there.
  line.set({ way: "down", bytesPerSecond: 10_000 });
  const printing = runClient(new URL(line.through(server.origin)).origin);
  const [{ id }] = await until(
    async () => (await get(server, "/api/calls")).calls,
    (calls) => calls.length > 0,
  );
  // It has said before that it comes back.
  await until(
    () => get(server, `/api/calls/${id}`),
    ({ turns }) => turns.some(({ role }: { readonly role: string }) => role === "caller"),
  );
  line.set({});
  line.cutAll();
  const printed = await printing;
  assert.equal(line.connections.all.length, 3, "one for its token, two for the call");
  assert.match(printed, /^agent: .*\d/m);
  assert.match(printed, /^closed 1000$/m);
  assert.equal((await endedRecord(server, id)).end.reason, "caller_hung_up");
  assert.equal((await get(server, "/api/calls")).calls.length, 1);
});

/** Runs the program of the documentation to its end; resolves with what it printed. */
async function runClient(origin: string): Promise<string> {
  const [, source = ""] = /```js\n([^]*?)```/.exec(await Deno.readTextFile(page)) ?? [];
  assert.ok(source.includes("parley.v1"));
  // Beside the imports of the repository, as beside a package.json that names ws.
  const script = await Deno.makeTempFile({ dir: new URL("tests/", root).pathname, suffix: ".mjs" });
  try {
    await Deno.writeTextFile(script, `import { Buffer } from "node:buffer";\n${source}`);
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", script],
      cwd: root,
      env: { PARLEY_URL: origin, PARLEY_KEY: apiKey },
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(script);
  }
}
