import assert from "node:assert/strict";
import {
  callee,
  callUntil,
  endedRecord,
  get,
  initiate,
  startBeside,
  temporaryDatabase,
} from "../support/twilio/dialling.ts";
import { account, apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { callBack } from "../support/twilio/twilioWebhook.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

Deno.test("a call that one process places is answered and talked with in another", async () => {
  await using database = await temporaryDatabase();
  const { env } = database;
  await using server = await startPhoneServer({
    env,
    network: { numbers: { [callee]: { answer: "human", afterMs: 300 } } },
  });
  await using second = await startBeside(server, env);
  const { callId, callSid } = await (await initiate(server, {
    to: callee,
    context: "about the shoes",
  })).json();
  server.network.connectTo(second.origin);
  const call = await server.network.nextCall();
  while (call.playedMs < 1000) await call.next("echo");
  const session = second.app.registry.get(callId);
  assert.equal(session?.callSid, callSid);
  assert.equal(session?.request.context, "about the shoes");
  const state = await callUntil(server, callId, ({ status }) => status === "in-progress");
  assert.equal(state.callSid, callSid);
  const hungUp = await server.post(`/api/outbound/${callId}/hangup`);
  assert.equal(hungUp.status, 200);
  await hungUp.body?.cancel();
  await call.settled;
  const record = await endedRecord(second, callId);
  assert.ok(record.turns.length > 0);
});

Deno.test("a stream that reaches another process than its webhook did is taken there, once", async () => {
  await using database = await temporaryDatabase();
  const { env } = database;
  await using server = await startPhoneServer({ env });
  await using second = await startBeside(server, env);
  const voice = await callBack(server, "/twilio/voice", {
    CallSid: `CA${"3".repeat(32)}`,
    From: "+12025550123",
    To: account.number,
  });
  assert.match(await voice.text(), /<Connect>/);

  const call = server.network.call();
  const seen: string[] = [];
  call.watch(({ type }) => {
    seen.push(type);
    if (type === "twiml") server.network.connectTo(second.origin);
  });
  await call.next("media");
  const here = second.app.registry.byCallSid(call.sid);
  assert.equal(here?.request.caller, "+12025550123");
  assert.equal(seen.includes("redirected"), false, "at the first try");
  assert.equal(here?.id, server.app.registry.byCallSid(call.sid)?.id, "one call, one record");
  await hangUp(call);
  const record = await until(
    () => get(second, `/api/calls/${here?.id}`, undefined),
    (record) => record.code === "unknown_call" || record.status === "ended",
  );
  assert.equal(record.code, "unknown_call", "no key asked for it");
});

Deno.test("what comes after a call is decided by its record, whichever process is asked", async () => {
  await using database = await temporaryDatabase();
  const env = { DATABASE_URL: database.url, API_KEYS: `ops:${apiKey};scopes=admin` };
  await using server = await startPhoneServer({ env });
  await using second = await startBeside(server, env);
  const call = server.network.call();
  await call.next("media");
  const session = server.app.registry.byCallSid(call.sid);
  session?.input({ type: "hangUp", end: { reason: "agent_hung_up" } });
  await endedRecord(second, session?.id);
  const form = { CallSid: call.sid };
  const answer = await callBack(second, "/twilio/resume", form);
  assert.match(await answer.text(), /<Response><Hangup\/><\/Response>/);
  const unknown = await callBack(second, "/twilio/resume", { CallSid: `CA${"4".repeat(32)}` });
  assert.match(await unknown.text(), /<Say language="en-US">We are sorry/);
  await call.settled;
});

Deno.test("the outcome of a call reaches its record through any process", async () => {
  await using database = await temporaryDatabase();
  const { env } = database;
  await using server = await startPhoneServer({
    env,
    network: { numbers: { [callee]: { answer: "busy", afterMs: 300 } } },
  });
  await using second = await startBeside(server, env);
  const { callId } = await (await initiate(server)).json();
  server.network.connectTo(second.origin);
  const { outcome } = await callUntil(second, callId, ({ outcome }) => outcome !== undefined);
  assert.equal(outcome, "busy");
});

Deno.test("a call goes on in the process that is started after its own was killed", async () => {
  await using database = await temporaryDatabase();
  const { env } = database;
  await using server = await startPhoneServer({ env });
  await using second = await startBeside(server, env);
  const call = server.network.call();
  await call.next("media");
  server.network.connectTo(second.origin);
  call.breakConnection();
  await call.next("streamStarted");
  await until(() => second.app.registry.byCallSid(call.sid), (session) => session !== undefined);
  await hangUp(call);
});
