import assert from "node:assert/strict";
import { noUsage } from "../../src/services/store/calls/callRecord.ts";
import { ADMIN, ALICE, type ApiServer, BOB, withApi } from "../support/servers/apiServer.ts";
import { problemOf } from "../support/problemOf.ts";

const day = Date.UTC(2027, 0, 1);
const unpriced = {
  usd: null,
  parts: { text: null, audio: null, transcription: 0, telephony: null },
};

async function rememberSome({ remember }: ApiServer): Promise<void> {
  await remember({ id: "call_a", keyName: "alice", startedAt: day }, {
    outcome: "human",
    latenciesMs: [400, 600],
    usage: { ...noUsage, outputAudio: 7 },
  });
  await remember({ id: "call_b", keyName: "bob", startedAt: day + 1000 }, {
    end: { reason: "not_answered", detail: "busy" },
    outcome: "busy",
    durationMs: 0,
    cost: unpriced,
  });
  await remember({ id: "call_c", direction: "inbound", startedAt: day + 2000 });
}

Deno.test("GET /api/analytics sums up all calls for an admin", () =>
  withApi({}, async (server) => {
    await rememberSome(server);
    const response = await server.ask("/api/analytics", ADMIN);
    assert.deepEqual(await response.json(), {
      calls: 3,
      byStatus: { ended: 2, live: 1 },
      byDirection: { outbound: 2, inbound: 1 },
      byAgent: { receptionist: 3 },
      byEndReason: { caller_hung_up: 1, not_answered: 1 },
      byOutcome: { human: 1, busy: 1 },
      duration: { count: 2, p50Ms: 0, p95Ms: 60_000, totalMs: 60_000 },
      latency: { count: 2, p50Ms: 400, p95Ms: 600 },
      cost: { usd: 0.02, unknown: 1, savedUsd: 0 },
      usage: { ...noUsage, outputAudio: 7 },
      analysis: {
        byState: { pending: 0, done: 0, skipped: 0, failed: 0 },
        passed: 0,
        failed: 0,
        passedShare: null,
        criteria: {},
        values: {},
      },
    });
  }));

Deno.test("GET /api/analytics sums up nothing as nothing", () =>
  withApi({}, async ({ ask }) => {
    const sums = await (await ask("/api/analytics", ADMIN)).json();
    assert.deepEqual(sums.duration, { count: 0, p50Ms: null, p95Ms: null, totalMs: 0 });
    assert.deepEqual(sums.cost, { usd: 0, unknown: 0, savedUsd: 0 });
  }));

for (
  const [query, secret, calls] of [
    ["", ALICE, 1],
    ["?key=bob", ADMIN, 1],
    ["?direction=outbound", ADMIN, 2],
    ["?agent=clerk", ADMIN, 0],
    ["?from=2027-01-01T00:00:01Z&to=2027-01-01T00:00:02Z", ADMIN, 1],
  ] as const
) {
  Deno.test(`GET /api/analytics${query} counts what ${secret.split("-")[0]} asks for`, () =>
    withApi({}, async (server) => {
      await rememberSome(server);
      const sums = await (await server.ask(`/api/analytics${query}`, secret)).json();
      assert.equal(sums.calls, calls);
    }));
}

Deno.test("GET /api/analytics refuses what it does not understand, and others' calls", () =>
  withApi({}, async ({ ask }) => {
    for (const query of ["from=x", "to=2027-02-30", "status=live", "direction=up", "a=b"]) {
      const refused = await problemOf(await ask(`/api/analytics?${query}`, ADMIN));
      assert.deepEqual(refused, [422, "invalid_request"]);
    }
    const refused = await problemOf(await ask("/api/analytics?key=alice", BOB));
    assert.deepEqual(refused, [403, "scope_missing"]);
  }));
