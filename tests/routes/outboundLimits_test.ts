import assert from "node:assert/strict";
import { startRealtimeServer } from "../../src/sim/openai/realtimeServer.ts";
import {
  callUntil,
  get,
  initiate,
  ringing,
  startBeside,
  statusOf,
  temporaryDatabase,
} from "../support/twilio/dialling.ts";
import { otherKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

async function tally(answers: readonly Response[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const answer of answers) {
    const { code = "ok" } = await answer.json();
    counts[`${answer.status} ${code}`] = (counts[`${answer.status} ${code}`] ?? 0) + 1;
  }
  return counts;
}

Deno.test("of 200 requests that race for 10 calls at a time, exactly 10 are placed", async () => {
  await using server = await startPhoneServer({ env: { OUTBOUND_CONCURRENT: "10" }, ...ringing });
  const answers = await Promise.all(Array.from({ length: 200 }, () => initiate(server)));
  assert.ok(answers.every(({ status, headers }) => status !== 429 || headers.has("retry-after")));
  const { "200 ok": placed = 0, "202 ok": queued = 0, ...refused } = await tally(answers);
  assert.equal(placed + queued, 10);
  assert.deepEqual(refused, { "429 too_many_calls": 190 });
  const { error, details } = await (await initiate(server)).json();
  assert.equal(
    error,
    "This key has reached its limit of 10 concurrent calls (OUTBOUND_CONCURRENT).",
  );
  assert.deepEqual([details.most, details.setting], [10, "OUTBOUND_CONCURRENT"]);
  for (let n = 0; n < 10; n++) await server.network.nextCall();
  assert.equal(server.network.calls.length, 10);
});

Deno.test("two servers on one store that race for 10 calls place 10 between them", async () => {
  await using database = await temporaryDatabase();
  const env = { OUTBOUND_CONCURRENT: "10", DATABASE_URL: database.url };
  await using server = await startPhoneServer({ env, ...ringing });
  await using second = await startBeside(server, env);
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) => initiate(n % 2 === 0 ? server : second)),
  );
  const { "200 ok": placed = 0, "202 ok": queued = 0, ...refused } = await tally(answers);
  assert.equal(placed + queued, 10);
  assert.deepEqual(refused, { "429 too_many_calls": 190 });
  for (let n = 0; n < 10; n++) await server.network.nextCall();
  assert.equal(server.network.calls.length, 10);
});

Deno.test("a key places only so many calls in a minute, another key its own", async () => {
  await using server = await startPhoneServer({ env: { OUTBOUND_PER_MINUTE: "2" } });
  for (let n = 0; n < 2; n++) assert.equal(await statusOf(initiate(server)), 200);
  const third = await initiate(server);
  const wait = Number(third.headers.get("retry-after"));
  assert.ok(wait >= 1 && wait <= 60, `${wait}`);
  assert.deepEqual(await problemOf(third), [429, "rate_limited"]);
  assert.equal(await statusOf(initiate(server, undefined, { key: otherKey })), 200);
});

Deno.test("minutes are set aside before dialling, and what was not used is given back", async () => {
  const env = { OUTBOUND_DAILY_MINUTES: "5", MAX_CALL_MINUTES: "5" };
  await using server = await startPhoneServer({ env, ...ringing });
  const { callSid } = await (await initiate(server)).json();
  const refused = await initiate(server);
  assert.ok(Number(refused.headers.get("retry-after")) <= 10);
  const { code, error, details } = await refused.json();
  assert.deepEqual([refused.status, code, details.minutes], [
    ...[429, "daily_minutes_reserved"],
    { used: 0, reserved: 5, limit: 5 },
  ]);
  assert.match(error, /of 5 a day 0 are used, and 5 are reserved by calls under way/);
  // It is no incident: nothing is used up.
  const { incidents } = await get(server, "/health");
  assert.deepEqual(incidents ?? [], []);
  assert.equal(await statusOf(server.post(`/api/outbound/${callSid}/hangup`)), 200);
  assert.equal(await statusOf(initiate(server)), 200);
});

Deno.test("calls of a batch wait for minutes that others have reserved, and are not refused", async () => {
  const env = { OUTBOUND_DAILY_MINUTES: "5", MAX_CALL_MINUTES: "5" };
  await using server = await startPhoneServer({ env, ...ringing });
  const calls = ["+14155550131", "+14155550132", "+14155550133"].map((to) => ({ to }));
  const { batchId } = await (await server.post("/api/outbound/batches", { calls })).json();
  const detail = () => get(server, `/api/outbound/batches/${batchId}`);
  for (let over = 0; over < calls.length; over++) {
    await until(detail, ({ progress }) => progress.placed === 1 && progress.ended === over);
    server.network.calls[over]?.finish({ status: "no-answer", reason: "rang" });
  }
  await until(detail, ({ state }) => state === "done");
  assert.equal(server.network.calls.length, calls.length);
  // Nothing was refused: nobody is told so again and again.
  assert.ok(!server.logged.some((line) => line.includes("Call refused by a limit")));
});

Deno.test("a batch whose day's minutes are used up says so, and waits for the next day", async () => {
  // No call begins with less than a minute.
  await using server = await startPhoneServer({ env: { OUTBOUND_DAILY_MINUTES: "0.5" } });
  const calls = [{ to: "+14155550131" }, { to: "+14155550132" }];
  const { batchId } = await (await server.post("/api/outbound/batches", { calls })).json();
  const { incidents } = await until(
    () => get(server, "/health"),
    ({ incidents }) => (incidents ?? []).length > 0,
  );
  assert.equal(incidents[0].code, "budget_exhausted");
  assert.ok(server.logged.some((line) => line.includes("Call refused by a limit")));
  const { progress } = await get(server, `/api/outbound/batches/${batchId}`);
  assert.deepEqual([progress.ended, progress.refused], [0, 0]);
  assert.equal(server.network.calls.length, 0);
});

Deno.test("near the day's end of minutes a call is given those that are left", async () => {
  const env = { OUTBOUND_DAILY_MINUTES: "7", MAX_CALL_MINUTES: "60" };
  await using server = await startPhoneServer({ env, ...ringing });
  const { callId } = await (await initiate(server)).json();
  await callUntil(server, callId, ({ status }) => status === "ringing");
  assert.equal(server.app.registry.get(callId)?.request.maxMs, 7 * 60_000);
});

for (
  const [name, env, detail] of [
    ["one call", { MAX_CALL_USD: "0.0001" }, "call"],
    ["a key's day", { OUTBOUND_DAILY_USD: "0.0001" }, "day"],
  ] as const
) {
  Deno.test(`a call ends with a goodbye when ${name} has cost what it may`, async () => {
    const said: string[] = [];
    const model = startRealtimeServer({
      voice: "tone",
      speed: 20,
      script: ({ request = "" }) => {
        said.push(request);
        return { say: "Well, well, well." };
      },
    });
    try {
      await using server = await startPhoneServer({
        env: { OPENAI_API_KEY: "sk-test", OPENAI_REALTIME_URL: model.url, ...env },
      });
      const { callId } = await (await initiate(server)).json();
      await callUntil(server, callId, ({ outcome }) => outcome !== undefined);
      const { end, cost } = await get(server, `/api/calls/${callId}`);
      assert.deepEqual(end, { reason: "spend_limit", detail });
      assert.ok(cost.usd > 0.0001, `${cost.usd}`);
      assert.match(said.at(-1) ?? "", /in the language of the conversation.*reached its limit/);
      assert.doesNotMatch(
        said.at(-1) ?? "",
        /["“]/,
        "nothing is quoted: callers speak any language",
      );
      if (detail === "day") {
        assert.deepEqual(await problemOf(await initiate(server)), [429, "daily_usd_used"]);
      }
    } finally {
      await model.close();
    }
  });
}
