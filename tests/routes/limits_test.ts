import assert from "node:assert/strict";
import { type RealtimeServer, startRealtimeServer } from "../../src/sim/openai/realtimeServer.ts";
import {
  endedRecord,
  initiate,
  startBeside,
  statusOf,
  temporaryDatabase,
} from "../support/twilio/dialling.ts";
import {
  apiKey,
  otherKey,
  startPhoneServer,
  type TestServer,
} from "../support/servers/phoneServer.ts";
import { openClient, type WebClient } from "../support/browser/webClient.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

Deno.test("case 141: of 15 sockets of one key only as many are let in as the key may have", async () => {
  await using server = await startPhoneServer({ env: { WEB_CALLS_PER_KEY: "4" } });
  const tokens = await Promise.all(Array.from({ length: 15 }, () => tokenOf(server)));
  const clients = tokens.map((token) => openClient(server, token));
  await refusals(clients, 11);
  assert.equal(server.app.registry.size, 4);
  const refused = await session(server);
  assert.ok(refused.headers.has("retry-after"));
  assert.deepEqual(await problemOf(refused), [429, "too_many_calls"]);
  assert.equal(await statusOf(session(server, otherKey)), 200, "another key has its own");
  await Promise.all(clients.map((client) => client.close()));
  await until(() => statusOf(session(server)), (status) => status === 200);
});

Deno.test("case 141: browsers of one address are counted, whatever key their tokens are of", async () => {
  await using server = await startPhoneServer({
    env: { TRUST_PROXY: "true", WEB_CALLS_PER_VISITOR: "1", WEB_CALLS_PER_KEY: "off" },
  });
  const from = (address: string, key?: string) => session(server, key, address);
  const { token } = await (await from("203.0.113.5")).json();
  const client = openClient(server, token, { "x-forwarded-for": "203.0.113.5" });
  await client.get("ready");
  assert.deepEqual(await problemOf(await from("203.0.113.5", otherKey)), [429, "too_many_calls"]);
  assert.equal(await statusOf(from("203.0.113.6")), 200);
  await client.close();
});

Deno.test("clients of a proxy that is not trusted do not shut each other out", async () => {
  await using server = await startPhoneServer();
  const statuses = [];
  for (let request = 0; request < 15; request++) {
    const headers = { "x-forwarded-for": `203.0.113.${request}` };
    statuses.push(await statusOf(server.request("/api/me", { headers })));
  }
  assert.deepEqual(statuses, Array.from({ length: 15 }, () => 401));
});

Deno.test("case 172: a token that a limit has refused is good when there is a place again", async () => {
  await using server = await startPhoneServer({ env: { WEB_CALLS_PER_KEY: "1" } });
  const [first, second] = [await tokenOf(server), await tokenOf(server)];
  const talking = openClient(server, first);
  await talking.get("ready");
  const refused = openClient(server, second);
  await refused.closed;
  await talking.close();
  await until(() => statusOf(session(server)), (status) => status === 200);
  const client = openClient(server, second);
  await client.get("ready");
  await client.close();
});

Deno.test("case 141: browsers leave a part of the lines to the phone", async () => {
  await using server = await startPhoneServer({ env: { MAX_CALLS: "5" } });
  const tokens = await Promise.all(Array.from({ length: 4 }, () => tokenOf(server)));
  const clients = tokens.map((token) => openClient(server, token));
  for (const client of clients) await client.get("ready");
  assert.deepEqual(await problemOf(await session(server)), [503, "full"]);
  const call = server.network.call();
  await call.next("streamStarted");
  await hangUp(call);
  await Promise.all(clients.map((client) => client.close()));
});

for (
  const [whose, env] of [
    ["its key", { KEY_DAILY_USD: "0.0001" }],
    ["the server", { DAILY_USD: "0.0001" }],
  ] as const
) {
  Deno.test(`case 142: a browser's call ends with a goodbye when the day of ${whose} is used up`, async () => {
    await using model = talkingModel();
    await using server = await startPhoneServer({ env: { ...model.env, ...env } });
    const client = openClient(server, await tokenOf(server));
    const { callId } = await client.get("ready");
    const { reason, detail } = await client.get("ended");
    assert.deepEqual([reason, detail], ["spend_limit", "day"]);
    assert.match(model.said.at(-1) ?? "", /reached its limit/);
    const record = await endedRecord(server, callId);
    assert.ok(record.cost.usd > 0.0001, `${record.cost.usd}`);
    await until(() => statusOf(session(server)), (status) => status === 429);
    const refused = await session(server);
    const wait = Number(refused.headers.get("retry-after"));
    assert.ok(wait >= 1 && wait <= 86_400, `${wait}`);
    assert.deepEqual(await problemOf(refused), [429, "budget_exhausted"]);
    // The same day counts for what is placed.
    assert.deepEqual(await problemOf(await initiate(server)), [429, "budget_exhausted"]);
    assert.equal(await statusOf(session(server, otherKey)), whose === "its key" ? 200 : 429);
    const { incidents } = await (await server.request("/health")).json();
    assert.ok(incidents.some(({ code }: { code: string }) => code === "budget_exhausted"));
  });
}

Deno.test("case 142: MAX_CALL_USD ends a browser's call by default, and its own day goes on", async () => {
  await using model = talkingModel();
  await using server = await startPhoneServer({ env: { ...model.env, MAX_CALL_USD: "0.0001" } });
  const client = openClient(server, await tokenOf(server));
  const { reason, detail } = await client.get("ended");
  assert.deepEqual([reason, detail], ["spend_limit", "call"]);
  assert.equal(await statusOf(session(server)), 200);
});

Deno.test("case 143: calls that come in are refused as busy once their day is used up", async () => {
  await using model = talkingModel();
  await using server = await startPhoneServer({
    env: { ...model.env, INBOUND_DAILY_USD: "0.0001" },
  });
  const first = server.network.call();
  await first.settled;
  assert.deepEqual(server.app.registry.endOf(first.sid)?.end, {
    reason: "spend_limit",
    detail: "day",
  });
  await until(() => ring(server), (heard) => heard === "refused");
  // Others are not concerned.
  assert.equal(await statusOf(session(server)), 200);
});

Deno.test("case 143: one number that calls in again and again uses up its own minutes only", async () => {
  await using server = await startPhoneServer({
    env: { CALLER_DAILY_MINUTES: "2", API_KEYS: `ops:${apiKey};scopes=admin` },
  });
  const caller = "+12025550123";
  assert.equal(await ring(server, caller), "answered");
  assert.equal(await ring(server, caller), "answered");
  assert.equal(await ring(server, caller), "refused");
  assert.equal(await ring(server, "+12025550199"), "answered");
  const metrics = await (await server.request("/metrics", {
    headers: { Authorization: `Bearer ${apiKey}` },
  })).text();
  assert.match(metrics, /parley_limit_refusals_total\{scope="caller",limit="dailyMinutes"\} 1/);
  const everything = server.logged.join("\n");
  assert.equal(everything.includes("2025550123"), false);
});

Deno.test("case 144: two servers on one store share the day and the places of a key", async () => {
  await using database = await temporaryDatabase();
  const env = { WEB_CALLS_PER_KEY: "2", DATABASE_URL: database.url };
  await using server = await startPhoneServer({ env });
  await using second = await startBeside(server, env);
  const both = [server, second, server, second, server, second];
  const tokens = await Promise.all(both.map(tokenOf));
  const clients = both.map((each, at) => openClient(each, tokens[at] ?? ""));
  await refusals(clients, 4);
  assert.equal(server.app.registry.size + second.app.registry.size, 2);
  for (const each of [server, second]) {
    assert.deepEqual(await problemOf(await session(each)), [429, "too_many_calls"]);
  }
  await Promise.all(clients.map((client) => client.close()));
});

Deno.test("case 145: default limits in dollars keep no server of unknown price from starting", async () => {
  await using model = talkingModel();
  await using server = await startPhoneServer({
    env: { ...model.env, OPENAI_MODEL: "own-model" },
  });
  const { incidents } = await (await server.request("/health")).json();
  assert.match(JSON.stringify(incidents), /price_unknown.*own-model/);
  const client = openClient(server, await tokenOf(server));
  await client.get("ready");
  await client.close();
});

/** Calls in, and hangs up where the call is answered. */
async function ring(server: TestServer, from = "+12025550123"): Promise<"answered" | "refused"> {
  const call = server.network.call({ from });
  const heard = await call.next("streamStarted").then(() => "answered", () => "refused");
  await hangUp(call);
  return heard === "answered" ? "answered" : "refused";
}

/** Settles when so many of the sockets are closed. */
function refusals(clients: readonly WebClient[], count: number): Promise<void> {
  return new Promise((resolve) => {
    let closed = 0;
    for (const client of clients) client.closed.then(() => ++closed === count && resolve());
  });
}

function session(
  server: Pick<TestServer, "request">,
  key = apiKey,
  address?: string,
): Promise<Response> {
  return server.request("/api/web/session", {
    method: "POST",
    headers: {
      Authorization: `Bearer ${key}`,
      ...(address !== undefined && { "X-Forwarded-For": address }),
    },
  });
}

async function tokenOf(server: Pick<TestServer, "request">): Promise<string> {
  const answer = await session(server);
  assert.equal(answer.status, 200);
  return (await answer.json()).token;
}

/** A model with a known price: its responses are billed. */
function talkingModel() {
  const said: string[] = [];
  const model: RealtimeServer = startRealtimeServer({
    voice: "tone",
    speed: 20,
    script({ request = "" }) {
      said.push(request);
      return { say: "Well, well, well." };
    },
  });
  return {
    said,
    env: { OPENAI_API_KEY: "sk-test", OPENAI_REALTIME_URL: model.url },
    [Symbol.asyncDispose]: () => model.close(),
  };
}

Deno.test("case 148: a key's batches hold only so many calls that wait", async () => {
  await using server = await startPhoneServer({
    env: { OUTBOUND_PENDING: "3", OUTBOUND_HOURS: "00:00-00:01" },
  });
  const batch = (count: number, from: number, key?: string) =>
    server.post("/api/outbound/batch", {
      calls: Array.from({ length: count }, (_, at) => ({ to: `+1415555${from + at}` })),
    }, key);
  assert.deepEqual(await problemOf(await batch(4, 2000)), [429, "too_many_pending"]);
  assert.equal(await statusOf(batch(3, 2100, otherKey)), 202);
});

Deno.test("case 148: one number is called only so often a day, whichever key asks", async () => {
  await using server = await startPhoneServer({ env: { OUTBOUND_PER_NUMBER_DAILY: "2" } });
  assert.equal(await statusOf(initiate(server)), 200);
  assert.equal(await statusOf(initiate(server, undefined, { key: otherKey })), 200);
  const third = await initiate(server);
  assert.ok(third.headers.has("retry-after"));
  const { code, error, details } = await third.json();
  assert.deepEqual([third.status, code], [429, "number_called_enough"]);
  assert.match(error, /its daily limit of 2 calls \(OUTBOUND_PER_NUMBER_DAILY\): it may be called/);
  assert.deepEqual([details.most, details.setting], [2, "OUTBOUND_PER_NUMBER_DAILY"]);
  assert.equal(await statusOf(initiate(server, { to: "+14155550124" })), 200);
});
