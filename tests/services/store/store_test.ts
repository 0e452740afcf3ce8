import assert from "node:assert/strict";
import type { DatabaseSettings } from "../../../src/config/settings.ts";
import { openStore } from "../../../src/services/store/store.ts";
import { readCursor, writeCursor } from "../../../src/services/store/calls/callList.ts";
import { readSortCursor, writeSortCursor } from "../../../src/services/store/calls/callOrder.ts";
import type { Database } from "../../../src/services/store/database.ts";
import { migrate } from "../../../src/services/store/migrate.ts";
import { openPostgres } from "../../../src/services/store/postgres/postgresDatabase.ts";
import { versions } from "../../../src/services/store/schema.ts";
import { cellsOf } from "../../../src/services/store/calendar/calendarCells.ts";
import { createRandom } from "../../../src/sim/twilio/random.ts";
import { readTerms } from "../../../src/services/store/words/wordSearch.ts";
import { openSqlite } from "../../../src/services/store/sqlite/sqliteDatabase.ts";
import { appointmentAt, single } from "../../support/store/calendarContract.ts";
import { startPostgres } from "../../support/store/postgres.ts";
import { type MakeDatabase, testStore } from "../../support/store/storeContract.ts";
import { opened, said } from "../../support/store/storedCalls.ts";
import { StoreProcess } from "../../support/store/storeProcess.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

const inMemory: MakeDatabase = () =>
  Promise.resolve({
    settings: { kind: "sqlite", path: ":memory:" },
    remove: () => Promise.resolve(),
  });

const inFile: MakeDatabase = async () => {
  const folder = await Deno.makeTempDir();
  return {
    settings: { kind: "sqlite", path: `${folder}/new/parley.db` },
    remove: () => Deno.remove(folder, { recursive: true }),
  };
};

const onPostgres: MakeDatabase = async () => {
  if (postgres === undefined) throw new Error("Cannot test with Postgres: there is none");
  const database = await postgres.createDatabase();
  return { settings: { kind: "postgres", url: database.url }, remove: database.drop };
};

testStore("SQLite in memory", inMemory);
testStore("SQLite in a file", inFile);
testStore("Postgres", onPostgres, postgres === undefined);

const durable = [
  { name: "SQLite in a file", make: inFile, ignore: false },
  { name: "Postgres", make: onPostgres, ignore: postgres === undefined },
];

for (const { name, make, ignore } of durable) {
  const test = (behaviour: string, body: (settings: DatabaseSettings) => Promise<void>) =>
    Deno.test({
      name: `${name}: ${behaviour}`,
      ignore,
      async fn() {
        const { settings, remove } = await make();
        await body(settings);
        await remove();
      },
    });

  test("of those who book the same time in several processes one gets it", async (settings) => {
    const stores = await Promise.all([1, 2, 3].map(() => openStore(settings, { now: () => 1 })));
    for (let minutes = 0; minutes < 300; minutes += 30) {
      const results = await Promise.all(
        [0, 1, 2, 3, 4, 5].map((at) =>
          stores[at % stores.length]?.calendar.book(
            appointmentAt(minutes + 5 * at, { id: `apt_${minutes}_${at}` }),
            single,
          )
        ),
      );
      const refusals = results.map((result) => result?.ok === false ? result.code : "booked");
      assert.deepEqual(refusals.filter((code) => code !== "taken"), ["booked"]);
      await stores[0]?.calendar.cancel(`apt_${minutes}_${refusals.indexOf("booked")}`, { now: 2 });
    }
    await Promise.all(stores.map((store) => store.close()));
  });

  test("whoever books, moves and cancels at once, no time is taken twice, and none for nothing", async (settings) => {
    const stores = await Promise.all([1, 2, 3].map(() => openStore(settings, { now: () => 1 })));
    const random = createRandom(20_261_128);
    const pick = (below: number) => Math.floor(random() * below);
    const change = async (round: number, at: number) => {
      const { calendar } = stores[at % stores.length]!;
      const id = `apt_${pick(20)}`;
      const minutes = 5 * pick(24);
      const { service, startsAt, endsAt } = appointmentAt(minutes);
      const kind = round === 0 ? 0 : pick(3);
      if (kind === 1) return await calendar.move(id, { service, startsAt, endsAt }, two);
      if (kind === 2) return await calendar.cancel(id, { now: 2 });
      const callId = `call_${pick(4)}`;
      return await calendar.book(
        appointmentAt(minutes, { id: `apt_${round}_${at}`, callId }),
        { ...two, maxOfCall: 3 },
      );
    };
    const two = { capacity: 2, now: 2 };
    for (let at = 0; at < 20; at++) {
      await stores[0]!.calendar.book(appointmentAt(5 * at, { id: `apt_${at}` }), {
        ...two,
        maxOfCall: 3,
      });
    }
    for (let round = 0; round < 12; round++) {
      await Promise.all(Array.from({ length: 12 }, (_, at) => change(round, at)));
      const { calendar } = stores[0]!;
      const booked = await calendar.list({ state: "booked", limit: 500 });
      const cells = booked.flatMap(({ startsAt, endsAt }) => cellsOf(startsAt, endsAt));
      const taken = (await calendar.taken("practice", 0, Date.parse("2028-01-01")))
        .map(({ cell }) => cell);
      const inOrder = (all: readonly number[]) => [...all].sort((a, b) => a - b);
      assert.deepEqual(inOrder(taken), inOrder(cells), "what is taken is what is booked");
      for (let call = 0; call < 4; call++) {
        const own = booked.filter(({ callId }) => callId === `call_${call}`);
        assert.ok(own.length <= 3, `a call has ${own.length}`);
      }
    }
    await Promise.all(stores.map((store) => store.close()));
  });

  test("what was written is there when the store is opened again", async (settings) => {
    const first = await openStore(settings, { now: () => 1 });
    await first.calls.write([opened({ id: "call_1" }), said("call_1", { id: "a" })]);
    await first.close();
    const second = await openStore(settings, { now: () => 2 });
    assert.equal((await second.calls.content("call_1")).turns.length, 1);
    await second.close();
  });

  test("no turn that was reported as written is lost when the process is killed", async (settings) => {
    const store = await openStore(settings, { now: () => 1 });
    for (let round = 0; round < 3; round++) {
      const writer = new StoreProcess("writeTurns", settings, `call_${round}`);
      const reported = await writer.untilReported(150 + 100 * round);
      await writer.kill();
      const { turns } = await store.calls.content(`call_${round}`);
      const kept = new Set(turns.map(({ id }) => id));
      assert.deepEqual(reported.filter((id) => !kept.has(id)), []);
    }
    await store.close();
  });

  test("processes that start at the same time make the tables once", async (settings) => {
    const stores = await Promise.all(
      [1, 2, 3, 4].map(() => openStore(settings, { now: () => 1 })),
    );
    await Promise.all(
      stores.map((store, at) => store.calls.write([opened({ id: `call_${at}` })])),
    );
    assert.equal((await stores[0]?.calls.list({}, { limit: 9 }))?.calls.length, 4);
    await Promise.all(stores.map((store) => store.close()));
  });

  test("a database newer than the program is refused in words", async (settings) => {
    const newer = await openDatabase(settings);
    await migrate(newer, () => 1, [...versions, ["CREATE TABLE from_the_future (id TEXT)"]]);
    await newer.close();
    await assert.rejects(
      openStore(settings, { now: () => 1 }),
      new RegExp(
        `it has version ${
          versions.length + 1
        }, and this program knows versions up to ${versions.length}`,
      ),
    );
  });

  test("a human outcome of an earlier version without a detection result becomes answered", async (settings) => {
    const database = await openDatabase(settings);
    await migrate(database, () => 1, versions.slice(0, 2));
    const told = [["human", null], ["human", "human"], ["no_answer", "machine"], ["busy", null]];
    for (const [at, [outcome = null, answeredBy = null]] of told.entries()) {
      await database.query(
        `INSERT INTO calls (id, direction, agent, status, started_at, instance_id, outcome,
            answered_by) VALUES ($1, 'outbound', 'clerk', 'ended', 0, 'gone', $2, $3)`,
        [`call_${at}`, outcome, answeredBy],
      );
    }
    await migrate(database, () => 2);
    const calls = await database.query("SELECT outcome FROM calls ORDER BY id");
    assert.deepEqual(
      calls.map(({ outcome }) => outcome),
      ["answered", "human", "machine", "busy"],
    );
    await database.close();
  });

  test("calls of a version that kept no savings have none, and those still live get them", async (settings) => {
    const database = await openDatabase(settings);
    await migrate(database, () => 1, versions.slice(0, 14));
    for (const [id, endedAt] of [["call_ended", 9], ["call_live", null]] as const) {
      await database.query(
        `INSERT INTO calls (id, direction, agent, status, started_at, ended_at, instance_id)
          VALUES ($1, 'web', 'clerk', 'live', 0, $2, 'instance_a')`,
        [id, endedAt],
      );
    }
    await database.close();
    const { calls, close } = await openStore(settings, { now: () => 2 });
    assert.equal((await calls.get("call_ended"))?.savings, undefined);
    assert.equal((await calls.analyse({})).cost.savedUsd, 0);
    const savings = { inputText: -5, inputAudio: 90, cachedText: 0, cachedAudio: 40, usd: 0.5 };
    await calls.write(["call_ended", "call_live"].map((callId) => (
      { type: "changed", callId, changes: { savings }, holder: "instance_a" }
    )));
    assert.equal((await calls.get("call_ended"))?.savings, undefined);
    assert.deepEqual((await calls.get("call_live"))?.savings, savings);
    assert.equal((await calls.analyse({})).cost.savedUsd, 0.5);
    await close();
  });

  test("words of calls of an earlier version are found, the newest first", async (settings) => {
    const database = await openDatabase(settings);
    const before = versions.findIndex((version) =>
      version.some((statement) =>
        typeof statement === "string" && statement.includes("TABLE stale_words")
      )
    );
    await migrate(database, () => 1, versions.slice(0, before));
    for (const [at, id] of ["call_a", "call_b", "call_c"].entries()) {
      await database.query(
        `INSERT INTO calls (id, direction, agent, status, started_at, ended_at, instance_id)
          VALUES ($1, 'web', 'clerk', 'ended', $2, 9, 'gone')`,
        [id, at],
      );
      await database.query(
        `INSERT INTO turns (call_id, id, role, position, text, is_final, interrupted, spoken_by,
          started_ms) VALUES ($1, 't', 'caller', 0, 'A refund', 1, 0, 'voice', 0)`,
        [id],
      );
    }
    await database.close();
    const store = await openStore(settings, { now: () => 2 });
    const found = async () => {
      const words = { terms: readTerms("refund") ?? [] };
      return (await store.calls.list({ words }, { limit: 9 })).calls.map(({ id }) => id);
    };
    assert.equal(await store.words.behind(), 3);
    assert.equal(await store.words.update(2), 2);
    assert.deepEqual(await found(), ["call_c", "call_b"]);
    assert.equal(await store.words.update(2), 1);
    assert.deepEqual(await found(), ["call_c", "call_b", "call_a"]);
    await store.close();
  });

  test("a version that fails leaves the one before it", async (settings) => {
    const database = await openDatabase(settings);
    await assert.rejects(
      migrate(database, () => 1, [...versions, ["CREATE TABLE half (id TEXT)", "NO SQL"]]),
    );
    await migrate(database, () => 1);
    await database.query("SELECT * FROM calls");
    await assert.rejects(database.query("SELECT * FROM half"));
    await database.close();
  });
}

Deno.test("openStore() says in words why a file cannot be opened", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/notes.txt`, "This is no database. ".repeat(100));
  await assert.rejects(
    openStore({ kind: "sqlite", path: `${folder}/notes.txt` }, { now: () => 1 }),
    /Cannot open the database .*notes\.txt: file is not a database/,
  );
  await assert.rejects(
    openStore({ kind: "sqlite", path: `${folder}/notes.txt/parley.db` }, { now: () => 1 }),
    /Cannot open the database/,
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("openStore() says in words that Postgres cannot be reached", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assert.rejects(
    openStore({ kind: "postgres", url: `postgres://parley:secret@127.0.0.1:${port}/parley` }, {
      now: () => 1,
    }),
    (error: Error) =>
      /Cannot connect to the Postgres database/.test(error.message) &&
      !/secret/.test(error.message),
  );
});

Deno.test("openSqlite() keeps a file that only its owner can read", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const { settings, remove } = await inFile();
  const store = await openStore(settings, { now: () => 1 });
  const path = settings.kind === "sqlite" ? settings.path : "";
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  await store.close();
  await remove();
});

Deno.test("readCursor() reads what writeCursor() wrote, and nothing else", () => {
  const position = { startedAt: 1_764_000_000_000, id: "call_01k9" };
  assert.deepEqual(readCursor(writeCursor(position)), position);
  for (const cursor of ["", "%%%", "AAAA", btoa("x/call"), btoa("1/"), btoa("1/a b"), "ü"]) {
    assert.equal(readCursor(cursor), undefined);
  }
});

Deno.test("readSortCursor() reads what writeSortCursor() wrote in the same order, and nothing else", () => {
  for (const value of [0, -1, 1_764_000_000_000, 0.1 + 0.2, 1e-7, 123.456]) {
    const position = { sort: "costliest", value, id: "call_01k9" } as const;
    assert.deepEqual(readSortCursor(writeSortCursor(position), "costliest"), position);
    assert.equal(readSortCursor(writeSortCursor(position), "longest"), undefined);
  }
  for (const cursor of ["", "%%%", "AAAA", btoa("newest/x/call"), btoa("newest/1/"), "ü"]) {
    assert.equal(readSortCursor(cursor, "newest"), undefined);
  }
  // Columns of whole numbers, with which Postgres compares nothing else.
  for (const sort of ["newest", "oldest", "longest", "slowest"] as const) {
    for (const value of ["1.5", "1e-7", "0.1"]) {
      assert.equal(readSortCursor(btoa(`${sort}/${value}/call_a`), sort), undefined);
    }
  }
});

function openDatabase(settings: DatabaseSettings): Promise<Database> {
  return settings.kind === "sqlite" ? openSqlite(settings.path) : openPostgres(settings.url);
}

Deno.test({
  name: "a call is admitted to Postgres's queue while another process is stuck at it",
  ignore: postgres === undefined,
  async fn() {
    const { settings, remove } = await onPostgres();
    const store = await openStore(settings, { now: () => 0 });
    assert.equal(settings.kind, "postgres");
    const other = await openPostgres(settings.kind === "postgres" ? settings.url : "");
    const stuck = Promise.withResolvers<void>();
    const holds = Promise.withResolvers<void>();
    const holding = other.transaction("dial", () => {
      holds.resolve();
      return stuck.promise;
    });
    await holds.promise;
    const admitted = {
      call: {
        id: "call_a",
        direction: "outbound",
        agent: "desk",
        status: "queued",
        startedAt: 0,
        instanceId: "here",
      },
      waiting: { from: "+14155550100", dueAt: 0, payload: {} },
    } as const;
    assert.equal(await store.dialQueue.admit(admitted, 0, { perSecond: 1 }), 1);
    stuck.resolve();
    await holding;
    assert.equal((await store.dialQueue.claim(0)).calls[0]?.callId, "call_a");
    await other.close();
    await store.close();
    await remove();
  },
});
