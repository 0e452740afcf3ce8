import assert from "node:assert/strict";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { onlyAgent } from "../support/twilio/dialling.ts";
import { apiKey, publicUrl, startPhoneServer } from "../support/servers/phoneServer.ts";
import { until } from "../support/until.ts";
import { problemOf } from "../support/problemOf.ts";
import { inboundSid, mediaSignature, twilioPost } from "../support/twilio/twilioWebhook.ts";
import { handshake, sendLines } from "../support/servers/byHand.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

Deno.test("case 3: webhooks that Twilio did not sign for our address are refused", async () => {
  await using server = await startPhoneServer();
  const bad = [
    { headers: { "X-Twilio-Signature": "" } },
    { headers: { "X-Twilio-Signature": "x".repeat(28) } },
    { token: "another token" },
    { signedFor: `${publicUrl}/twilio/voice/` },
    { signedFor: `${server.origin}/twilio/voice` },
    {
      signedFor: "https://evil.example/twilio/voice",
      headers: { "X-Forwarded-Host": "evil.example" },
    },
  ];
  for (const options of bad) {
    const answer = await twilioPost(server, "/twilio/voice", {}, options);
    assert.deepEqual(await problemOf(answer), [403, "invalid_signature"]);
  }
  assert.equal(server.app.registry.size, 0);
});

Deno.test("case 3: a media socket without Twilio's signature is refused before the upgrade", async () => {
  await using server = await startPhoneServer();
  const ask = (signature: Readonly<Record<string, string>>, upgrade = handshake) => {
    const lines = Object.entries(signature).map(([name, value]) => `${name}: ${value}`);
    return sendLines(server.origin, "GET /media", [...upgrade, ...lines], "evil.example");
  };
  for (const signature of [{}, mediaSignature({ token: "wrong" })]) {
    const { status, code } = await ask(signature);
    assert.deepEqual([status, code], [403, "invalid_signature"]);
  }
  const inAnyCase = handshake.map((line) => line.replace("websocket", "WebSocket"));
  for (const path of ["/media", "/media/"]) {
    assert.equal((await ask(mediaSignature({ path }), inAnyCase)).status, 101);
  }
  assert.equal((await ask(mediaSignature(), [])).status, 426);
});

Deno.test("a Host header that is none is refused as such", async () => {
  await using server = await startPhoneServer();
  const { status, code } = await sendLines(server.origin, "GET /media", handshake, "a b");
  assert.deepEqual([status, code], [400, "invalid_host"]);
});

Deno.test("the voice webhook answers TwiML that connects, and goes on afterwards", async () => {
  await using server = await startPhoneServer();
  const answer = await twilioPost(server, "/twilio/voice");
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "text/xml");
  const twiml = await answer.text();
  assert.match(
    twiml,
    /<Connect><Stream url="wss:\/\/parley\.example\/media" statusCallback="https:\/\/parley\.example\/twilio\/stream"><Parameter name="token" value="[\w-]{43}"\/><\/Stream><\/Connect><Pause length="1"\/><Say .*<Redirect method="POST">https:\/\/parley\.example\/twilio\/resume\?agent=receptionist#/,
  );
  assert.equal(server.app.registry.byCallSid(inboundSid)?.request.caller, "+12025550123");
});

Deno.test("case 55: a webhook sent twice gets the same TwiML and the same call", async () => {
  await using server = await startPhoneServer();
  const headers = { "I-Twilio-Idempotency-Token": "one" };
  const answers = await Promise.all(
    [1, 2, 3].map(() => twilioPost(server, "/twilio/voice", {}, { headers })),
  );
  const texts = new Set(await Promise.all(answers.map((answer) => answer.text())));
  assert.equal(texts.size, 1);
  assert.equal(server.app.registry.size, 1);
});

Deno.test("case 55: callers without a number and names full of markup are answered alike", async () => {
  await using server = await startPhoneServer();
  const callers: readonly (readonly [from: string, caller: string | undefined])[] = [
    ["anonymous", undefined],
    ["+266696687", undefined],
    ["", undefined],
    ["client:ann", "client:ann"],
    ['sip:bob@example.com;x=<&">', 'sip:bob@example.com;x=<&">'],
    ["client:Zoë 🎈", "client:Zoë 🎈"],
  ];
  for (const [index, [from, caller]] of callers.entries()) {
    const sid = `CA${String(index).repeat(32)}`;
    const fields = { CallSid: sid, From: from, CallerName: "<&\"'>", NewField: "x".repeat(600) };
    const answer = await twilioPost(server, "/twilio/voice", fields);
    assert.match(await answer.text(), /<Connect>/);
    assert.equal(server.app.registry.byCallSid(sid)?.request.caller, caller);
  }
});

Deno.test("case 55: the webhook answers at once though the model cannot be reached", async () => {
  await using server = await startPhoneServer({
    env: { OPENAI_API_KEY: "sk-test", OPENAI_REALTIME_URL: "ws://127.0.0.1:9/v1/realtime" },
  });
  const answer = await twilioPost(server, "/twilio/voice");
  assert.match(await answer.text(), /<Connect>/);
});

Deno.test("case 53: when no call fits, the phone hears busy and HTTP is fine", async () => {
  await using server = await startPhoneServer({ env: { MAX_CALLS: "1" } });
  await (await twilioPost(server, "/twilio/voice")).text();
  const answer = await twilioPost(server, "/twilio/voice", { CallSid: `CA${"8".repeat(32)}` });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /<Response><Reject reason="busy"\/><\/Response>/);
  const ready = await server.request("/ready");
  assert.deepEqual([ready.status, (await ready.json()).status], [503, "full"]);
});

Deno.test("case 53: while draining, the phone hears busy and the server is not ready", async () => {
  await using server = await startPhoneServer();
  await server.app.drain();
  assert.match(
    await (await twilioPost(server, "/twilio/voice")).text(),
    /<Reject reason="busy"\/>/,
  );
  const ready = await server.request("/ready");
  assert.deepEqual([ready.status, (await ready.json()).status], [503, "draining"]);
});

Deno.test("an agent is chosen by the webhook's address, which Twilio signs with it", async () => {
  await using server = await startPhoneServer();
  await (await twilioPost(server, "/twilio/voice?agent=reminder")).text();
  assert.equal(server.app.registry.byCallSid(inboundSid)?.request.agent, "reminder");
  const sid = `CA${"8".repeat(32)}`;
  const unknown = await twilioPost(server, "/twilio/voice?agent=nobody", { CallSid: sid });
  assert.match(await unknown.text(), /<Say language="en-US">We are sorry.*<Hangup\/>/);
});

Deno.test("webhooks with a body that is too large or of another type are refused", async () => {
  await using server = await startPhoneServer();
  const large = await twilioPost(server, "/twilio/voice", { Junk: "x".repeat(70_000) });
  assert.deepEqual(await problemOf(large), [413, "body_too_large"]);
  const json = await server.request("/twilio/voice", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: "{}",
  });
  assert.deepEqual(await problemOf(json), [415, "unsupported_media_type"]);
  const get = await server.request("/twilio/voice");
  assert.deepEqual(await problemOf(get), [405, "method_not_allowed"]);
  const noSid = await twilioPost(server, "/twilio/voice", { CallSid: "CA/../x" });
  assert.deepEqual(await problemOf(noSid), [422, "invalid_call_sid"]);
});

Deno.test("case 56: callbacks of calls nobody knows change nothing", async () => {
  await using server = await startPhoneServer();
  for (const status of ["completed", "ringing", "canceled", "unheard-of", ""]) {
    const answer = await twilioPost(server, "/twilio/status", { CallStatus: status });
    assert.equal(answer.status, 204);
  }
  assert.equal((await twilioPost(server, "/twilio/amd", { AnsweredBy: "human" })).status, 204);
  assert.equal(
    (await twilioPost(server, "/twilio/stream", { StreamEvent: "stream-error" })).status,
    204,
  );
  const resumed = await twilioPost(server, "/twilio/resume");
  assert.match(await resumed.text(), /<Say language="en-US">We are sorry.*<Hangup\/>/);
});

Deno.test("a final status ends a call whose stream never said so", async () => {
  await using server = await startPhoneServer();
  await (await twilioPost(server, "/twilio/voice")).text();
  const session = server.app.registry.byCallSid(inboundSid);
  await (await twilioPost(server, "/twilio/status", { CallStatus: "completed" })).body?.cancel();
  assert.deepEqual(await session?.ended, { reason: "caller_hung_up" });
});

Deno.test("without the phone's settings every phone route says so", async () => {
  const env = {
    TWILIO_ACCOUNT_SID: undefined,
    TWILIO_AUTH_TOKEN: undefined,
    TWILIO_PHONE_NUMBER: undefined,
  };
  await using server = await startPhoneServer({ env });
  for (const path of ["/twilio/voice", "/twilio/status", "/media"]) {
    assert.deepEqual(await problemOf(await server.request(path)), [503, "phone_not_configured"]);
  }
  const answer = await server.post("/api/outbound/initiate", { to: "+14155550123" });
  assert.deepEqual(await problemOf(answer), [503, "phone_not_configured"]);
});

Deno.test("a stream that breaks is followed by another one in the same call", async () => {
  await using server = await startPhoneServer();
  const call = server.network.call();
  await call.next("streamStarted");
  await call.next("media");
  const session = server.app.registry.byCallSid(call.sid);
  call.breakConnection();
  await call.next("streamStarted");
  assert.equal(server.app.registry.byCallSid(call.sid), session);
  await hangUp(call);
  assert.equal(server.app.registry.endOf(call.sid)?.end.reason, "caller_hung_up");
});

Deno.test("keys are played into the call, which then goes on", async () => {
  const agentFiles = onlyAgent("tools: [send_dtmf]");
  await using server = await startPhoneServer({
    overrides: { agentFiles, engine: { voice: "tone", speed: 20, script: pressKeys } },
  });
  const call = server.network.call();
  await call.next("streamStarted");
  const session = server.app.registry.byCallSid(call.sid);
  session?.input({ type: "typed", text: "press" });
  assert.equal((await call.next("played")).digits, "12#");
  await call.next("streamStarted");
  assert.equal(server.app.registry.byCallSid(call.sid), session);
  await hangUp(call);
  assert.equal(server.app.registry.endOf(call.sid)?.end.reason, "caller_hung_up");
});

Deno.test("a transferred call is dialled on to the number behind the alias", async () => {
  const agentFiles = onlyAgent("transfers: { sales: { number: '+14155550199' } }");
  await using server = await startPhoneServer({ overrides: { agentFiles } });
  const call = server.network.call();
  await call.next("streamStarted");
  const session = server.app.registry.byCallSid(call.sid);
  session?.input({ type: "transferAsked", alias: "sales" });
  assert.deepEqual((await call.next("dialed")).targets, ["+14155550199"]);
  await hangUp(call);
});

Deno.test("a call is not transferred to a number that may not be dialled", async () => {
  const agentFiles = onlyAgent("transfers: { sales: { number: '+19005550123' } }");
  let told = "";
  const handOver: Script = ({ cause }) => {
    if (cause.type === "toolOutputs") told = cause.outputs[0]?.output ?? "";
    return cause.type === "text"
      ? { tools: [{ name: "transfer_call", arguments: '{"to":"sales"}' }] }
      : { say: "I cannot." };
  };
  await using server = await startPhoneServer({
    overrides: { agentFiles, engine: { voice: "tone", speed: 20, script: handOver } },
  });
  assert.match(server.logged.join("\n"), /Transfer will be refused.*premium_rate/);
  const call = server.network.call();
  await call.next("streamStarted");
  const session = server.app.registry.byCallSid(call.sid);
  session?.input({ type: "typed", text: "Give me sales." });
  await until(() => told, (told) => told !== "");
  assert.match(told, /destination_not_allowed/);
  session?.input({ type: "hangUp", end: { reason: "model_failed", transferTo: "sales" } });
  assert.match((await call.next("said")).text, /technical problem/);
  await call.settled;
});

Deno.test("a call is not transferred to a number on the do-not-call list, nor outside calling hours", async () => {
  const number = "+14155550199";
  const agentFiles = onlyAgent(`transfers: { sales: { number: '${number}' } }`);
  const told: string[] = [];
  const handOver: Script = ({ cause }) => {
    if (cause.type === "toolOutputs") told.push(cause.outputs[0]?.output ?? "");
    return cause.type === "text"
      ? { tools: [{ name: "transfer_call", arguments: '{"to":"sales"}' }] }
      : { say: "I cannot." };
  };
  const hour = Number(
    new Date().toLocaleTimeString("en-GB", { timeZone: "America/Los_Angeles", hour: "2-digit" })
      .slice(0, 2),
  );
  const closed = hour >= 12 ? "00:00-08:00" : "16:00-20:00";
  for (const env of [{ OUTBOUND_HOURS: closed }, { API_KEYS: `boss:${apiKey};scopes=admin` }]) {
    await using server = await startPhoneServer({
      env,
      overrides: { agentFiles, engine: { voice: "tone", speed: 20, script: handOver } },
    });
    if ("API_KEYS" in env) {
      const headers = { "X-API-Key": apiKey };
      const listed = await server.request(`/api/do-not-call/${number}`, { method: "PUT", headers });
      assert.equal(listed.status, 200, await listed.text());
    }
    told.length = 0;
    const call = server.network.call();
    await call.next("streamStarted");
    const session = server.app.registry.byCallSid(call.sid);
    session?.input({ type: "typed", text: "Give me sales." });
    await until(() => told[0], (told) => told !== undefined);
    assert.match(told[0] ?? "", /do_not_call|outside_hours/, JSON.stringify(env));
    await hangUp(call);
  }
});

Deno.test("case 8: when the model is gone the caller hears an apology, not silence", async () => {
  await using server = await startPhoneServer();
  const call = server.network.call();
  await call.next("streamStarted");
  const session = server.app.registry.byCallSid(call.sid);
  session?.input({ type: "hangUp", end: { reason: "model_failed", detail: "unreachable" } });
  assert.match((await call.next("said")).text, /technical problem/);
  await call.settled;
});

const pressKeys: Script = ({ cause }) =>
  cause.type === "text"
    ? { tools: [{ name: "send_dtmf", arguments: '{"digits":"12#"}' }] }
    : { say: "Hello." };
