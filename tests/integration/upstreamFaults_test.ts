import assert from "node:assert/strict";
import type { Fault } from "../../src/sim/openai/realtimeServer.ts";
import { get } from "../support/twilio/dialling.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import { concurrently, concurrentTests } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  published,
  recordOf,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const greeting = "greeting: Good day.";
const apology = /technical problem/;
const test = concurrentTests("models that fail during calls");

interface FaultyRig extends PhoneRig {
  /** A call that was under way before anything went wrong. */
  readonly other: Talk;
}

/** Runs with one call under way, which must not notice what happens to the next one. */
async function beside(
  run: (rig: FaultyRig) => Promise<void>,
  options: Parameters<typeof startPhoneRig>[0] = {},
): Promise<void> {
  await using rig = await startPhoneRig({ agent: greeting, ...options });
  const other = await rig.ring();
  await heardSaying(rig, other.callId, /^Good day\.$/);
  await run({ ...rig, other });
  assert.equal(rig.server.app.registry.byCallSid(other.phone.sid)?.id, other.callId);
  await other.phone.speak(voiceOf(600));
  await heardSaying(rig, other.callId, /^I heard you\.$/);
  const losses = rig.events.all.filter(({ callId, event }) =>
    callId === other.callId && event.type === "modelLost"
  );
  assert.deepEqual(losses, []);
  assert.deepEqual(other.phone.errors, []);
}

/** The caller asks something, and is answered. */
async function converse(rig: PhoneRig, { phone, callId }: Talk): Promise<void> {
  await phone.speak(voiceOf(600));
  await heardSaying(rig, callId, /^I heard you\.$/);
}

/** A call that begins while handshakes are refused or sessions are spoilt. */
async function ringInto(rig: PhoneRig, fault: Fault) {
  rig.realtime.fail(fault);
  const phone = rig.server.network.call();
  await phone.next("streamStarted");
  const callId = rig.server.app.registry.byCallSid(phone.sid)?.id;
  return { phone, callId };
}

const refusals = [
  [401, "invalid_api_key"],
  [403, "not_permitted"],
  [404, "model_not_found"],
  [429, "insufficient_quota"],
  [500, "server_error"],
] as const;

Deno.test("case 8: when the model's handshake is refused, the caller hears an apology", (t) =>
  concurrently(
    t,
    Object.fromEntries(
      refusals.map(([status, detail]) => [`with ${status}`, () => refused(status, detail)]),
    ),
  ));

function refused(status: typeof refusals[number][0], detail: string): Promise<void> {
  return beside(async (rig) => {
    rig.realtime.fail(`refuseHandshake:${status}`);
    const phone = rig.server.network.call();
    assert.match((await phone.next("said")).text, apology);
    assert.equal((await phone.ended).reason, "<Hangup>");
    const { event } = await rig.events.find(({ callId, event }) =>
      callId !== rig.other.callId && event.type === "ended"
    );
    assert.ok(event.type === "ended");
    assert.deepEqual(event.end, { reason: "model_failed", detail });
    rig.realtime.heal();
  });
}

test("case 50: a connection that breaks in mid-sentence is replaced, and the sentence finished", () =>
  beside(async (rig) => {
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day\.$/);
    talk.model.fail("closeMidSentence");
    await talk.phone.speak(voiceOf(600));
    const again = await rig.realtime.nextSession();
    assert.notEqual(again.id, talk.model.id);
    await published(rig, talk.callId, "modelReady", ({ again }) => again);
    await rig.events.when((all) =>
      all.some(({ callId, event }) =>
        callId === talk.callId && event.type === "turn" && event.turn.role === "agent" &&
        event.turn.final && event.turn.text !== "Good day."
      )
    );
    await converse(rig, { ...talk, model: again });
    assert.match(JSON.stringify(again.conversation), /Good day\./);
    talk.phone.hangUp();
    assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
  }));

test("case 51: a session that expires is replaced in time, and neither caller notices", () =>
  beside(async (rig) => {
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day\.$/);
    talk.model.fail("expire");
    await published(rig, talk.callId, "modelReady", ({ again }) => again);
    await converse(rig, talk);
    const greetings = rig.events.all.filter(({ callId, event }) =>
      callId === talk.callId && event.type === "turn" && event.turn.final &&
      event.turn.text === "Good day."
    );
    assert.equal(greetings.length, 1);
    await hangUp(talk.phone);
  }));

Deno.test("case 62: whatever a server says of a session's end, the call stays with the session", (t) =>
  concurrently(
    t,
    Object.fromEntries(
      [-7200, 0, 3, 1e12].map((seconds) => [`in ${seconds} seconds`, () => expiringIn(seconds)]),
    ),
  ));

function expiringIn(seconds: number): Promise<void> {
  return beside(async (rig) => {
    const { connections } = rig.realtime.stats;
    const { phone, callId = "" } = await ringInto(rig, `expiresIn:${seconds}`);
    await heardSaying(rig, callId, /^Good day\.$/);
    await phone.speak(voiceOf(600));
    await heardSaying(rig, callId, /^I heard you\.$/);
    assert.equal(rig.realtime.stats.connections, connections + 1);
    phone.hangUp();
    await recordOf(rig, callId);
    rig.realtime.heal();
  });
}

test("case 62: a session that ends sooner than is worth leaving it is replaced at its end", async () => {
  await using rig = await startPhoneRig({ agent: greeting, model: { sessionMs: 6000 } });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  await converse(rig, talk);
  const fresh = await rig.realtime.nextSession();
  await published(rig, talk.callId, "modelReady", ({ again }) => again);
  fresh.say("Still with you.");
  await heardSaying(rig, talk.callId, /^Still with you\.$/);
  assert.match(JSON.stringify(fresh.conversation), /Good day\.[^]*I heard you\./);
  talk.phone.hangUp();
});

test("case 42: a response that meets a rate limit is asked for once more", () =>
  beside(async (rig) => {
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day\.$/);
    talk.model.fail("rateLimit");
    await converse(rig, talk);
    await hangUp(talk.phone);
  }));

test("case 42: a quota that is used up ends the call with an apology, without a loop", () =>
  beside(async (rig) => {
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day\.$/);
    const { connections } = rig.realtime.stats;
    talk.model.fail("insufficientQuota");
    await talk.phone.speak(voiceOf(600));
    assert.match((await talk.phone.next("said")).text, apology);
    const { end } = await recordOf(rig, talk.callId);
    assert.deepEqual(end, { reason: "model_failed", detail: "insufficient_quota" });
    assert.equal(rig.realtime.stats.connections, connections);
  }));

test("a server that errs on one response answers the next", () =>
  beside(async (rig) => {
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day\.$/);
    talk.model.fail("serverError");
    await converse(rig, talk);
    await hangUp(talk.phone);
  }));

const quirks = [
  "noSessionUpdated",
  "rejectSessionUpdate",
  "oneGiantDelta",
  "duplicateToolCall",
  "betaNames",
  "slowStart:1500",
] as const;

Deno.test("whatever a server's quirk, the caller is greeted once, answered and served by tools", (t) =>
  concurrently(
    t,
    Object.fromEntries(quirks.map((quirk) => [quirk, () => endured(quirk)])),
  ));

function endured(
  quirk: Fault,
  agent = "tools: [get_current_time]\nreasoning: low",
): Promise<void> {
  return beside(async (rig) => {
    const { phone, callId = "" } = await ringInto(rig, quirk);
    await heardSaying(rig, callId, /^Good day\.$/);
    await phone.speak(voiceOf(1500));
    await heardSaying(rig, callId, /^It is done\.$/);
    phone.hangUp();
    const { turns, end } = await recordOf(rig, callId);
    assert.equal(end?.reason, "caller_hung_up");
    assert.deepEqual(
      turns.filter(({ role }) => role === "agent").map(({ text }) => text),
      ["Good day.", "It is done."],
    );
    const runs = rig.events.all.filter((each) =>
      each.callId === callId && each.event.type === "toolStarted"
    );
    assert.equal(runs.length, 1);
    assert.deepEqual(phone.errors, []);
    rig.realtime.heal();
  }, {
    agent: `${greeting}\n${agent}`,
    model: { script: usesTool },
  });
}

Deno.test("case 64: what a server will not be set up with is left out, and the call goes on", (t) =>
  concurrently(t, {
    "semantic turn detection": () => endured("rejectSemanticVad", "tools: [get_current_time]"),
    "a tool": () => endured("rejectLastTool", "tools: [get_current_time, end_call]"),
  }));

test("case 66: a key that is refused stands in /health until one is taken", () =>
  beside(async (rig) => {
    const standing = async () => {
      const health = await get(rig.server, "/health");
      const incidents: readonly { code: string; subject: string }[] = health.incidents;
      return incidents.map(({ code, subject }) => `${code} ${subject}`);
    };
    rig.realtime.fail("refuseHandshake:401");
    const phone = rig.server.network.call();
    await phone.next("said");
    await phone.ended;
    assert.deepEqual(await standing(), ["model_auth gpt-realtime-2.1"]);
    assert.match(
      await (await rig.server.app.fetch(
        new Request("http://localhost/metrics", {
          headers: { authorization: `Bearer ${apiKey}` },
        }),
      )).text(),
      /^parley_model_errors_total\{code="invalid_api_key"\} 1$/m,
    );
    rig.realtime.heal();
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day\.$/);
    assert.deepEqual(await standing(), []);
    await hangUp(talk.phone);
  }));

test("when every set-up of a session is refused, the caller hears an apology", () =>
  beside(async (rig) => {
    rig.realtime.fail("rejectEverySessionUpdate");
    const phone = rig.server.network.call();
    assert.match((await phone.next("said")).text, apology);
    await phone.ended;
    rig.realtime.heal();
  }));

test("case 24: what comes late of an interrupted answer is not played", () =>
  beside(async (rig) => {
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day\.$/);
    talk.model.fail("lateDeltas");
    talk.model.say({ say: "A long story.", audioMs: 60_000 });
    while (talk.phone.playedMs < 1500) await talk.phone.next("echo");
    talk.model.startSpeech();
    await talk.phone.next("clear");
    await talk.model.next("conversation.item.truncate");
    talk.model.stopSpeech(500);
    const started = talk.phone.playedMs;
    await heardSaying(rig, talk.callId, /^I heard you\.$/);
    const answerMs = "I heard you.".length * 60;
    const playedMs = talk.phone.playedMs - started;
    assert.ok(Math.abs(playedMs - answerMs) < 60, `${playedMs} ms for ${answerMs} ms of answer`);
    await hangUp(talk.phone);
  }));

/** Uses a tool after a long turn, and after a short one none. */
const usesTool: typeof parrot = (turn) => {
  if (turn.cause.type === "toolOutputs") return { say: "It is done." };
  return turn.cause.type === "speech" && turn.cause.spokenMs > 1000
    ? { tools: [{ name: "get_current_time", arguments: "{}" }] }
    : parrot(turn);
};
