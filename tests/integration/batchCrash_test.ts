import assert from "node:assert/strict";
import { apiKey, startSimulatedTwilio } from "../support/servers/phoneServer.ts";
import { startBeside, temporaryDatabase } from "../support/twilio/dialling.ts";
import { startPostgres } from "../support/store/postgres.ts";
import {
  makeDataFolder,
  type ServerProcess,
  startServerProcess,
} from "../support/servers/serverProcess.ts";
import { until } from "../support/until.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

const path = "/api/outbound/batch";
const numbers = Array.from({ length: 12 }, (_, n) => `+141555501${10 + n}`);
const busy = { otherNumbers: { answer: "busy" }, speed: 50 } as const;

interface Progress {
  readonly total: number;
  readonly progress: Readonly<Record<string, number>>;
  readonly calls: readonly { readonly detail: string | null }[];
}

/** How far a batch has got, which always adds up. */
async function progressOf(
  server: Pick<ServerProcess, "get">,
  batchId: string,
  total: number,
): Promise<Progress> {
  const state: Progress = await (await server.get(`${path}/${batchId}`)).json();
  const sum = Object.values(state.progress).reduce((sum, items) => sum + items, 0);
  assert.deepEqual([sum, state.total], [total, total]);
  return state;
}

/** Sends a batch to a process that dies at a statement, and has the next one go on with it. */
async function withProcessDyingAt(
  statement: string,
  batch: { readonly calls: readonly { readonly to: string }[] },
  goOn: (next: ServerProcess, batchId: string) => Promise<void>,
): Promise<void> {
  await using data = await makeDataFolder();
  await using twilio = startSimulatedTwilio(busy);
  await Deno.writeTextFile(`${data.path}/dying-at`, statement);
  const env = { ...twilio.env, OUTBOUND_PER_SECOND: "100", OUTBOUND_PER_MINUTE: "1000" };
  await using dying = await startServerProcess({
    data,
    env,
    preload: "tests/support/faults/dyingAt.ts",
  });
  twilio.network.connectTo(dying.origin);
  const { batchId } = await (await dying.post("/api/outbound/batches", batch)).json();
  assert.equal(await dying.ended(), 137);

  data.letTimePass();
  await using next = await startServerProcess({ data, env });
  twilio.network.connectTo(next.origin);
  await goOn(next, batchId);
  // Each once.
  assert.deepEqual(
    twilio.network.calls.map(({ to }) => to).sort(),
    batch.calls.map(({ to }) => to),
  );
}

Deno.test("a process that dies while it brings a batch into the queue leaves nothing behind", async () => {
  const calls = numbers.slice(0, 4).map((to) => ({ to }));
  await withProcessDyingAt("INSERT INTO dial_queue", { calls }, async (next, batchId) => {
    const done = await until(
      () => progressOf(next, batchId, calls.length),
      ({ progress }) => progress.ended === calls.length,
    );
    assert.ok(done.calls.every(({ detail }) => detail === "busy"));
  });
});

Deno.test("a process that dies as a call of a batch ends has its item tried again once, by the next", async () => {
  const calls = numbers.slice(0, 3).map((to) => ({ to }));
  const retry = { on: "busy", afterMinutes: 60, times: 1 };
  const batch = { calls, atOnce: 1, retry };
  await withProcessDyingAt("UPDATE batch_calls SET ended_at", batch, async (next, batchId) => {
    const { results } = await until(
      async () => await (await next.get(`/api/outbound/batches/${batchId}/results`)).json(),
      // A key that asks for so long is told to wait now and then.
      ({ results }) =>
        results?.every(({ state, attempts }: { state: string; attempts: number }) =>
          state === "pending" && attempts === 1
        ) === true,
    );
    assert.deepEqual(results.map(({ outcome }: { outcome: string }) => outcome), [
      ...["busy", "busy", "busy"],
    ]);
  });
});

const stores = {
  "SQLite": temporaryDatabase,
  "Postgres": async () => {
    if (postgres === undefined) throw new Error("Cannot test with Postgres: there is none");
    const { url, drop } = await postgres.createDatabase();
    return { url, [Symbol.asyncDispose]: drop };
  },
};

for (const [store, makeDatabase] of Object.entries(stores)) {
  Deno.test({
    name:
      `${store}: whoever dials the calls of a batch, it goes on, also without whoever took it in`,
    ignore: store === "Postgres" && postgres === undefined,
    async fn() {
      await using database = await makeDatabase();
      await using twilio = startSimulatedTwilio(busy);
      const env = { ...twilio.env, DATABASE_URL: database.url };
      await using first = await startBeside(twilio, env);
      await using second = await startBeside(twilio, env);
      twilio.network.connectTo(second.origin);
      const get = (path: string) => second.request(path, { headers: { "X-API-Key": apiKey } });
      const answer = await first.request(path, {
        method: "POST",
        headers: { "X-API-Key": apiKey, "Content-Type": "application/json" },
        body: JSON.stringify({ calls: numbers.map((to) => ({ to })) }),
      });
      const { batchId } = await answer.json();
      await until(
        () => progressOf({ get }, batchId, numbers.length),
        ({ progress }) => progress.ended! >= 6,
      );
      await first.app.close();
      await until(
        () => progressOf({ get }, batchId, numbers.length),
        ({ progress }) => progress.ended === numbers.length,
      );
      assert.deepEqual(twilio.network.calls.map(({ to }) => to).sort(), numbers);
    },
  });

  Deno.test({
    name: `${store}: a batch that is paused at one process is dialled by none, and resumed by any`,
    ignore: store === "Postgres" && postgres === undefined,
    async fn() {
      await using database = await makeDatabase();
      await using twilio = startSimulatedTwilio(busy);
      const env = { ...twilio.env, DATABASE_URL: database.url };
      await using first = await startBeside(twilio, env);
      await using second = await startBeside(twilio, env);
      twilio.network.connectTo(second.origin);
      const headers = { "X-API-Key": apiKey, "Content-Type": "application/json" };
      const ask = async (server: typeof first, path: string, body?: unknown) => {
        const method = body === undefined ? "GET" : "POST";
        const answer = await server.request(`/api/outbound/batches${path}`, {
          ...{ method, headers },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        return await answer.json();
      };
      const calls = numbers.map((to) => ({ to }));
      const { batchId } = await ask(first, "", { calls, atOnce: 1 });
      await until(() => ask(second, `/${batchId}`), ({ progress }) => progress.ended >= 2);
      await ask(first, `/${batchId}/pause`, {});
      const placed = twilio.network.calls.length;
      // What other batches dial meanwhile shows that both are at work.
      const others = ["+14155550177", "+14155550178", "+14155550179", "+14155550180"];
      for (const to of others) {
        const other = await ask(second, "", { calls: [{ to }] });
        await until(() => ask(first, `/${other.batchId}`), ({ state }) => state === "done");
      }
      // The one call that was under way may be dialled still, whenever that is; if not, it waits in the queue.
      const dialled = twilio.network.calls.map(({ to }) => to).filter((to) => !others.includes(to));
      assert.ok(
        dialled.length <= placed + 1,
        `${dialled.length} calls, ${placed} as it was paused`,
      );
      assert.ok(dialled.length < numbers.length);
      await ask(second, `/${batchId}/resume`, {});
      await until(() => ask(first, `/${batchId}`), ({ state }) => state === "done");
      assert.deepEqual(
        twilio.network.calls.map(({ to }) => to).sort(),
        [...numbers, ...others].sort(),
      );
    },
  });
}
