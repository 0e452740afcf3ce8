import assert from "node:assert/strict";
import { ADMIN, ALICE, type ApiServer, BOB, withApi } from "../support/servers/apiServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { said } from "../support/store/storedCalls.ts";

/** In Berlin clocks go forward on March 28, 2027. */
const night = Date.UTC(2027, 2, 27, 23, 30);
const next = Date.UTC(2027, 2, 28, 22, 30);

async function rememberSome({ remember, store }: ApiServer): Promise<void> {
  const answeredAt = (callId: string, answeredAt: number) =>
    store.calls.write([{ type: "changed", callId, changes: { answeredAt } }]);
  await remember({ id: "call_a", keyName: "alice", startedAt: night });
  await answeredAt("call_a", night + 1000);
  await store.calls.write([
    said("call_a", { id: "1", role: "agent", text: "Hello", interrupted: true, unheard: "there" }),
    said("call_a", { id: "2", role: "agent", text: "Bye", position: 2 }),
  ]);
  await remember({ id: "call_a", keyName: "alice", startedAt: night }, {
    endedAt: night + 91_000,
    outcome: "human",
    latenciesMs: [400, 600],
  });
  await remember({ id: "call_b", keyName: "bob", agent: "clerk", startedAt: next }, {
    end: { reason: "not_answered", detail: "busy" },
    outcome: "busy",
  });
}

const PERIOD = "from=2027-03-27T12:00:00Z&to=2027-03-29T12:00:00Z";

Deno.test("GET /api/analytics/series follows calls by the days of a time zone", () =>
  withApi({}, async (server) => {
    await rememberSome(server);
    const path = `/api/analytics/series?${PERIOD}&zone=Europe/Berlin`;
    const answer = await (await server.ask(path, ADMIN)).json();
    assert.deepEqual([answer.interval, answer.zone, answer.groupBy, answer.from, answer.to], [
      ...["day", "Europe/Berlin", null],
      ...["2027-03-26T23:00:00.000Z", "2027-03-29T22:00:00.000Z"],
    ]);
    const [{ name, isRest, points }] = answer.series;
    assert.deepEqual([name, isRest, answer.series.length], [null, false, 1]);
    assert.deepEqual(points.map(({ at, calls }: { at: string; calls: number }) => [at, calls]), [
      ["2027-03-26T23:00:00.000Z", 0],
      ["2027-03-27T23:00:00.000Z", 1],
      ["2027-03-28T22:00:00.000Z", 1],
    ]);
    assert.deepEqual(points[1], {
      at: "2027-03-27T23:00:00.000Z",
      calls: 1,
      minutes: 1.5,
      outcomes: { human: 1 },
      endReasons: { caller_hung_up: 1 },
      cost: { usd: 0.02, unknown: 0 },
      latency: { count: 2, p50Ms: 400, p95Ms: 600 },
      agentTurns: 2,
      interruptions: 1,
      interruptedShare: 0.5,
      tools: {},
    });
    assert.equal(points[2].interruptedShare, null);
    assert.deepEqual(points[2].latency, { count: 0, p50Ms: null, p95Ms: null });
  }));

for (
  const [query, secret, lines] of [
    [`groupBy=agent&${PERIOD}`, ADMIN, [["clerk", [0, 1, 0]], ["receptionist", [1, 0, 0]]]],
    [`groupBy=key&${PERIOD}`, ALICE, [["alice", [1, 0, 0]]]],
    [`groupBy=direction&${PERIOD}&key=bob`, ADMIN, [["outbound", [0, 1, 0]]]],
    [`interval=week&from=2027-03-24&to=2027-03-31`, ADMIN, [[null, [2, 0]]]],
    [`to=2027-03-20&from=2027-03-21`, ADMIN, [[null, [0]]]],
  ] as const
) {
  Deno.test(`GET /api/analytics/series?${query} shows what ${secret.split("-")[0]} asks for`, () =>
    withApi({}, async (server) => {
      await rememberSome(server);
      const { series } = await (await server.ask(`/api/analytics/series?${query}`, secret)).json();
      const sums = series.map((
        { name, points }: { name: string; points: readonly { calls: number }[] },
      ) => [name, points.map(({ calls }) => calls)]);
      assert.deepEqual(sums, lines.map(([name, calls]) => [name, [...calls]]));
    }));
}

Deno.test("GET /api/analytics/series ends with the present day, and has 30 of them", () =>
  withApi({ now: () => Date.UTC(2027, 2, 28, 23) }, async (server) => {
    await rememberSome(server);
    const { to, series } = await (await server.ask("/api/analytics/series", ADMIN)).json();
    assert.equal(to, "2027-03-29T00:00:00.000Z");
    assert.equal(series[0].points.length, 30);
    assert.deepEqual(series[0].points.slice(-2).map(({ calls }: { calls: number }) => calls), [
      1,
      1,
    ]);
  }));

Deno.test("GET /api/analytics/series refuses what it does not understand, and others' calls", () =>
  withApi({}, async ({ ask }) => {
    for (
      const query of [
        "zone=Mars",
        "zone=Factory",
        "zone=PST",
        `zone=${"x".repeat(70)}`,
        "interval=year",
        "groupBy=to",
      ]
    ) {
      const refused = await problemOf(await ask(`/api/analytics/series?${query}`, ADMIN));
      assert.deepEqual(refused, [422, "invalid_request"]);
    }
    const long = "/api/analytics/series?interval=hour&from=2026-01-01";
    assert.deepEqual(await problemOf(await ask(long, ADMIN)), [422, "period_too_long"]);
    const refused = await problemOf(await ask("/api/analytics/series?key=alice", BOB));
    assert.deepEqual(refused, [403, "scope_missing"]);
  }));
