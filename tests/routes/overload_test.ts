import assert from "node:assert/strict";
import { get, initiate, statusOf } from "../support/twilio/dialling.ts";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

/** Keeps the event loop of the server, which is this one, busy in blocks until it is told to stop. */
function blockLoop(): () => void {
  const timer = setInterval(() => {
    const endsAt = performance.now() + 120;
    while (performance.now() < endsAt);
  }, 130);
  return () => clearInterval(timer);
}

async function readiness(server: TestServer): Promise<string> {
  return (await (await server.request("/ready")).json()).status;
}

Deno.test("a server whose event loop is late refuses new calls, keeps those it has, and recovers", async () => {
  await using server = await startPhoneServer({
    env: { API_KEYS: `ops:${apiKey};scopes=admin` },
    // A machine that is merely busy with other tests does not get to `endsBelow`.
    overrides: {
      lateness: { graceMs: 0, lateMs: 10, windowMs: 1500, beginsAt: 0.15, endsBelow: 0.1 },
    },
    network: { speed: 10 },
  });
  await until(() => readiness(server), (status) => status === "ready");
  const caller = server.network.call();
  await caller.next("streamStarted");
  const token = await server.post("/api/web/session");
  assert.equal(token.status, 200);
  await token.body?.cancel();

  const stop = blockLoop();
  try {
    await until(() => readiness(server), (status) => status === "overloaded");
    const health = await (await server.request("/health")).json();
    assert.equal(health.status, "degraded");
    assert.match(health.checks.load.detail, /^\d+ ms late$/);
    const metrics = await (await server.request("/metrics", {
      headers: { "X-API-Key": apiKey },
    })).text();
    assert.match(metrics, /^parley_overloaded 1$/m);
    assert.match(metrics, /^parley_event_loop_delay_seconds_count [1-9]/m);
    const refused = await server.post("/api/web/session");
    assert.ok(Number(refused.headers.get("retry-after")) > 0);
    assert.deepEqual(await problemOf(refused), [503, "overloaded"]);
    assert.deepEqual(await problemOf(await initiate(server)), [503, "overloaded"]);
    const busy = server.network.call();
    assert.equal((await busy.next("ended")).end.status, "busy");
    const batch = await server.post("/api/outbound/batch", { calls: [{ to: "+14155550177" }] });
    assert.equal(batch.status, 202);
    const { batchId } = await batch.json();
    assert.equal((await get(server, `/api/outbound/batch/${batchId}`)).progress.placed, 0);
    stop();
    await until(() => readiness(server), (status) => status === "ready");
    await until(
      () => get(server, `/api/outbound/batch/${batchId}`),
      ({ progress }) => progress.placed + progress.ended === 1,
    );
  } finally {
    stop();
  }
  assert.equal(await statusOf(server.post("/api/web/session")), 200);
  assert.equal(server.app.registry.byCallSid(caller.sid)?.hasLeg, true, "the call goes on");
});
