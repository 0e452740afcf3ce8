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
    const { calls, unindexed } = await until(ask, ({ calls }) => calls.length === 7);
    assert.equal(calls[0].found.text, "I want a refund");
    assert.equal(unindexed, 0);
  }
  await Deno.remove(folder, { recursive: true });
});
