import assert from "node:assert/strict";
import type { NumberPlan } from "../../src/sim/twilio/networkContext.ts";
import { concurrently } from "../support/servers/concurrently.ts";
import {
  detail,
  liveCalls,
  type ProcessRig,
  ring,
  startProcessRig,
} from "../support/servers/processRig.ts";
import { hears, toneOf } from "../support/twilio/heardSounds.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const sales = "+14155550199";
const agent = `greeting: Good day.
transfers: { sales: { number: "${sales}", sentence: One moment., unanswered: Take a message., ring_seconds: 120 } }`;

function start(plan: NumberPlan): Promise<ProcessRig> {
  return startProcessRig({ agent, network: { numbers: { [sales]: plan } } });
}

/** A call whose caller an operator has put through. */
async function asked(rig: ProcessRig) {
  const phone = await ring(rig);
  const [call] = await liveCalls(rig.server);
  const id = call?.id ?? "";
  const answer = await rig.server.post(`/api/calls/${id}/actions`, {
    type: "transfer",
    to: "sales",
  });
  assert.equal(answer.status, 202, await answer.text());
  return { phone, id };
}

/** Waits until the record says that the transfer has come to this step. */
function reached(rig: ProcessRig, id: string, step: string) {
  return until(() => detail(rig.server, id), ({ transfers }) => transfers[0]?.step === step);
}

/** A call whose transfer has come to this step. */
async function transferred(rig: ProcessRig, step: "ringing" | "connected") {
  const { phone, id } = await asked(rig);
  await reached(rig, id, step);
  return { phone, id };
}

/** A call whose agent is in a conference with its caller and a person. */
async function conferred(rig: ProcessRig) {
  const { phone, id } = await asked(rig);
  const person = await rig.network.nextCall();
  await person.next("said");
  await person.sendDigits("1");
  const third = await rig.network.nextCall();
  await third.next("streamStarted");
  await reached(rig, id, "connected");
  await until(
    () => JSON.stringify(rig.realtime.sessions.at(-1)?.conversation ?? []),
    (told) => told.includes("on the line together"),
  );
  return { phone, person, third, id };
}

/** The record of a call that is over. */
function ended(rig: ProcessRig, id: string) {
  return until(() => detail(rig.server, id), ({ status }) => status === "ended");
}

function startAsking(mode: "warm" | "conference"): Promise<ProcessRig> {
  return startProcessRig({
    agent: `greeting: Good day.
transfers: { sales: { number: "${sales}", mode: ${mode} } }`,
    network: { numbers: { [sales]: { answer: "human", afterMs: 50, talkMs: 600_000 } } },
  });
}

async function kill(rig: ProcessRig): Promise<void> {
  rig.server.signal("SIGKILL");
  await rig.server.ended();
  await rig.start({ sameAddress: true });
}

Deno.test("kill -9 in the course of a transfer", (t) =>
  concurrently(t, {
    async "while the phone rings: the caller comes back to the agent, who knows why"() {
      await using rig = await start({ answer: "no-answer" });
      const { phone, id } = await transferred(rig, "ringing");
      const person = await rig.network.nextLeg();
      await kill(rig);
      person.finish({ status: "busy", reason: "the person declined the call" });
      await phone.next("streamStarted");
      const { transfers, turns } = await until(
        () => detail(rig.server, id),
        ({ turns, transfers }) => transfers[0].step === "failed" && turns.length > 2,
      );
      assert.equal(transfers.length, 1);
      assert.equal(transfers[0].why, "busy");
      assert.equal(turns[2].role, "agent");
      const told = rig.realtime.sessions.at(-1)?.conversation.map(({ text }) => text) ?? [];
      assert.ok(told.some((text) => /line is busy.*Take a message\./.test(text)), told.join("\n"));
      assert.ok(told.includes("Good day."), told.join("\n"));
      await hangUp(phone);
    },
    async "while caller and person talk: the call ends with the talk"() {
      await using rig = await start({ answer: "human", afterMs: 500, talkMs: 600_000 });
      const { phone, id } = await transferred(rig, "connected");
      const person = await rig.network.nextLeg();
      await kill(rig);
      person.hangUp();
      assert.equal((await phone.ended).reason, "<Hangup>");
      const { end, transfers, transferredMs } = await ended(rig, id);
      assert.deepEqual([end.reason, end.detail], ["transferred", "sales"]);
      assert.equal(transfers[0].step, "ended");
      // The carrier counts in whole seconds.
      const countedMs = (person.facts.durationSeconds ?? 0) * 1000;
      assert.ok(Math.abs(transferredMs - countedMs) < 1000, `${transferredMs} for ${countedMs} ms`);
    },
    async "while a person is asked: the record says that nothing came of it"() {
      await using rig = await startAsking("warm");
      const { phone, id } = await asked(rig);
      const person = await rig.network.nextCall();
      await person.next("said");
      await reached(rig, id, "answered");
      await kill(rig);
      await phone.next("streamStarted");
      const { transfers } = await reached(rig, id, "failed");
      assert.equal(transfers[0].why, "unknown");
      assert.notEqual(transfers[0].overAt, null);
      await hangUp(phone);
      const { startedAt, endedAt, durationMs } = await ended(rig, id);
      assert.ok(durationMs <= Date.parse(endedAt) - Date.parse(startedAt), `${durationMs}`);
    },
    async "while a person is asked, and the caller hangs up before another server is there"() {
      await using rig = await startAsking("warm");
      const { phone, id } = await asked(rig);
      await (await rig.network.nextCall()).next("said");
      await reached(rig, id, "answered");
      rig.server.signal("SIGKILL");
      await rig.server.ended();
      await hangUp(phone);
      await rig.start({ sameAddress: true });
      const { transfers } = await ended(rig, id);
      assert.deepEqual([transfers[0].step, transfers[0].why], ["failed", "cancelled"]);
    },
    async "while they talk, and the caller hangs up before another server is there"() {
      await using rig = await start({ answer: "human", afterMs: 500, talkMs: 600_000 });
      const { phone, id } = await transferred(rig, "connected");
      rig.server.signal("SIGKILL");
      await rig.server.ended();
      await hangUp(phone);
      await rig.start({ sameAddress: true });
      const { end, transfers } = await ended(rig, id);
      assert.equal(end.reason, "transferred");
      assert.equal(transfers[0].step, "ended");
    },
  }));

Deno.test("a deploy in the course of a transfer does not touch the dial", async () => {
  await using rig = await start({ answer: "human", afterMs: 9000, talkMs: 600_000 });
  const { phone, id } = await transferred(rig, "ringing");
  const person = await rig.network.nextLeg();
  const updates = rig.api.updates.length;
  rig.server.signal("SIGTERM");
  assert.equal(await rig.server.ended(), 0);
  await rig.start({ sameAddress: true });
  await phone.next("dialed");
  person.hangUp();
  assert.equal((await phone.ended).reason, "<Hangup>");
  assert.equal(rig.api.updates.length, updates, "nothing was asked of Twilio");
  const { end, transfers } = await ended(rig, id);
  assert.deepEqual([end.reason, transfers[0].step], ["transferred", "ended"]);
});

Deno.test("a conference goes on without the agent's server", (t) =>
  concurrently(t, {
    async "a deploy leaves caller and person together"() {
      await using rig = await startAsking("conference");
      const { phone, person, third, id } = await conferred(rig);
      rig.server.signal("SIGTERM");
      assert.equal(await rig.server.ended(), 0);
      await third.ended;
      await rig.start({ sameAddress: true });
      await Promise.all([phone.speak(toneOf(700)), person.speak(toneOf(1_700))]);
      await until(
        () => hears(person.heardAudio(), 700) && hears(phone.heardAudio(), 1_700),
        Boolean,
      );
      person.hangUp();
      await phone.ended;
      const { end } = await ended(rig, id);
      assert.equal(end.reason, "transferred");
    },
    async "a caller whom the person leaves after a crash is not left in silence"() {
      await using rig = await startAsking("conference");
      const { phone, person, third, id } = await conferred(rig);
      rig.server.signal("SIGKILL");
      await rig.server.ended();
      await third.ended;
      await rig.start({ sameAddress: true });
      await until(() => liveCalls(rig.server), (calls) => calls.some((call) => call.id === id));
      person.hangUp();
      await phone.ended;
      const { end } = await ended(rig, id);
      assert.equal(end.reason, "transferred");
    },
    async "a caller whom the person has left in the meantime is not left in silence"() {
      await using rig = await startAsking("conference");
      const { phone, person, third, id } = await conferred(rig);
      rig.server.signal("SIGKILL");
      await rig.server.ended();
      await third.ended;
      person.hangUp();
      await person.ended;
      assert.equal(phone.status, "in-progress");
      await rig.start({ sameAddress: true });
      await phone.ended;
      const { end } = await ended(rig, id);
      assert.equal(end.reason, "transferred");
    },
  }));
