import assert from "node:assert/strict";
import type { PhoneEvent } from "../../src/sim/twilio/phoneNetwork.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  recordOf,
  startPhoneRig,
  type Talk,
} from "../support/servers/phoneRig.ts";
import { openStore } from "../../src/services/store/store.ts";
import { temporaryDatabase } from "../support/twilio/dialling.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import { greeted as greetedCall, typed } from "../support/servers/rigSteps.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { PATIENCE_MS } from "../support/until.ts";

const test = concurrentTests("ends of phone calls by REST");
const agent =
  "greeting: Good day.\ntools: [end_call]\ntransfers: { sales: { number: '+14155550199', sentence: I connect you. } }";

const script: typeof parrot = (turn) => {
  if (turn.cause.type !== "text") return parrot(turn);
  return turn.cause.text === "sales"
    ? { tools: [{ name: "transfer_call", arguments: '{"to":"sales"}' }] }
    : { say: "Bye.", tools: [{ name: "end_call", arguments: "{}" }] };
};

function start(env: Readonly<Record<string, string>> = {}): Promise<PhoneRig> {
  // A pause behind a stream passes at once: where it is run into, the words behind it are heard.
  return startPhoneRig({
    agent,
    env,
    model: { script },
    network: { line: { pauseMsPerSecond: 10 } },
    // However late an answer of Twilio's is, the socket is not closed before it has come.
    overrides: { mediaLimits: { releaseMs: PATIENCE_MS } },
  });
}

/** A call that has been greeted, with all that is spoken by Twilio from now on. */
async function greeted(rig: PhoneRig): Promise<Talk & { readonly spoken: string[] }> {
  const talk = await greetedCall(rig);
  const spoken: string[] = [];
  talk.phone.watch((event: PhoneEvent) => {
    if (event.type === "said") spoken.push(event.text);
  });
  return { ...talk, spoken };
}

/** Lets another process claim a call in the store that both share, and returns that store. */
async function takenByAnother(url: string, { callId }: Talk) {
  const path = url.slice("sqlite:".length);
  const store = await openStore({ kind: "sqlite", path }, { now: Date.now });
  const from = (await store.calls.get(callId))?.instanceId ?? "";
  assert.ok(await store.instances.claimCall(callId, { from, to: "inst_other" }));
  return { calls: store.calls, [Symbol.asyncDispose]: () => store.close() };
}

test("an agent's goodbye ends the call by one request, and nothing is heard after it", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  typed(rig, talk, "bye");
  assert.equal((await talk.phone.next("streamClosed")).end.by, "twilio");
  const end = await talk.phone.ended;
  assert.deepEqual(end, { status: "completed", reason: "the app ended it through the REST API" });
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "agent_hung_up");
  assert.deepEqual(rig.server.api.updates.map(({ change }) => change), ["completed"]);
  assert.deepEqual(talk.spoken, []);
});

test("a transfer is dialled by one request", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  typed(rig, talk, "sales");
  assert.deepEqual((await talk.phone.next("dialed")).targets, ["+14155550199"]);
  await talk.phone.settled;
  const { end } = await recordOf(rig, talk.callId);
  assert.deepEqual([end?.reason, end?.detail], ["transferred", "sales"]);
  assert.equal(rig.server.api.updates.length, 1);
  assert.deepEqual(talk.spoken, []);
});

test("where the model has failed, the apology is all that is heard", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  const end = { reason: "model_failed" } as const;
  rig.server.app.registry.get(talk.callId)?.input({ type: "hangUp", end });
  await talk.phone.settled;
  assert.equal(talk.spoken.length, 1);
  assert.match(talk.spoken[0] ?? "", /technical problem/);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "model_failed");
});

test("a placed call that is hung up by the API is ended by one request", async () => {
  await using rig = await start();
  const talk = await rig.dial();
  await heardSaying(rig, talk.callId, /Good day/);
  const answer = await rig.server.post(`/api/outbound/${talk.callId}/hangup`);
  assert.equal(answer.status, 200, await answer.text());
  await talk.phone.ended;
  assert.equal(rig.server.api.updates.length, 1);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "operator_hung_up");
});

test("a caller who hangs up needs no request", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  await hangUp(talk.phone);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
  assert.deepEqual(rig.server.api.updates, []);
});

test("Twilio is asked again where it is busy, and nothing is heard until it obeys", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  rig.server.api.failNextUpdate({ kind: "rateLimited", retryAfterSeconds: 1 });
  rig.server.api.failNextUpdate({ kind: "unavailable" });
  typed(rig, talk, "bye");
  await talk.phone.ended;
  assert.equal(rig.server.api.updates.length, 3);
  assert.deepEqual(talk.spoken, []);
});

test("where Twilio's API refuses, the socket is closed and the call ended by the answer that follows", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  rig.server.api.failNextUpdate({ kind: "refused", code: 20003, message: "Authenticate" });
  typed(rig, talk, "bye");
  const end = await talk.phone.ended;
  assert.equal(end.reason, "<Hangup>", "once asked");
  assert.match(talk.spoken[0] ?? "", /^One moment, please/);
  assert.equal(rig.server.api.updates.length, 1);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "agent_hung_up");
});

test("where Twilio's API refuses a transfer, the caller stays with the agent", async () => {
  await using rig = await start();
  const talk = await greeted(rig);
  rig.server.api.failNextUpdate({ kind: "refused", code: 20003, message: "Authenticate" });
  typed(rig, talk, "sales");
  await rig.events.find(({ event }) => event.type === "transfer" && event.step === "failed");
  assert.equal(talk.phone.status, "in-progress");
  assert.deepEqual(talk.spoken, []);
  await hangUp(talk.phone);
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
});

for (
  const [name, breaks] of [
    ["ends the conversation", (rig: PhoneRig, talk: Talk) => typed(rig, talk, "bye")],
    ["loses the stream", (_: PhoneRig, { phone }: Talk) => phone.breakConnection()],
  ] as const
) {
  test(`a process that was stopped while another took its call sends Twilio nothing when it ${name}`, async () => {
    await using database = await temporaryDatabase();
    await using rig = await start(database.env);
    const talk = await greeted(rig);
    await using store = await takenByAnother(database.url, talk);
    const ended = rig.server.app.registry.get(talk.callId)?.ended;
    breaks(rig, talk);
    await ended;
    await rig.server.app.close();
    assert.deepEqual(rig.server.api.updates, []);
    assert.equal((await store.calls.get(talk.callId))?.status, "live");
  });
}

test("Twilio's question about a call that was let go of is answered by its record", async () => {
  await using database = await temporaryDatabase();
  await using rig = await start(database.env);
  const talk = await greeted(rig);
  await (await takenByAnother(database.url, talk))[Symbol.asyncDispose]();
  const ended = rig.server.app.registry.get(talk.callId)?.ended;
  talk.phone.breakConnection();
  assert.equal((await ended)?.reason, "handed_over");
  await talk.phone.next("streamStarted");
  assert.ok(!talk.spoken.some((text) => /trouble|later/.test(text)), talk.spoken.join(" "));
  await hangUp(talk.phone);
});
