import assert from "node:assert/strict";
import type { Store } from "../../src/services/store/store.ts";
import { ADMIN, ALICE, type ApiServer, BOB, withApi } from "../support/servers/apiServer.ts";
import { problemOf } from "../support/problemOf.ts";

async function analysed(store: Store, callId: string, topic: string, passed: boolean) {
  await store.analyses.enqueue(callId, 0);
  const [claim] = await store.analyses.claim(0, { limit: 1, leaseMs: 1e12 });
  assert.ok(claim !== undefined);
  const result = {
    summary: null,
    fields: { topic: { value: topic }, Total: { value: 9.5 } },
    success: { kind: { result: passed ? "pass" : "fail", reason: "" } },
    passed,
  } as const;
  const end = { state: "done", result, counted: new Set(["topic"]) } as const;
  await store.analyses.finish(claim, end, { now: 1 });
}

async function rememberSome({ remember, store }: ApiServer): Promise<void> {
  for (
    const [id, keyName, topic, passed] of [
      ["call_a", "alice", "booking", true],
      ["call_b", "alice", "a & b = c", false],
      ["call_c", "bob", "booking", true],
    ] as const
  ) {
    await remember({ id, keyName }, {});
    await analysed(store, id, topic, passed);
  }
}

for (
  const [query, secret, expected] of [
    ["analysis.topic=booking", ADMIN, ["call_a", "call_c"]],
    ["analysis.topic=booking", BOB, ["call_c"]],
    ["analysis.topic=a%20%26%20b%20%3D%20c", ALICE, ["call_b"]],
    ["analysis.Total=9.5&analysis.success.kind=fail", ADMIN, ["call_b"]],
    ["analysis.success.kind=pass&passed=true&limit=1&key=bob", ADMIN, ["call_c"]],
    ["passed=false", ADMIN, ["call_b"]],
    ["analysis.topic=booking&analysis.topic=other", ADMIN, []],
    ["analysis.toString=x", ADMIN, []],
    ["analysis.topic=%27%20OR%201%3D1--", ADMIN, []],
  ] as const
) {
  Deno.test(`GET /api/calls?${query} selects by analyses, of ${secret.split("-")[0]}'s calls`, () =>
    withApi({}, async (server) => {
      await rememberSome(server);
      const { calls } = await (await server.ask(`/api/calls?${query}`, secret)).json();
      assert.deepEqual(calls.map(({ id }: { id: string }) => id).sort(), expected);
    }));
}

Deno.test("GET /api/calls gives the next page of what analyses select", () =>
  withApi({}, async (server) => {
    await rememberSome(server);
    const path = "/api/calls?analysis.topic=booking&limit=1";
    const first = await (await server.ask(path, ADMIN)).json();
    const rest = await (await server.ask(`${path}&cursor=${first.nextCursor}`, ADMIN)).json();
    assert.deepEqual(
      [first, rest].flatMap(({ calls }) => calls.map(({ id }: { id: string }) => id)),
      [
        "call_c",
        "call_a",
      ],
    );
    assert.equal(rest.nextCursor, null);
  }));

Deno.test("GET /api/calls refuses parameters of analyses that are none, too long or too many", () =>
  withApi({}, async ({ ask }) => {
    const many = Array.from({ length: 11 }, (_, at) => `analysis.f${at}=1`).join("&");
    for (
      const query of [
        "analysis=1",
        "analysis.=1",
        "analysis.1=1",
        "analysis.a.b=1",
        "analysis.__proto__=1",
        "analysis.success.=1",
        `analysis.a=${"x".repeat(401)}`,
        many,
        "passed=yes",
        "analysis.a=1&colour=red",
      ]
    ) {
      const refused = await problemOf(await ask(`/api/calls?${query}`, ADMIN));
      assert.deepEqual(refused, [422, "invalid_request"], query);
    }
  }));

Deno.test("GET /api/analytics sums up the analyses of the calls that one may see", () =>
  withApi({}, async (server) => {
    await rememberSome(server);
    const sums = async (query: string, secret: string) =>
      (await (await server.ask(`/api/analytics${query}`, secret)).json()).analysis;
    assert.deepEqual(await sums("", ADMIN), {
      byState: { pending: 0, done: 3, skipped: 0, failed: 0 },
      passed: 2,
      failed: 1,
      passedShare: 2 / 3,
      criteria: { kind: { pass: 2, fail: 1 } },
      values: { topic: { booking: 2, "a & b = c": 1 } },
    });
    assert.deepEqual((await sums("", BOB)).criteria, { kind: { pass: 1 } });
    assert.deepEqual((await sums("?passed=false", ADMIN)).values, { topic: { "a & b = c": 1 } });
  }));
