import assert from "node:assert/strict";
import {
  agentsOf,
  callee,
  callUntil,
  endedRecord,
  get,
  initiate,
  statusOf,
} from "../support/twilio/dialling.ts";
import {
  adminKey,
  follow,
  instancesTest,
  keysWithAdmin,
  post,
  readUntil,
  startTwoInstances,
  type TwoInstances,
} from "../support/servers/instances.ts";
import {
  account,
  otherKey,
  publicUrl,
  type TestServerOptions,
} from "../support/servers/phoneServer.ts";
import { startServerProcess } from "../support/servers/serverProcess.ts";
import { callBack } from "../support/twilio/twilioWebhook.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const germanDesk = `---
title: Desk
language: de-AT
voicemail: Bitte rufen Sie zurück.
---
Help.`;

function test(
  name: string,
  run: (pair: TwoInstances) => Promise<void>,
  { answers = true, ...options }: TestServerOptions & { readonly answers?: boolean } = {},
): void {
  instancesTest(name, async () => {
    const plan = { answer: answers ? "human" : "no-answer", afterMs: 20 } as const;
    await using pair = await startTwoInstances({
      network: { numbers: { [callee]: plan } },
      ...options,
    });
    await run(pair);
  });
}

test("a call is acted on at the instance that does not hold it, and refusals come back", async ({ first, second }) => {
  const { callId } = await (await initiate(first)).json();
  const call = await first.network.nextCall();
  await call.next("media");
  assert.equal(second.app.registry.get(callId), undefined);
  const path = `/api/calls/${callId}/actions`;

  const watching = await follow(first, `/api/calls/${callId}/events`);
  assert.equal(await statusOf(post(second, path, { type: "text", text: "what time is it" })), 202);
  const told = await readUntil(watching, "toolStarted");
  assert.ok(told.some(({ data }) => data.includes("what time is it")));
  await watching.close();

  const nobody = await post(second, path, { type: "transfer", to: "nobody" });
  assert.deepEqual(await problemOf(nobody), [422, "unknown_transfer"]);
  const foreign = await post(second, path, { type: "hangup" }, otherKey);
  assert.deepEqual(await problemOf(foreign), [404, "unknown_call"]);

  assert.equal(await statusOf(post(second, path, { type: "hangup" })), 202);
  await call.settled;
  const record = await endedRecord(second, callId);
  assert.equal(record.end.reason, "operator_hung_up");
  assert.deepEqual(await problemOf(await post(second, path, { type: "hangup" })), [
    409,
    "call_ended",
  ]);
});

test(
  "a call whose stream came to another instance is acted on there, and not where it was expected",
  async ({ first, second }) => {
    const call = first.network.call();
    call.watch(({ type }) => type === "twiml" && first.network.connectTo(second.origin));
    await call.next("media");
    const session = second.app.registry.byCallSid(call.sid);
    assert.ok(session);
    assert.ok(first.app.registry.get(session.id), "where the stream was expected, one waits");
    const path = `/api/calls/${session.id}/actions`;
    assert.equal(await statusOf(post(first, path, { type: "hangup" }, adminKey)), 202);
    assert.equal((await session.ended).reason, "operator_hung_up");
    await call.settled;
  },
  { env: { API_KEYS: keysWithAdmin } },
);

test("a web call is not handed over, whichever instance is asked", async ({ first, second }) => {
  const { token } = await (await post(first, "/api/web/session")).json();
  const socket = new WebSocket(`${first.origin.replace("http", "ws")}/web`, [
    "parley.v1",
    `token.${token}`,
  ]);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  const { calls } = await until(
    () => get(second, "/api/calls?status=live"),
    ({ calls }) => calls.length > 0,
  );
  const path = `/api/calls/${calls[0].id}/actions`;
  const refused = await post(second, path, { type: "transfer", to: "sales" });
  assert.deepEqual(await problemOf(refused), [409, "not_on_a_phone"]);
  assert.equal(await statusOf(post(second, path, { type: "hangup" })), 202);
  await closed;
});

test(
  "a placed call that rings is hung up by another instance, for our reason",
  async ({ first, second }) => {
    const { callId } = await (await initiate(first)).json();
    const call = await first.network.nextCall();
    await callUntil(second, callId, ({ status }) => status === "ringing");
    assert.equal(await statusOf(post(second, `/api/outbound/${callId}/hangup`)), 200);
    await call.settled;
    const record = await endedRecord(second, callId);
    assert.deepEqual([record.outcome, record.end.reason], ["cancelled", "operator_hung_up"]);
  },
  { answers: false },
);

test(
  "case 128: a machine's verdict that reaches another instance is held against what was said",
  async ({ first, second }) => {
    const { callId, callSid } = await (await initiate(first)).json();
    const call = await first.network.nextCall();
    await call.next("media");
    const watching = await follow(second, `/api/calls/${callId}/events`);
    await call.sendDigits("1");
    await readUntil(watching, "digits");
    const path = `/twilio/amd?call=${callId}`;
    const verdict = { CallSid: callSid, AnsweredBy: "machine_end_beep" };
    assert.equal(await statusOf(callBack(second, path, verdict)), 204);
    const told = await readUntil(watching, "notice");
    assert.match(told.at(-1)?.data ?? "", /machine_verdict_not_obeyed/);
    await watching.close();
    await hangUp(call);
    const { end, outcome } = await endedRecord(second, callId);
    assert.deepEqual([end.reason, outcome], ["caller_hung_up", "human"]);
  },
);

test(
  "case 128: the instance that holds a call leaves the message, whichever hears the verdict",
  async ({ first, second }) => {
    const { callId, callSid } = await (await initiate(first)).json();
    const call = await first.network.nextCall();
    await call.next("streamStarted");
    const path = `/twilio/amd?call=${callId}`;
    const verdict = { CallSid: callSid, AnsweredBy: "machine_end_beep" };
    assert.equal(await statusOf(callBack(second, path, verdict)), 204);
    await call.settled;
    const { end, outcome, turns } = await endedRecord(second, callId);
    assert.deepEqual([end.reason, outcome], ["voicemail", "voicemail"]);
    assert.equal(turns.at(-1).text, "Bitte rufen Sie zurück.");
  },
  { overrides: { agentFiles: agentsOf({ receptionist: germanDesk }) } },
);

test("where the instance that holds a call is silent, the call is hung up and nothing else is claimed", async ({ first, second, env }) => {
  await using frozen = await startServerProcess({
    env: {
      ...env,
      PUBLIC_URL: publicUrl,
      TWILIO_ACCOUNT_SID: account.accountSid,
      TWILIO_AUTH_TOKEN: account.authToken,
      TWILIO_PHONE_NUMBER: account.number,
      TWILIO_API_URL: first.api.url,
    },
  });
  first.network.connectTo(frozen.origin);
  const placed = await frozen.post("/api/outbound/initiate", { to: callee });
  const { callId } = await placed.json();
  const call = await first.network.nextCall();
  await call.next("media");
  await callUntil(second, callId, ({ status }) => status === "in-progress");
  frozen.signal("SIGSTOP");
  first.network.connectTo(first.origin);

  const path = `/api/calls/${callId}/actions`;
  const [said, hungUp] = await Promise.all([
    post(first, path, { type: "say", text: "Hello" }),
    post(second, path, { type: "hangup" }),
  ]);
  assert.deepEqual(await problemOf(said), [504, "instance_silent"]);
  assert.equal(await statusOf(Promise.resolve(hungUp)), 202);
  await call.next("ended");
});
