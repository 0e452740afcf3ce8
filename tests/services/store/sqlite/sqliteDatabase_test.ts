import assert from "node:assert/strict";
import { type Database, StatementRefused } from "../../../../src/services/store/database.ts";
import { openSqlite } from "../../../../src/services/store/sqlite/sqliteDatabase.ts";

Deno.test("what is asked in one turn of the event loop is one message, in order", async () => {
  using posts = countPosts();
  await using trial = await openTrial();
  const { database, insert } = trial;
  posts.count = 0;
  const [, counted, , again] = await Promise.all([
    database.batch([insert("a"), insert("b")]),
    database.query("SELECT COUNT(*) AS found FROM things"),
    database.query(insert("c").sql, ["c"]),
    database.query("SELECT COUNT(*) AS found FROM things"),
  ]);
  assert.deepEqual([counted, again], [[{ found: 2 }], [{ found: 3 }]]);
  assert.equal(posts.count, 1);
});

Deno.test("of what shares a message each has its own error, and a batch all or nothing", async () => {
  await using trial = await openTrial();
  const { database, insert } = trial;
  const settled = await Promise.allSettled([
    database.batch([insert("a")]),
    database.batch([insert("b"), insert("a")]),
    database.query("NO SQL"),
    database.batch([insert("c")]),
  ]);
  const reasons = settled.map((one) => one.status === "rejected" ? one.reason : undefined);
  assert.ok(reasons[1] instanceof StatementRefused);
  assert.match(reasons[2].message, /syntax error/);
  assert.deepEqual([reasons[0], reasons[3]], [undefined, undefined]);
  assert.deepEqual(await trial.names(), ["a", "c"]);
});

Deno.test("nothing comes between the steps of a transaction, and what waits for it keeps its order", async () => {
  await using trial = await openTrial();
  const { database, insert } = trial;
  const add = (name: string) => database.batch([insert(name)]);
  const seen: unknown[] = [];
  const transaction = (name: string) =>
    database.transaction("any", async (query) => {
      const before = await query("SELECT name FROM things ORDER BY rowid");
      await query(insert(name).sql, [name]);
      const after = await query("SELECT name FROM things ORDER BY rowid");
      seen.push([before.length, after.length]);
    });
  await Promise.all([add("a"), transaction("b"), add("c"), add("d"), transaction("e"), add("f")]);
  assert.deepEqual(await trial.names(), ["a", "b", "c", "d", "e", "f"]);
  assert.deepEqual(seen, [[1, 2], [4, 5]]);
});

Deno.test("a transaction that fails leaves nothing, and what waited for it goes on", async () => {
  await using trial = await openTrial();
  const { database, insert } = trial;
  const failing = database.transaction("any", async (query) => {
    await query(insert("a").sql, ["a"]);
    throw new Error("No");
  });
  const after = database.batch([insert("b")]);
  await assert.rejects(failing, /No/);
  await after;
  assert.deepEqual(await trial.names(), ["b"]);
});

interface Trial extends AsyncDisposable {
  readonly database: Database;
  insert(name: string): { readonly sql: string; readonly values: readonly string[] };
  names(): Promise<readonly unknown[]>;
}

async function openTrial(): Promise<Trial> {
  const database = await openSqlite(":memory:");
  await database.query("CREATE TABLE things (name TEXT UNIQUE)");
  return {
    database,
    insert: (name) => ({ sql: "INSERT INTO things (name) VALUES ($1)", values: [name] }),
    async names() {
      const rows = await database.query("SELECT name FROM things ORDER BY rowid");
      return rows.map(({ name }) => name);
    },
    [Symbol.asyncDispose]: () => database.close(),
  };
}

function countPosts() {
  const Thread = globalThis.Worker;
  const posts = {
    count: 0,
    [Symbol.dispose]() {
      globalThis.Worker = Thread;
    },
  };
  globalThis.Worker = class extends Thread {
    override postMessage(message: unknown): void {
      posts.count++;
      super.postMessage(message);
    }
  };
  return posts;
}
