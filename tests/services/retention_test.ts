import assert from "node:assert/strict";
import { startRetention } from "../../src/services/retention.ts";
import { withApi } from "../support/apiServer.ts";
import { until } from "../support/dialling.ts";
import { apiKey, startPhoneServer } from "../support/phoneServer.ts";

const day = 24 * 60 * 60_000;

for (const [days, left] of [[30, ["call_new"]], [undefined, ["call_new", "call_old"]]] as const) {
  Deno.test(`startRetention() keeps what it should after ${days ?? "no"} days`, () =>
    withApi({}, async ({ store, remember }) => {
      const now = Date.UTC(2027, 0, 1);
      await remember({ id: "call_old", startedAt: now - 31 * day }, {});
      await remember({ id: "call_new", startedAt: now - 29 * day }, {});
      const wakes: (() => void)[] = [];
      const again = Promise.withResolvers<void>();
      const stop = startRetention({
        store,
        days,
        now: () => now,
        setTimer(wake) {
          if (wakes.push(wake) === 2) again.resolve();
          return () => {};
        },
        log: { info() {}, warn: (_, { error }) => again.reject(error) },
      });
      wakes[0]?.();
      await again.promise;
      await stop();
      const { calls } = await store.calls.list({}, { limit: 10 });
      assert.deepEqual(calls.map(({ id }) => id), left);
    }));
}

Deno.test("a server forgets the journals of old calls, and no other file", async () => {
  const dir = await Deno.makeTempDir();
  const names = ["call_old.jsonl", "call_new.jsonl", "notes.txt"];
  for (const name of names) await Deno.writeTextFile(`${dir}/${name}`, "{}\n");
  const old = new Date(Date.now() - 31 * day);
  for (const name of ["call_old.jsonl", "notes.txt"]) await Deno.utime(`${dir}/${name}`, old, old);
  {
    await using _server = await startPhoneServer({
      env: { RETENTION_DAYS: "30", JOURNAL_DIR: dir },
    });
    const left = () => [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
    await until(left, (names) => !names.includes("call_old.jsonl"));
    assert.deepEqual(left(), ["call_new.jsonl", "notes.txt"]);
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("the journals of a caller go with the caller's records", async () => {
  const dir = await Deno.makeTempDir();
  {
    await using server = await startPhoneServer({
      env: { JOURNAL_DIR: dir, API_KEYS: `ops:${apiKey};scopes=admin` },
    });
    const call = server.network.call({ from: "+12025550123" });
    await call.next("media");
    call.hangUp();
    await call.settled;
    const left = () => [...Deno.readDirSync(dir)].map(({ name }) => name);
    await until(left, (names) => names.length === 1);
    const headers = { "X-API-Key": apiKey };
    const path = "/api/callers/%2B12025550123";
    const erased = await server.request(path, { method: "DELETE", headers });
    assert.equal((await erased.json()).calls, 1);
    assert.deepEqual(left(), []);
  }
  await Deno.remove(dir, { recursive: true });
});
