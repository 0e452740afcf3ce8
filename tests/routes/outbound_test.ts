import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { statusOf, temporaryDatabase } from "../support/twilio/dialling.ts";
import { account, apiKey, otherKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { executeWhenFree } from "../support/store/executeWhenFree.ts";
import { until } from "../support/until.ts";
import { problemOf } from "../support/problemOf.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const path = "/api/outbound/initiate";
const to = "+14155550123";

Deno.test("initiate wants a key, in either header, and says so", async () => {
  await using server = await startPhoneServer();
  const body = JSON.stringify({ to });
  const type = { "Content-Type": "application/json" };
  const none = await server.request(path, { method: "POST", headers: type, body });
  assert.equal(none.headers.get("www-authenticate"), "Bearer");
  assert.deepEqual(await problemOf(none), [401, "key_required"]);
  const wrong = await server.post(path, { to }, "wrong");
  assert.match((await wrong.clone().json()).error, /does not know this API key/);
  assert.deepEqual(await problemOf(wrong), [401, "invalid_key"]);
  const headers = { ...type, "X-API-Key": apiKey };
  const right = await server.request(path, { method: "POST", headers, body });
  assert.equal((await right.json()).success, true);
});

Deno.test("guessing keys is limited per address, whatever X-Forwarded-For says", async () => {
  await using server = await startPhoneServer();
  const guess = (n: number) =>
    server.request(path, {
      method: "POST",
      headers: { Authorization: `Bearer guess${n}`, "X-Forwarded-For": `10.0.0.${n}` },
    });
  const answers = [];
  for (let n = 0; n < 12; n++) answers.push(await guess(n));
  const statuses = answers.map(({ status }) => status);
  assert.deepEqual(statuses.slice(0, 10), Array(10).fill(401));
  assert.equal(statuses.at(-1), 429);
  assert.ok(Number(answers.at(-1)?.headers.get("retry-after")) >= 1);
  for (const answer of answers) await answer.body?.cancel();
  assert.deepEqual(await problemOf(await server.post(path, { to })), [429, "rate_limited"]);
});

Deno.test("without API_KEYS no calls are placed", async () => {
  const env = {
    API_KEYS: undefined,
    PUBLIC_URL: undefined,
    TWILIO_ACCOUNT_SID: undefined,
    TWILIO_AUTH_TOKEN: undefined,
    TWILIO_PHONE_NUMBER: undefined,
    TWILIO_API_URL: undefined,
  };
  await using server = await startPhoneServer({ env });
  assert.deepEqual(await problemOf(await server.post(path, { to })), [
    401,
    "api_keys_not_configured",
  ]);
});

Deno.test("initiate refuses bodies of the wrong kind", async () => {
  await using server = await startPhoneServer();
  const send = (body: string, type = "application/json") =>
    server.request(path, {
      method: "POST",
      headers: { "X-API-Key": apiKey, "Content-Type": type },
      body,
    });
  const cases: readonly (readonly [Response, number, string])[] = [
    [await send("{"), 400, "malformed_json"],
    [await send(""), 400, "malformed_json"],
    [await send("[".repeat(5000)), 400, "json_too_deep"],
    [await send('{"__proto__":{"to":"x"}}'), 400, "forbidden_key"],
    [await send(`{"to":"${"1".repeat(40_000)}"}`), 413, "body_too_large"],
    [await send("to=1", "text/plain"), 415, "unsupported_media_type"],
    [await send("null"), 422, "invalid_request"],
    [await send("[]"), 422, "invalid_request"],
    [await send("{}"), 422, "invalid_request"],
  ];
  for (const [answer, status, code] of cases) {
    assert.deepEqual(await problemOf(answer), [status, code]);
  }
});

Deno.test("initiate says which fields are wrong, in one answer", async () => {
  await using server = await startPhoneServer();
  const answer = await server.post(path, {
    to: 5,
    agent: "../x",
    context: "x".repeat(5000),
    variables: { "a b": "c", ok: 7 },
    from: "call me",
    machineDetection: "yes",
    extra: true,
  });
  assert.equal(answer.status, 422);
  const { details } = await answer.json();
  const paths = new Set(details.map((detail: { path: string }) => detail.path.split(".")[0]));
  assert.deepEqual(
    [...paths].sort(),
    ["", "agent", "context", "from", "machineDetection", "to", "variables"],
  );
  const said = (await (await server.post(path, { variables: [] })).json()).details;
  assert.deepEqual(said, [
    { path: "to", message: "is missing" },
    {
      path: "variables",
      message: "must be of type object",
      template: "must be of type {type}",
      values: { type: "object" },
    },
  ]);
  const unknown = await server.post(path, { to, agent: "nobody" });
  assert.deepEqual(await problemOf(unknown), [422, "unknown_agent"]);
});

Deno.test("initiate refuses numbers that are none with 422 and forbidden ones with 403", async () => {
  await using server = await startPhoneServer();
  const cases: readonly (readonly [string, number, string, string])[] = [
    ["+١٤١٥٥٥٥٠١٢٣", 422, "invalid_number", "not_ascii_digits"],
    ["+14155550123 ext 5", 422, "invalid_number", "extension"],
    ["+11111111111", 422, "invalid_number", "not_a_real_number"],
    ["911", 403, "destination_not_allowed", "emergency_number"],
    ["+19005550123", 403, "destination_not_allowed", "premium_rate"],
    ["+881612345678", 403, "destination_not_allowed", "satellite"],
    ["+442079460018", 403, "destination_not_allowed", "country_not_allowed"],
    [account.number, 403, "destination_not_allowed", "own_number"],
  ];
  for (const [number, status, code, reason] of cases) {
    const answer = await server.post(path, { to: number });
    const body = await answer.json();
    assert.deepEqual([answer.status, body.code, body.details[0].reason], [status, code, reason]);
  }
  assert.equal(server.network.calls.length, 0);
});

Deno.test("a key has only so many calls at a time, also when asked for at once", async () => {
  await using server = await startPhoneServer({ env: { OUTBOUND_CONCURRENT: "2" } });
  const answers = await Promise.all(Array.from({ length: 6 }, () => server.post(path, { to })));
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, 200, 429, 429, 429, 429]);
  const bodies = await Promise.all(answers.map((answer) => answer.json()));
  const placed = bodies.find(({ success }) => success === true);
  assert.equal(await statusOf(server.post(`/api/outbound/${placed.callSid}/hangup`)), 200);
  assert.equal((await (await server.post(path, { to })).json()).success, true);
});

Deno.test("a call's state is its key's alone", async () => {
  await using server = await startPhoneServer({
    network: { numbers: { [to]: { answer: "human", afterMs: 600_000 } } },
  });
  const { callSid, callId } = await (await server.post(path, { to })).json();
  const get = (sid: string, key: string) =>
    server.request(`/api/outbound/${sid}`, { headers: { "X-API-Key": key } });
  const state = await (await get(callSid, apiKey)).json();
  assert.deepEqual([state.callSid, state.callId, state.to, state.agent], [
    callSid,
    callId,
    to,
    "receptionist",
  ]);
  assert.deepEqual(await problemOf(await get(callSid, otherKey)), [404, "unknown_call"]);
  const foreign = await server.post(`/api/outbound/${callSid}/hangup`, undefined, otherKey);
  assert.deepEqual(await problemOf(foreign), [404, "unknown_call"]);
  assert.deepEqual(await problemOf(await get(`CA${"0".repeat(32)}`, apiKey)), [
    404,
    "unknown_call",
  ]);
  assert.deepEqual(await problemOf(await get("CA1", apiKey)), [422, "invalid_request"]);
});

Deno.test("case 57: a call hung up while it waits or rings is cancelled", async () => {
  await using server = await startPhoneServer({
    network: { numbers: { [to]: { answer: "human", afterMs: 600_000 } } },
  });
  const { callSid } = await (await server.post(path, { to })).json();
  const call = await server.network.nextCall();
  const state = await (await server.post(`/api/outbound/${callSid}/hangup`)).json();
  assert.equal(state.status, "canceled");
  assert.equal((await call.ended).status, "canceled");
  const again = await (await server.post(`/api/outbound/${callSid}/hangup`)).json();
  assert.equal(again.status, "canceled");
  assert.equal(again.outcome, "cancelled");
});

Deno.test("case 41: a call that is over, though nobody told of it, is hung up without an error", async () => {
  await using server = await startPhoneServer({
    network: { numbers: { [to]: { answer: "busy" } }, callbacks: { dropRate: 1 }, speed: 50 },
  });
  const { callSid } = await (await server.post(path, { to })).json();
  await (await server.network.nextCall()).settled;
  const answer = await server.post(`/api/outbound/${callSid}/hangup`);
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.equal((await answer.json()).outcome, "cancelled");
});

for (const answer of ["busy", "no-answer", "failed"] as const) {
  Deno.test(`a call that is ${answer} ends as not answered, and frees its place`, async () => {
    await using server = await startPhoneServer({
      network: { numbers: { [to]: { answer } }, speed: 50 },
    });
    const { callSid } = await (await server.post(path, { to })).json();
    const call = await server.network.nextCall();
    await call.settled;
    const state = await (await server.request(`/api/outbound/${callSid}`, {
      headers: { "X-API-Key": apiKey },
    })).json();
    assert.equal(state.status, answer);
    assert.deepEqual(server.app.registry.endOf(callSid)?.end, {
      reason: "not_answered",
      detail: answer,
    });
    assert.equal(server.app.registry.size, 0);
  });
}

Deno.test("case 57: what Twilio refuses is told, and leaves no call behind", async () => {
  await using server = await startPhoneServer();
  server.api.failNext({ kind: "refused", code: 21219, message: "not verified" });
  const answer = await server.post(path, { to });
  assert.deepEqual(await problemOf(answer), [403, "destination_not_verified"]);
  server.api.failNext({ kind: "rateLimited", retryAfterSeconds: 9 });
  const limited = await server.post(path, { to });
  assert.equal(limited.headers.get("retry-after"), "9");
  assert.deepEqual(await problemOf(limited), [503, "provider_busy"]);
  assert.equal(server.app.registry.size, 0);
});

Deno.test("case 58: an answering machine is told the agent's text or hung up on", async () => {
  await using server = await startPhoneServer({
    network: { numbers: { [to]: { answer: "machine", detectMs: 50 } }, speed: 5 },
  });
  const { callSid } = await (await server.post(path, { to, machineDetection: true })).json();
  const call = await server.network.nextCall();
  await call.settled;
  assert.equal(server.app.registry.endOf(callSid)?.end.reason, "voicemail");
  const state = await (await server.request(`/api/outbound/${callSid}`, {
    headers: { "X-API-Key": apiKey },
  })).json();
  assert.equal(state.answeredBy, "machine");
  assert.equal(state.outcome, "machine");
});

Deno.test("what a client says of hosts and addresses changes nothing about a call", async () => {
  await using server = await startPhoneServer();
  const answer = await server.request(path, {
    method: "POST",
    headers: {
      "X-API-Key": apiKey,
      "Content-Type": "application/json",
      "X-Forwarded-Host": "evil.example",
      "X-Forwarded-For": "127.0.0.1",
      "X-Forwarded-Proto": "http",
      Forwarded: "host=evil.example",
    },
    body: JSON.stringify({ to }),
  });
  assert.equal((await answer.json()).success, true);
  const call = await server.network.nextCall();
  await call.next("media");
  await hangUp(call);
  const requested = server.logged.join("\n");
  assert.equal(requested.includes("evil.example"), false);
  assert.deepEqual(call.errors, []);
});

Deno.test("initiate refuses text that is no text, and places nothing", async () => {
  await using server = await startPhoneServer();
  const send = (body: BodyInit) =>
    server.request(path, {
      method: "POST",
      headers: { "X-API-Key": apiKey, "Content-Type": "application/json" },
      body,
    });
  const cases: readonly (readonly [BodyInit, number, string])[] = [
    [`{"to":"${to}","context":"\\ud800"}`, 400, "invalid_unicode"],
    [new Uint8Array([0x22, 0xff, 0xfe, 0x22]), 400, "invalid_utf8"],
    [`{"to":"${to}","variables":{"__proto__":"x"}}`, 400, "forbidden_key"],
    [`{"to":"${to}","variables":{"constructor":5}}`, 422, "invalid_request"],
    [
      `{"to":"${to}","retry":{"on":["human"],"times":99,"afterMinutes":-1}}`,
      422,
      "invalid_request",
    ],
    [`{"to":"${to}","retry":"always"}`, 422, "invalid_request"],
    [`{"to":["${to}"]}`, 422, "invalid_request"],
    [`{"to":"${to}\\u0000"}`, 422, "invalid_number"],
  ];
  for (const [body, status, code] of cases) {
    assert.deepEqual(await problemOf(await send(body)), [status, code], String(body));
  }
  assert.equal(server.network.calls.length, 0);
});

Deno.test("a key without the scope to call reads and does not call", async () => {
  const reader = "a-reader-of-sixteen-or-more";
  await using server = await startPhoneServer({
    env: { API_KEYS: `ops:${apiKey},reader:${reader};scopes=calls:read` },
  });
  assert.deepEqual(await problemOf(await server.post(path, { to }, reader)), [
    403,
    "scope_missing",
  ]);
  const batch = await server.post("/api/outbound/batch", { calls: [{ to }] }, reader);
  assert.deepEqual(await problemOf(batch), [403, "scope_missing"]);
  const read = await server.request("/api/outbound/call_none", {
    headers: { "X-API-Key": reader },
  });
  assert.deepEqual(await problemOf(read), [404, "unknown_call"]);
});

Deno.test("nothing is dialled while the store does not answer, and a call under way goes on", async () => {
  await using place = await temporaryDatabase();
  await using server = await startPhoneServer({ env: { DATABASE_URL: place.url } });
  assert.equal(await statusOf(server.post(path, { to })), 200);
  const call = await server.network.nextCall();
  await call.next("media");
  using locked = new DatabaseSync(place.url.slice("sqlite:".length));
  await executeWhenFree(locked, "BEGIN EXCLUSIVE");
  const answer = await server.post(path, { to });
  assert.deepEqual(await problemOf(answer), [503, "store_unavailable"]);
  assert.equal(server.network.calls.length, 1);
  assert.equal(server.app.registry.size, 1);
  locked.exec("ROLLBACK");
  const again = async () => await (await server.post(path, { to })).json();
  assert.equal((await until(again, ({ success }) => success === true)).success, true);
});
