import assert from "node:assert/strict";
import { openStore } from "../../../src/services/store/store.ts";
import { apiKey, startPhoneServer } from "../../support/servers/phoneServer.ts";
import { ended, opened, said } from "../../support/store/storedCalls.ts";
import { until } from "../../support/until.ts";

Deno.test("a server indexes what was said in the calls that it finds, and in those that end", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/parley.db`;
  const earlier = await openStore({ kind: "sqlite", path }, { now: Date.now });
  for (const id of ["call_a", "call_b", "call_c", "call_d", "call_e", "call_f", "call_g"]) {
    await earlier.calls.write([
      opened({ id, startedAt: Date.now() }),
      said(id, { id: "t", text: "I want a refund" }),
      ended(id, { endedAt: Date.now() }),
    ]);
  }
  await earlier.close();
  {
    await using server = await startPhoneServer({
      env: { DATABASE_URL: `sqlite:${path}`, API_KEYS: `ops:${apiKey};scopes=admin` },
    });
    const ask = async () => {
      const headers = { "X-API-Key": apiKey };
      return await (await server.request("/api/calls?words=refund", { headers })).json();
    };
    // What is left to index and what is found are asked for side by side.
    const { calls } = await until(
      ask,
      ({ calls, unindexed }) => calls.length === 7 && unindexed === 0,
    );
    assert.equal(calls[0].found.text, "I want a refund");
  }
  await Deno.remove(folder, { recursive: true });
});
