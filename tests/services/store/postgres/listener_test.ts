import assert from "node:assert/strict";
import { createClientClass } from "../../../../src/services/store/postgres/client.ts";
import { listenTo } from "../../../../src/services/store/postgres/listener.ts";
import { startTcpProxy } from "../../../support/faults/tcpProxy.ts";
import { startPostgres } from "../../../support/store/postgres.ts";
import { until } from "../../../support/until.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

/** More than the buffers of all sockets on the way hold. */
const MANY = `SELECT count(pg_notify('news', at::text || repeat('x', 7000)))
  FROM generate_series(1, 4000) AS at`;
const LISTENERS = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'parley-stalled'";

Deno.test({
  name: "a listener that stands still is cut off, so that messages do not pile up, and comes back",
  ignore: postgres === undefined || Deno.build.os !== "linux",
  async fn() {
    assert.ok(postgres);
    const database = await postgres.createDatabase();
    const { hostname, port } = new URL(database.url);
    await using proxy = await startTcpProxy({ hostname, port: Number(port) });
    const client = createClientClass(proxy.through(database.url), {
      name: "parley-stalled",
      statementLimitMs: 5000,
    });
    let listened = 0;
    let received = "";
    const listener = listenTo("news", client, {
      onMessage: (payload) => void (received = payload),
      onListening: () => void listened++,
      onFailure() {},
    }, { stalledMs: 500 });
    await until(() => listened, (times) => times === 1);
    assert.equal((await database.ask(LISTENERS)).length, 1);
    proxy.set({ way: "down", stalled: true });
    await database.ask(MANY);
    await until(() => database.ask(LISTENERS), (rows) => rows.length === 0);
    proxy.set({});
    await until(() => listened, (times) => times === 2);
    await database.ask("SELECT pg_notify('news', 'again')");
    await until(() => received, (payload) => payload === "again");
    await listener.close();
    await database.drop();
  },
});
