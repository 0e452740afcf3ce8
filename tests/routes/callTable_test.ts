import assert from "node:assert/strict";
import { ADMIN, ALICE, type ApiServer, withApi } from "../support/servers/apiServer.ts";
import { type CallTableDeps, callTableRoutes } from "../../src/routes/callTable.ts";
import { createTableStreams } from "../../src/routes/tableStreams.ts";
import { plainRouter } from "../support/servers/plainRouter.ts";
import { until } from "../support/until.ts";
import { problemOf } from "../support/problemOf.ts";
import { opened, said } from "../support/store/storedCalls.ts";

const day = Date.UTC(2027, 0, 1);

async function rowsOf({ ask }: ApiServer, query = "", secret = ADMIN) {
  const answer = await ask(`/api/calls.csv${query}`, secret);
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type") ?? "", /^text\/csv/);
  assert.match(answer.headers.get("content-disposition") ?? "", /attachment/);
  const lines = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await answer.bytes());
  assert.ok(lines.startsWith("\ufeffid,started_at,"));
  return lines.trimEnd().split("\r\n").map((line) => line.replace("\ufeff", "").split(","));
}

Deno.test("GET /api/calls.csv has the calls that the list has, with their analyses as columns", () =>
  withApi({}, async (server) => {
    const { remember, store } = server;
    const from = "+14155550123";
    await remember({ id: "call_a", keyName: "alice", from, startedAt: day }, {
      durationMs: 61_040,
    });
    await remember({ id: "call_b", direction: "inbound", startedAt: day + 1000 }, {});
    await store.callTags.add("call_a", "vip");
    await store.calls.write([
      said("call_a", { id: "t", text: "=SUM(A1) refund", startedMs: 4200 }),
    ]);
    while (await store.words.update(10) > 0);
    await store.analyses.enqueue("call_a", day);
    const [claim] = await store.analyses.claim(day, { limit: 1, leaseMs: 1 });
    await store.analyses.finish(claim!, {
      state: "done",
      counted: new Set(),
      result: {
        summary: "=HYPERLINK(1)",
        fields: { topic: { value: "@cmd" }, guests: { value: 3 } },
        success: { solved: { result: "pass", reason: "So." } },
        passed: true,
      },
    }, { now: day, spent: { model: "m", inputTokens: 1, outputTokens: 1, usd: 0 } });

    const all = await rowsOf(server);
    assert.deepEqual(all.map(([id]) => id), ["id", "call_b", "call_a"]);
    const cell = (row: readonly string[], name: string) => row[all[0]!.indexOf(name)];
    const a = all[2]!;
    assert.deepEqual(
      ["duration_seconds", "from", "tags", "passed", "key"].map((name) => cell(a, name)),
      ["61", from, "vip", "true", "alice"],
    );
    assert.deepEqual(all[0]!.slice(-4), [
      "summary",
      "field_guests",
      "field_topic",
      "success_solved",
    ]);
    assert.deepEqual(a.slice(-4), ["'=HYPERLINK(1)", "3", "'@cmd", "pass"]);
    assert.deepEqual(all[1]!.slice(-4), ["", "", "", ""]);

    const found = await rowsOf(server, "?words=refund&saidBy=caller");
    assert.equal(found.length, 2);
    assert.deepEqual(found[0]!.slice(-7, -4), ["found_who", "found_at_seconds", "found_text"]);
    assert.deepEqual(found[1]!.slice(-7, -4), ["caller", "4.2", "'=SUM(A1) refund"]);
    assert.deepEqual((await rowsOf(server, "?tag=vip&sort=oldest")).length, 2);
    assert.deepEqual((await rowsOf(server, "", ALICE)).map(([id]) => id), ["id", "call_a"]);
    assert.deepEqual((await rowsOf(server, "?direction=inbound"))[0]!.at(-1), "summary");
  }));

Deno.test("GET /api/calls.csv has each of many calls once", () =>
  withApi({}, async (server) => {
    const ids = Array.from({ length: 1203 }, (_, at) => `call_${at}`);
    await server.store.calls.write(ids.map((id) => opened({ id, startedAt: day })));
    const rows = await rowsOf(server, "?sort=longest");
    assert.deepEqual(rows.slice(1).map(([id]) => id).sort(), ids.sort());
  }));

Deno.test("GET /api/calls.csv is over for who goes away, and goes on for the next", () =>
  withApi({}, async (server) => {
    const ids = Array.from({ length: 600 }, (_, at) => `call_${at}`);
    await server.store.calls.write(ids.map((id) => opened({ id, startedAt: day })));
    for (let round = 0; round < 6; round++) {
      const answer = await server.ask("/api/calls.csv", ADMIN);
      const reader = answer.body!.getReader();
      await reader.read();
      await reader.cancel();
    }
    for (let round = 0; round < 6; round++) {
      await (await server.ask("/api/calls.csv", ADMIN, { method: "HEAD" })).body?.cancel();
    }
    assert.equal((await rowsOf(server)).length, 601);
  }));

/** The route beside a store that answers when it is told to, and a clock that stands still. */
function startTable(list: () => ReturnType<CallTableDeps["callStore"]["list"]>) {
  const timers = new Set<{ readonly run: () => void; readonly ms: number }>();
  const sendTable = createTableStreams({
    setTimer(run, ms) {
      const timer = { run, ms };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    revocation: { onRevoked: () => {}, isOver: () => false },
  });
  let keyName = "alice";
  const router = plainRouter((router) => {
    router.route(
      "/",
      callTableRoutes({
        access: () => (c, next) => {
          c.set("caller", {
            keyName,
            holder: keyName,
            scopes: ["admin"],
            seesAll: true,
            isAdmin: true,
          });
          return next();
        },
        callStore: { list },
        callTable: {
          names: () => Promise.resolve({ fields: [], criteria: [] }),
          analyses: () => Promise.resolve(new Map()),
        },
        sendTable,
      }),
    );
  });
  return {
    ask: async (key = "alice") => {
      keyName = key;
      return await router.fetch(new Request("http://parley.test/api/calls.csv"), {
        remoteAddress: "::1",
      });
    },
    waitingMs: () => [...timers].map(({ ms }) => ms).sort((a, b) => a - b),
    pass(ms: number) {
      for (const timer of [...timers].filter((each) => each.ms === ms)) timer.run();
    },
  };
}

Deno.test("GET /api/calls.csv is not begun while many others are being read", async () => {
  const answers: (() => void)[] = [];
  const { ask } = startTable(() =>
    new Promise((resolve) => answers.push(() => resolve({ calls: [] })))
  );
  const begun = [];
  for (let at = 1; at <= 4; at++) {
    begun.push((await ask(`key${at}`)).text());
    await until(() => answers.length, (count) => count === at);
  }
  assert.deepEqual(await problemOf(await ask()), [503, "export_busy"]);
  for (const answer of answers) answer();
  for (const table of begun) assert.match(await table, /^id,/);
  const next = await ask();
  assert.equal(next.status, 200);
  await next.body?.cancel();
});

Deno.test("GET /api/calls.csv is refused to a key with three open tables, and above 30 of all", async () => {
  const { ask } = startTable(() => Promise.resolve({ calls: [] }));
  const open = async (key: string, count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => ask(key)));
    assert.ok(answers.every(({ ok }) => ok));
    return answers;
  };
  const mine = await open("alice", 3);
  const refused = await ask("alice");
  assert.equal(refused.headers.get("retry-after"), "10");
  assert.deepEqual(await problemOf(refused), [429, "too_many_streams"]);
  assert.match(await mine[0]!.text(), /^id,/);
  const all = [...mine.slice(1), ...await open("alice", 1)];
  for (let at = 1; at <= 9; at++) all.push(...await open(`key${at}`, 3));
  const busy = await ask("bob");
  assert.equal(busy.headers.get("retry-after"), "10");
  assert.deepEqual(await problemOf(busy), [503, "too_many_streams"]);
  for (const { body } of all) await body?.cancel();
  await (await ask("bob")).body?.cancel();
});

Deno.test("GET /api/calls.csv breaks off for who does not read on, and its place is free", async () => {
  const { ask, pass, waitingMs } = startTable(() => Promise.resolve({ calls: [] }));
  for (const ms of [60_000, 30 * 60_000]) {
    const readers = [];
    for (let at = 0; at < 3; at++) readers.push((await ask()).body!.getReader());
    for (const reader of readers) assert.equal((await reader.read()).done, false);
    assert.deepEqual(await problemOf(await ask()), [429, "too_many_streams"]);
    pass(ms);
    for (const reader of readers) await assert.rejects(reader.read(), /took too long/);
    assert.deepEqual(waitingMs(), []);
  }
  assert.equal((await ask()).status, 200);
});

Deno.test("GET /api/calls.csv refuses pages and unknown parameters", () =>
  withApi({}, async ({ ask }) => {
    for (const query of ["limit=5", "cursor=x", "words=%22", "sort=best"]) {
      const refused = await ask(`/api/calls.csv?${query}`, ADMIN);
      assert.deepEqual(await problemOf(refused), [422, "invalid_request"]);
    }
    assert.deepEqual(await problemOf(await ask("/api/calls.csv")), [401, "key_required"]);
  }));
