import assert from "node:assert/strict";
import process from "node:process";
import { openPostgresBus } from "../../../../src/services/cluster/postgresBus.ts";
import { createClientClass, TERMINATE_MS } from "../../../../src/services/store/postgres/client.ts";
import { Connections } from "../../../../src/services/store/postgres/connections.ts";
import { listenTo } from "../../../../src/services/store/postgres/listener.ts";
import type { Database } from "../../../../src/services/store/database.ts";
import { openPostgres } from "../../../../src/services/store/postgres/postgresDatabase.ts";
import { startPostgres, type TestDatabase } from "../../../support/store/postgres.ts";
import { GREETING, silentServer } from "../../../support/faults/silentServer.ts";

// That no timer is left of what was closed is what the sanitizers assert. They do not see the sockets of
// node:net, so that these are counted here.

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

const MOST = 8;
const SOON_MS = 3000;
const clientOptions = { name: "parley-test", statementLimitMs: 60_000 };

function test(name: string, run: (place: TestDatabase) => Promise<void>): void {
  Deno.test({
    name,
    ignore: postgres === undefined,
    async fn(context) {
      const place = await postgres?.createDatabase();
      assert.ok(place);
      await leavesNothing(context, () => run(place));
      await place.drop();
    },
  });
}

test("a store that is closed lets what is under way end, and takes nothing more", async ({ url }) => {
  const database = await openPostgres(url);
  const asked = Array.from(
    { length: 2 * MOST },
    () => database.query("SELECT pg_sleep(0.1), 1 AS one"),
  );
  const closed = database.close();
  await assert.rejects(database.query("SELECT 1"), /it is closed/);
  for (const [row] of await Promise.all(asked)) assert.equal(row?.one, 1);
  await closed;
  await database.close();
});

test("a store is closed while statements wait, for an answer and for their turn", async ({ url }) => {
  const database = await openPostgres(url, { closeGraceMs: 100 });
  const asked = Array.from(
    { length: 2 * MOST },
    () => outcome(database.query("SELECT pg_sleep(60)")),
  );
  const transaction = outcome(
    database.transaction("work", (query) => query("SELECT pg_sleep(60)")),
  );
  await soon(database.close());
  for (const message of await Promise.all([...asked, transaction])) {
    assert.match(message, /it is closed/);
  }
});

test("a store is closed while Postgres is away", async ({ url, cutOff }) => {
  const database = await openPostgres(url);
  await Promise.all(Array.from({ length: MOST }, () => database.query("SELECT 1")));
  await cutOff();
  const asked = Array.from({ length: 2 * MOST }, () => outcome(database.query("SELECT 1")));
  await soon(database.close());
  for (const message of await Promise.all(asked)) assert.notEqual(message, "done");
});

test("a store is closed while a write is on its way over a connection that breaks", async ({ url, cutOff }) => {
  const database = await openPostgres(url);
  await database.query("CREATE TABLE numbers (number BIGINT)");
  const sql = "INSERT INTO numbers VALUES ($1)";
  const batches: Promise<string>[] = [];
  const breaking = cutOff();
  for (let batch = 0; batch < 200; batch++) {
    const statements = [1, 2, 3].map((value) => ({ sql, values: [value] }));
    batches.push(outcome(database.batch(statements)));
  }
  await breaking;
  await soon(database.close());
  assert.ok((await Promise.all(batches)).some((message) => message !== "done"));
});

test("a transaction whose connection breaks is taken back whole, and the next is done", async ({ url, cutOff, admit }) => {
  const database = await openPostgres(url);
  await database.query("CREATE TABLE numbers (number BIGINT)");
  const broken = database.transaction("work", async (query) => {
    await query("INSERT INTO numbers VALUES (1)");
    await cutOff();
    await admit();
    await outcome(query("INSERT INTO numbers VALUES (2)"));
    // Another has its connection anew: nothing of the broken one may come to run there.
    await insert(database, 3);
    await query("INSERT INTO numbers VALUES (4)");
  });
  await assert.rejects(broken);
  await insert(database, 5);
  const numbers = await database.query("SELECT number FROM numbers ORDER BY number");
  assert.deepEqual(numbers.map(({ number }) => number), [3, 5]);
  await database.close();
});

test("a bus is closed while Postgres is away", async ({ url, cutOff }) => {
  const failed = Promise.withResolvers<void>();
  const log = { warn: () => failed.resolve() };
  const bus = await openPostgresBus(url, { instanceId: "a", log });
  await bus.publish("topic", 1);
  await cutOff();
  await failed.promise;
  const told = outcome(bus.publish("topic", 2));
  await soon(bus.close());
  assert.notEqual(await told, "done");
});

test("a bus that is closed lets go of the database", async ({ url, connections }) => {
  const bus = await openPostgresBus(url, { instanceId: "a", log: { warn: assert.fail } });
  await bus.publish("topic", 1);
  assert.equal(await connections(), 2);
  await soon(bus.close(), TERMINATE_MS);
});

test("a store without pending work is closed at once", async ({ url }) => {
  const database = await openPostgres(url);
  await soon(database.close(), TERMINATE_MS);
});

test("a connection that says nothing any more is given up, and another one made", async ({ url }) => {
  const connections = new Connections(createClientClass(url, clientOptions), {
    most: 1,
    timeoutMs: 1000,
  });
  const ask = (sql: string) => connections.use(async (client) => (await client.query(sql)).rows);
  const slow = outcome(ask("SELECT pg_sleep(60)"));
  const behind = outcome(ask("SELECT 1"));
  assert.match(await slow, /does not answer/);
  assert.notEqual(await behind, "done");
  assert.deepEqual(await ask("SELECT 1 AS one"), [{ one: 1 }]);
  await soon(connections.close(100));
});

Deno.test("connections are closed while they are being made", async (context) => {
  await using silent = silentServer();
  await leavesNothing(context, async () => {
    const connections = new Connections(createClientClass(silent.url, clientOptions), {
      most: 2,
      timeoutMs: 60_000,
    });
    const asked = [1, 2, 3].map(() =>
      outcome(connections.use((client) => client.query("SELECT 1")))
    );
    await silent.connected(2);
    await soon(connections.close(100));
    for (const message of await Promise.all(asked)) assert.match(message, /it is closed/);
  });
});

Deno.test("connections are closed though the database does not hear the goodbye", async (context) => {
  await using deaf = silentServer(GREETING);
  await leavesNothing(context, async () => {
    const connections = new Connections(createClientClass(deaf.url, clientOptions), {
      most: 1,
      timeoutMs: 60_000,
    });
    await connections.use(() => Promise.resolve());
    await soon(connections.close(100));
  });
});

Deno.test("a listener is closed while its connection is being made", async (context) => {
  await using silent = silentServer();
  await leavesNothing(context, async () => {
    const listener = listenTo("parley", createClientClass(silent.url, clientOptions), {
      onMessage: () => assert.fail(),
      onListening: () => assert.fail(),
      onFailure: () => assert.fail(),
    });
    await silent.connected(1);
    await soon(listener.close());
  });
});

Deno.test("a listener is closed while it pauses", async (context) => {
  await leavesNothing(context, async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    const failedOften = Promise.withResolvers<void>();
    let failures = 0;
    const nobody = `postgres://parley@127.0.0.1:${port}/parley`;
    const listening = listenTo("parley", createClientClass(nobody, clientOptions), {
      onMessage: () => assert.fail(),
      onListening: () => assert.fail(),
      // The pauses double: this one takes 1.6 s.
      onFailure: () => ++failures === 5 && failedOften.resolve(),
    });
    await failedOften.promise;
    await soon(listening.close(), 1000);
  });
});

Deno.test("a server that says nothing is given up, and what was asked for fails", async (context) => {
  await using silent = silentServer();
  await leavesNothing(context, async () => {
    const connections = new Connections(createClientClass(silent.url, clientOptions), {
      most: 1,
      timeoutMs: 100,
    });
    const [first, second] = [1, 2].map(() => connections.use((client) => client.query("SELECT 1")));
    await assert.rejects(first ?? Promise.resolve(), /it does not answer/);
    await assert.rejects(second ?? Promise.resolve(), /it does not answer/);
    await soon(connections.close(100));
  });
});

async function insert(database: Database, number: number): Promise<void> {
  await database.batch([{ sql: "INSERT INTO numbers VALUES ($1)", values: [number] }]);
}

/** A step, so that what is left is looked for at once. */
async function leavesNothing(context: Deno.TestContext, run: () => Promise<void>): Promise<void> {
  const before = openSockets();
  await context.step("nothing is left", async () => {
    await run();
    assert.equal(openSockets(), before, "sockets are closed");
  });
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

function outcome(work: Promise<unknown>): Promise<string> {
  return work.then(() => "done", (error: Error) => error.message);
}

async function soon(closing: Promise<void>, limitMs = SOON_MS): Promise<void> {
  const begun = performance.now();
  await closing;
  const tookMs = performance.now() - begun;
  assert.ok(tookMs < limitMs, `it took ${Math.round(tookMs)} ms`);
}
