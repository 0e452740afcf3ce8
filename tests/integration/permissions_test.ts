import assert from "node:assert/strict";
import { startServerProcess } from "../support/servers/serverProcess.ts";

const permissions: Readonly<Record<string, readonly string[]>> = {
  "single names": ["--allow-env=PORT,OPENAI_*"],
  "single names, others ignored": ["--allow-env=PORT,OPENAI_*", "--ignore-env"],
  "everything": ["--allow-env"],
};

for (const [name, flags] of Object.entries(permissions)) {
  Deno.test(`readEnvironment() finds settings and misspellings when permitted ${name}`, async () => {
    const read = await environmentUnder(flags);
    assert.deepEqual([read["PORT"], read["OPENAI_APIKEY"]], ["9123", "x"]);
  });
}

Deno.test("readEnvironment() finds nothing, and does not fail, when nothing is permitted", async () => {
  assert.deepEqual(await environmentUnder([]), {});
});

async function environmentUnder(flags: readonly string[]): Promise<Record<string, string>> {
  const script = new URL("../support/servers/printEnvironment.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", ...flags, script],
    env: { PORT: "9123", OPENAI_APIKEY: "x" },
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("with the permissions that the server has, sums are read from its file", async () => {
  await using server = await startServerProcess();
  const answer = await server.get("/api/analytics");
  assert.deepEqual([answer.status, (await answer.json()).calls], [200, 0]);
});
