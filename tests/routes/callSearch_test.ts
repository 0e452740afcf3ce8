import assert from "node:assert/strict";
import { ADMIN, ALICE, type ApiServer, BOB, withApi } from "../support/servers/apiServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { said } from "../support/store/storedCalls.ts";

const day = Date.UTC(2027, 0, 1);

/** One call in which a caller wants a refund, and two others. */
async function rememberThree({ remember, store }: ApiServer): Promise<void> {
  await remember({
    id: "call_a",
    keyName: "alice",
    direction: "inbound",
    from: "+4917012345678",
    startedAt: day,
  }, { durationMs: 90_000 });
  await remember({ id: "call_b", keyName: "bob", to: "+14155550123", startedAt: day + 1000 }, {
    outcome: "voicemail",
    end: { reason: "agent_hung_up" },
    latency: { turns: 1, p50Ms: 5, p95Ms: 900 },
  });
  await remember({ id: "call_c", startedAt: day + 2000 }, {});
  await store.calls.write([
    said("call_a", { id: "t1", text: "I want a refund for this, please.", startedMs: 4000 }),
    said("call_b", { id: "t1", role: "agent", text: "There is no refund.", startedMs: 1000 }),
  ]);
  while (await store.words.update(10) > 0);
}

async function list(server: ApiServer, query: string, secret = ADMIN) {
  const response = await server.ask(`/api/calls?${query}`, secret);
  assert.equal(response.status, 200, query);
  return await response.json();
}

for (
  const [query, ids] of [
    ["words=refund", "ba"],
    ["words=refund&saidBy=caller", "a"],
    ["words=refund%20wan", "a"],
    ["words=%22a%20refund%22", "a"],
    ["words=refund&sort=oldest", "ab"],
    ["words=refund&direction=inbound", "a"],
    ["words=refund&to=2027-01-01T00:00:01Z", "a"],
    ["number=%2B4917012345678", "a"],
    ["number=%2B49%20170%2F123-45678", "a"],
    ["number=0170%2012345678", "a"],
    ["number=00491701234%205678", "a"],
    ["number=5678", "a"],
    ["number=0123", "b"],
    ["number=9999", ""],
    ["outcome=voicemail", "b"],
    ["endReason=agent_hung_up", "b"],
    ["minDurationMs=90000", "a"],
    ["maxDurationMs=89999", "cb"],
    ["minCostUsd=0.5", ""],
    ["maxCostUsd=0.5", "cba"],
    ["sort=oldest", "abc"],
    ["sort=longest", "acb"],
    ["sort=slowest&limit=1", "b"],
  ] as const
) {
  Deno.test(`GET /api/calls?${query} finds what it asks for`, () =>
    withApi({}, async (server) => {
      await rememberThree(server);
      const { calls } = await list(server, query);
      assert.equal(calls.map(({ id }: { id: string }) => id.slice(-1)).join(""), ids);
    }));
}

Deno.test("GET /api/calls says where the words were said, as text with ranges", () =>
  withApi({}, async (server) => {
    await rememberThree(server);
    const { calls: [call], unindexed } = await list(server, "words=refund%20want");
    assert.deepEqual(call.found, {
      turnId: "t1",
      role: "caller",
      atMs: 4000,
      text: "I want a refund for this, please.",
      marks: [{ from: 2, to: 6 }, { from: 9, to: 15 }],
    });
    assert.equal(unindexed, 0);
    assert.ok(!("found" in (await list(server, "")).calls[0]));
    await server.store.calls.write([said("call_c", { id: "t1", text: "Refund!" })]);
    assert.equal((await list(server, "words=refund")).unindexed, 1);
  }));

Deno.test("GET /api/calls finds words in no call of another key", () =>
  withApi({}, async (server) => {
    await rememberThree(server);
    for (const [secret, id] of [[ALICE, "call_a"], [BOB, "call_b"]]) {
      const { calls } = await list(server, "words=refund", secret);
      assert.deepEqual(calls.map((call: { id: string }) => call.id), [id]);
    }
  }));

Deno.test("GET /api/calls turns the pages of an order by cursors of that order alone", () =>
  withApi({}, async (server) => {
    await rememberThree(server);
    const first = await list(server, "sort=longest&limit=2");
    const second = await list(server, `sort=longest&limit=2&cursor=${first.nextCursor}`);
    assert.equal(
      [...first.calls, ...second.calls].map(({ id }: { id: string }) => id.slice(-1)).join(""),
      "acb",
    );
    assert.equal(second.nextCursor, null);
    const refused = await server.ask(`/api/calls?sort=oldest&cursor=${first.nextCursor}`, ADMIN);
    assert.deepEqual(await problemOf(refused), [422, "invalid_request"]);
  }));

for (
  const query of [
    "words=",
    "words=%20%22%22%20...",
    `words=${"a%20".repeat(13)}`,
    `words=${"a".repeat(201)}`,
    "saidBy=caller",
    "words=a&saidBy=operator",
    "number=123",
    "number=abc",
    "number=%2B0123456789",
    `number=${"1".repeat(16)}`,
    "outcome=__proto__",
    "endReason=over",
    "minDurationMs=-1",
    "maxDurationMs=1e3",
    "minCostUsd=free",
    "sort=best",
  ]
) {
  Deno.test(`GET /api/calls refuses ?${query.slice(0, 40)}`, () =>
    withApi({}, async ({ ask }) => {
      const refused = await problemOf(await ask(`/api/calls?${query}`, ADMIN));
      assert.deepEqual(refused, [422, "invalid_request"]);
    }));
}
