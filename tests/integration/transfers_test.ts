import assert from "node:assert/strict";
import type { SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import { concurrently } from "../support/servers/concurrently.ts";
import {
  heardSaying,
  type PhoneRig,
  type PhoneRigOptions,
  published,
  recordOf,
  startPhoneRig,
  type Talk,
} from "../support/servers/phoneRig.ts";
import { get, onlyAgent } from "../support/twilio/dialling.ts";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { greeted } from "../support/servers/rigSteps.ts";
import { problemOf } from "../support/problemOf.ts";
import { ben as two, mia as one } from "../support/twilio/people.ts";
import { callBack, twilioPost, twimlOf } from "../support/twilio/twilioWebhook.ts";
import { until } from "../support/until.ts";

/** `transfers.sales` of an agent, beside its greeting. */
function agentOf(sales: string): string {
  return `greeting: Good day.
transfers: { sales: ${sales} }`;
}

async function start(
  sales = `{ number: "${one}", sentence: One moment. }`,
  { network, ...options }: PhoneRigOptions = {},
): Promise<PhoneRig> {
  return await startPhoneRig({
    agent: agentOf(sales),
    network: { speed: 10, ...network },
    ...options,
  });
}

/** An operator has the caller put through. */
async function transfer(rig: PhoneRig, { callId }: Talk): Promise<void> {
  const answer = await rig.server.post(`/api/calls/${callId}/actions`, {
    type: "transfer",
    to: "sales",
  });
  assert.equal(answer.status, 202, await answer.text());
}

/** The steps of a call's transfers so far, each with what it says besides. */
function stepsOf(rig: PhoneRig, { callId }: Talk): unknown[] {
  return rig.events.all.flatMap(({ callId: id, event }) => {
    if (id !== callId || event.type !== "transfer") return [];
    const { type: _, alias, mode, ...step } = event;
    assert.deepEqual([alias, mode], ["sales", "cold"]);
    return [Object.values(step)];
  });
}

/** Caller and person talk for that long by the network's clock, at least; then the person hangs up. */
async function talkOver(rig: PhoneRig, { callId, phone }: Talk, ms = 0): Promise<SimulatedCall> {
  await published(rig, callId, "transfer", ({ step }) => step === "connected");
  const { network } = rig.server;
  await network.context.clock.wait(ms);
  const person = network.calls.findLast(({ facts: { parentSid, status } }) =>
    parentSid === phone.sid && status === "in-progress"
  );
  assert.ok(person);
  person.hangUp();
  return person;
}

/** The agent has the caller again, who has heard its first words. */
async function backWith(rig: PhoneRig, talk: Talk): Promise<void> {
  await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
  const spoken = rig.events.all.length;
  await rig.events.find(({ callId, event }) =>
    callId === talk.callId && event.type === "turn" && event.turn.role === "agent" &&
    event.turn.final && rig.events.all.findIndex((it) => it.event === event) >= spoken - 50 &&
    event.turn.text !== "Good day." && event.turn.text !== "One moment."
  );
}

function noteIn({ model }: Talk): string {
  return JSON.stringify(
    model.conversation.filter(({ item }) => item.type === "message" && item.role === "system"),
  );
}

interface SeenTransfer {
  readonly step: string;
  readonly why: string | null;
  readonly target: number | null;
  readonly spokeMs: number | null;
  readonly answeredAt: string | null;
}

async function transfersOf(rig: PhoneRig, { callId }: Talk): Promise<readonly SeenTransfer[]> {
  return (await get(rig.server, `/api/calls/${callId}`)).transfers;
}

for (
  const [answer, why, note] of [
    ["busy", "busy", /line is busy/],
    ["no-answer", "no_answer", /nobody answered/],
    ["failed", "failed", /could not be reached/],
    ["machine", "machine", /answering machine/],
  ] as const
) {
  Deno.test(`case 131: a caller whose transfer comes out as ${answer} comes back to the agent, who knows why`, async () => {
    await using rig = await start(undefined, {
      network: { speed: 10, numbers: { [one]: { answer, afterMs: 500, talkMs: 60_000 } } },
    });
    const talk = await greeted(rig);
    await transfer(rig, talk);
    await heardSaying(rig, talk.callId, /^One moment\.$/);
    await backWith(rig, talk);
    assert.match(noteIn(talk), note);
    assert.deepEqual(stepsOf(rig, talk).at(0), [1, "requested", "operator"]);
    assert.deepEqual(stepsOf(rig, talk).at(-1), [1, "failed", why]);
    assert.doesNotMatch(JSON.stringify(stepsOf(rig, talk)), /connected/);
    // The same conversation goes on, and may be transferred once more.
    assert.equal(talk.phone.status, "in-progress");
    assert.match(JSON.stringify(talk.model.conversation), /Good day/);
    assert.equal(rig.realtime.stats.connections, 1);
    talk.phone.hangUp();
    const record = await recordOf(rig, talk.callId);
    assert.equal(record.end?.reason, "caller_hung_up");
    const [kept] = await transfersOf(rig, talk);
    assert.deepEqual([kept?.step, kept?.why], ["failed", why]);
  });
}

Deno.test("a call ends with the talk of its transfer, which counts for both legs", async () => {
  await using rig = await start(undefined, {
    env: { TELEPHONY_USD_PER_MINUTE: "1", CALLER_DAILY_MINUTES: "600" },
    network: {
      speed: 10,
      numbers: { [one]: { answer: "human", afterMs: 3000, talkMs: 3_600_000 } },
    },
  });
  const talk = await greeted(rig);
  await transfer(rig, talk);
  await published(rig, talk.callId, "transfer", ({ step }) => step === "connected");
  assert.equal(rig.server.app.registry.size, 1, "its place stays taken");
  assert.equal((await get(rig.server, `/api/calls/${talk.callId}`)).status, "live");
  assert.deepEqual(
    await problemOf(
      await rig.server.post(`/api/calls/${talk.callId}/actions`, { type: "say", text: "Hello?" }),
    ),
    [409, "caller_away"],
  );
  const person = await talkOver(rig, talk, 70_000);
  assert.equal((await talk.phone.ended).reason, "<Hangup>");
  const { end } = await recordOf(rig, talk.callId);
  assert.deepEqual([end?.reason, end?.detail], ["transferred", "sales"]);
  assert.deepEqual(stepsOf(rig, talk).map((step) => (step as unknown[])[1]), [
    "requested",
    "ringing",
    "answered",
    "connected",
    "ended",
  ]);
  const { transferredMs, cost } = await get(rig.server, `/api/calls/${talk.callId}`);
  const { durationSeconds = 0 } = person.facts;
  // The simulated minutes are ten times as fast as the server's own.
  assert.equal(transferredMs, durationSeconds * 1000);
  assert.ok(cost.parts.telephony >= 1 + Math.ceil(durationSeconds / 60), `${cost.parts.telephony}`);
});

Deno.test("a caller who hangs up while the phone rings, or in the talk", (t) =>
  concurrently(t, {
    async "is not transferred while it rings"() {
      await using rig = await start(undefined, {
        network: { speed: 1, numbers: { [one]: { answer: "human", afterMs: 15_000 } } },
      });
      const talk = await greeted(rig);
      await transfer(rig, talk);
      await published(rig, talk.callId, "transfer", ({ step }) => step === "ringing");
      talk.phone.hangUp();
      assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
      assert.deepEqual(stepsOf(rig, talk).at(-1), [1, "failed", "cancelled"]);
    },
    async "is transferred in the talk"() {
      await using rig = await start(undefined, {
        network: { speed: 10, numbers: { [one]: { answer: "human", talkMs: 600_000 } } },
      });
      const talk = await greeted(rig);
      await transfer(rig, talk);
      await published(rig, talk.callId, "transfer", ({ step }) => step === "connected");
      talk.phone.hangUp();
      assert.equal((await recordOf(rig, talk.callId)).end?.reason, "transferred");
      const [kept] = await transfersOf(rig, talk);
      assert.equal(kept?.step, "ended");
      assert.ok(kept.spokeMs !== null && kept.answeredAt !== null);
    },
  }));

Deno.test("the agent comes back after the talk where its file says so", async () => {
  await using rig = await start(`{ number: "${one}", then: return }`, {
    network: { speed: 10, numbers: { [one]: { answer: "human", talkMs: 3_600_000 } } },
  });
  const talk = await greeted(rig);
  await transfer(rig, talk);
  const person = await talkOver(rig, talk, 20_000);
  const { spokeMs } = await published(
    rig,
    talk.callId,
    "transfer",
    ({ step }) => step === "ended",
  ) as { spokeMs: number };
  assert.equal(spokeMs, (person.facts.durationSeconds ?? 0) * 1000);
  await until(() => Promise.resolve(noteIn(talk)), (text) => /has hung up/.test(text));
  assert.equal(talk.phone.status, "in-progress");
  assert.match(rig.server.api.updates.map(({ change }) => change).join(), /hangupOnStar="true"/);
  talk.phone.hangUp();
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
});

Deno.test("several numbers are called in turn or at once, without those that may not be called", (t) =>
  concurrently(t, {
    async "in turn"() {
      await using rig = await start(`{ targets: ["${one}", "+33142685300", "${two}"] }`, {
        network: {
          speed: 10,
          numbers: { [one]: { answer: "busy" }, [two]: { answer: "human", talkMs: 600_000 } },
        },
      });
      const talk = await greeted(rig);
      await transfer(rig, talk);
      assert.deepEqual((await talk.phone.next("dialed")).targets, [one, two]);
      await talkOver(rig, talk);
      await talk.phone.settled;
      const [kept] = await transfersOf(rig, talk);
      assert.deepEqual([kept?.step, kept?.target], ["ended", 2]);
      const twiml = rig.server.api.updates[0]?.change ?? "";
      assert.match(twiml, /<Dial [^>]*sequential="true"/);
    },
    async "at once"() {
      await using rig = await start(`{ targets: ["${one}", "${two}"], order: at_once }`, {
        network: {
          speed: 10,
          numbers: {
            [one]: { answer: "no-answer" },
            [two]: { answer: "human", afterMs: 2000, talkMs: 600_000 },
          },
        },
      });
      const talk = await greeted(rig);
      await transfer(rig, talk);
      await talkOver(rig, talk);
      await talk.phone.settled;
      const [kept] = await transfersOf(rig, talk);
      assert.deepEqual([kept?.step, kept?.target], ["ended", 1]);
      assert.ok(!rig.server.api.updates[0]?.change.includes("sequential"));
    },
    async "in turn, after a machine"() {
      await using rig = await start(`{ targets: ["${one}", "${two}"] }`, {
        network: {
          speed: 10,
          numbers: {
            [one]: { answer: "machine", talkMs: 60_000 },
            [two]: { answer: "human", talkMs: 600_000 },
          },
        },
      });
      const talk = await greeted(rig);
      await transfer(rig, talk);
      const machineLeg = await rig.server.network.nextLeg();
      await published(
        rig,
        talk.callId,
        "transfer",
        (it) => it.step === "answered" && it.target === 1,
      );
      // The end of the machine's call is reported late.
      const about = new URLSearchParams({ call: talk.callId, transfer: "1", target: "0" });
      const late = await callBack(rig.server, `/twilio/transfer?${about}`, {
        CallSid: machineLeg.sid,
        CallStatus: "completed",
        AnsweredBy: "machine_start",
      });
      assert.equal(late.status, 204);
      await talkOver(rig, talk);
      await talk.phone.settled;
      assert.equal((await recordOf(rig, talk.callId)).end?.reason, "transferred");
      const [kept] = await transfersOf(rig, talk);
      assert.deepEqual([kept?.step, kept?.target], ["ended", 1]);
      const rung = stepsOf(rig, talk).filter((step) => (step as unknown[])[1] === "ringing");
      assert.deepEqual(rung.map((step) => (step as unknown[])[2]), [0, 1]);
    },
    async "in turn, after a machine, as far as people may still be called"() {
      await using rig = await start(`{ targets: ["${one}", "${two}"] }`, {
        env: { TRANSFER_DIALS_PER_CALL: "1" },
        network: {
          speed: 10,
          numbers: {
            [one]: { answer: "machine", talkMs: 60_000 },
            [two]: { answer: "human", talkMs: 5000 },
          },
        },
      });
      const talk = await greeted(rig);
      await transfer(rig, talk);
      await backWith(rig, talk);
      assert.deepEqual(stepsOf(rig, talk).at(-1), [1, "failed", "machine"]);
      assert.deepEqual(stepsOf(rig, talk).filter((step) => (step as unknown[])[2] === 1), []);
      talk.phone.hangUp();
      await recordOf(rig, talk.callId);
    },
    async "in turn, after a machine, where the caller does not wait for the next"() {
      await using rig = await start(`{ targets: ["${one}", "${two}"] }`, {
        network: {
          speed: 2,
          numbers: {
            [one]: { answer: "machine", talkMs: 60_000 },
            [two]: { answer: "human", afterMs: 14_000 },
          },
        },
      });
      const talk = await greeted(rig);
      await transfer(rig, talk);
      await published(
        rig,
        talk.callId,
        "transfer",
        (it) => it.step === "ringing" && it.target === 1,
      );
      talk.phone.hangUp();
      assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
      assert.deepEqual(stepsOf(rig, talk).at(-1), [1, "failed", "cancelled"]);
    },
  }));

Deno.test("the hours of a transfer and the do-not-call list are asked for whoever wants it", async () => {
  const closed =
    `{ number: "${one}", hours: { open: {}, closed: [] }, unanswered: Take a message. }`;
  await using rig = await start(closed);
  const talk = await greeted(rig);
  const asked = await rig.server.post(`/api/calls/${talk.callId}/actions`, {
    type: "transfer",
    to: "sales",
  });
  assert.deepEqual(await problemOf(asked), [403, "outside_hours"]);
  // Where it closes, or is forbidden, between the question and the dial.
  rig.server.app.registry.get(talk.callId)?.input({ type: "transferAsked", alias: "sales" });
  await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
  assert.deepEqual(stepsOf(rig, talk).at(-1), [1, "failed", "outside_hours"]);
  await until(() => Promise.resolve(noteIn(talk)), (text) => /Take a message\./.test(text));
  assert.equal(talk.phone.status, "in-progress");
  assert.deepEqual(rig.server.api.updates, [], "nothing was asked of Twilio");
});

for (const mode of ["cold", "warm"]) {
  Deno.test(`a number that comes on the do-not-call list is not dialled by a ${mode} transfer, whatever was said before`, async () => {
    await using rig = await startPhoneRig({
      agent: agentOf(`{ number: "${one}", mode: ${mode}, unanswered: Take a message. }`),
      env: { API_KEYS: `ops:${apiKey};scopes=admin` },
      network: { speed: 10 },
    });
    const talk = await greeted(rig);
    const listed = await rig.server.request(`/api/do-not-call/${one}`, {
      method: "PUT",
      headers: { "X-API-Key": apiKey },
    });
    assert.equal(listed.status, 200, await listed.text());
    const asked = await rig.server.post(`/api/calls/${talk.callId}/actions`, {
      type: "transfer",
      to: "sales",
    });
    assert.deepEqual(await problemOf(asked), [403, "do_not_call"]);
    rig.server.app.registry.get(talk.callId)?.input({ type: "transferAsked", alias: "sales" });
    const { why } = await published(
      rig,
      talk.callId,
      "transfer",
      ({ step }) => step === "failed",
    ) as { why?: string };
    assert.equal(why, "do_not_call");
    await until(() => Promise.resolve(noteIn(talk)), (text) => /Take a message\./.test(text));
    assert.equal(talk.phone.status, "in-progress");
    assert.deepEqual([rig.server.api.updates, rig.server.api.creates], [[], []]);
  });
}

Deno.test("the model hears at once why a transfer is not possible", async () => {
  let output = "";
  await using rig = await start(
    `{ number: "${one}", hours: { open: {}, closed: [] }, unanswered: Take a message. }`,
    {
      model: {
        speed: 8,
        script: ({ request, cause }) => {
          const exact = request === undefined ? undefined : /: "([\s\S]+)"$/.exec(request)?.[1];
          if (exact !== undefined) return { say: exact };
          if (cause.type === "text") {
            return { tools: [{ name: "transfer_call", arguments: '{"to":"sales"}' }] };
          }
          if (cause.type === "toolOutputs") output = JSON.stringify(cause);
          return { say: "It is closed." };
        },
      },
    },
  );
  const talk = await greeted(rig);
  rig.server.app.registry.get(talk.callId)?.input({ type: "typed", text: "Sales, please." });
  await heardSaying(rig, talk.callId, /closed/);
  const { tools } = await get(rig.server, `/api/calls/${talk.callId}`);
  assert.match(`${output}${JSON.stringify(tools)}`, /outside its hours.*Take a message\./);
});

Deno.test("SIP addresses are called where the operator allows their host, and referred to where wanted", (t) =>
  concurrently(t, {
    async "not without the setting"() {
      await using rig = await start(`{ targets: ["sip:desk@pbx.example.com"] }`);
      const talk = await greeted(rig);
      rig.server.app.registry.get(talk.callId)?.input({ type: "transferAsked", alias: "sales" });
      await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
      assert.deepEqual(stepsOf(rig, talk).at(-1), [1, "failed", "not_allowed"]);
    },
    async "by a call"() {
      await using rig = await start(`{ targets: ["sip:desk@pbx.example.com"] }`, {
        env: { TRANSFER_SIP_HOSTS: "pbx.example.com" },
        network: {
          speed: 10,
          numbers: { "sip:desk@pbx.example.com": { answer: "human", talkMs: 2000 } },
        },
      });
      const talk = await greeted(rig);
      await transfer(rig, talk);
      assert.deepEqual((await talk.phone.next("dialed")).targets, ["sip:desk@pbx.example.com"]);
      assert.equal((await recordOf(rig, talk.callId)).end?.reason, "transferred");
    },
    async "by a REFER, which takes the call from this server"() {
      await using rig = await start(
        `{ targets: [{ sip: "sip:desk@pbx.example.com", refer: true }] }`,
        {
          env: { TRANSFER_SIP_HOSTS: "pbx.example.com" },
          network: { speed: 10, numbers: { "sip:desk@pbx.example.com": { answer: "human" } } },
        },
      );
      const talk = await greeted(rig, "sip:anna@pbx.example.com");
      await transfer(rig, talk);
      assert.equal((await talk.phone.next("referred")).target, "sip:desk@pbx.example.com");
      assert.equal((await recordOf(rig, talk.callId)).end?.reason, "transferred");
    },
    async "by a REFER that is refused, after which the caller is back"() {
      await using rig = await start(
        `{ targets: [{ sip: "sip:desk@pbx.example.com", refer: true }] }`,
        {
          env: { TRANSFER_SIP_HOSTS: "pbx.example.com" },
          network: { speed: 10, numbers: { "sip:desk@pbx.example.com": { answer: "failed" } } },
        },
      );
      const talk = await greeted(rig, "sip:anna@pbx.example.com");
      await transfer(rig, talk);
      await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
      await until(() => Promise.resolve(noteIn(talk)), (text) => /did not succeed/.test(text));
      assert.equal(talk.phone.status, "in-progress");
    },
  }));

Deno.test("case 132: Twilio's question after a transfer may be repeated, also when the caller is back", async () => {
  await using rig = await start(undefined, {
    network: { speed: 10, numbers: { [one]: { answer: "busy" } } },
  });
  const talk = await greeted(rig);
  await transfer(rig, talk);
  await published(rig, talk.callId, "connected", ({ again }) => again === true);
  const steps = stepsOf(rig, talk);
  assert.deepEqual(steps.at(-1), [1, "failed", "busy"]);
  const ask = (transfer: number) =>
    twimlOf(twilioPost(
      rig.server,
      `/twilio/transferred?call=${talk.callId}&transfer=${transfer}`,
      { CallSid: talk.phone.sid, DialCallStatus: "busy" },
    ));
  for (const number of [1, 1, 7]) assert.match(await ask(number), /<Connect><Stream /);
  assert.deepEqual(stepsOf(rig, talk), steps);
  assert.equal(talk.phone.status, "in-progress");
  talk.phone.hangUp();
  await recordOf(rig, talk.callId);
  // Of a call that is over, and of one that was never here.
  assert.match(await ask(1), /<Hangup\/>/);
  const unknown = { CallSid: `CA${"9".repeat(32)}`, DialCallStatus: "completed" };
  const path = "/twilio/transferred?call=call_x&transfer=1";
  assert.match(await twimlOf(twilioPost(rig.server, path, unknown)), /<Hangup\/>/);
});

Deno.test("a second transfer of a call is told apart from the first, in its record too", async () => {
  await using rig = await start(undefined, {
    network: { speed: 10, numbers: { [one]: { answer: "busy" } } },
  });
  const talk = await greeted(rig);
  for (const number of [1, 2]) {
    await transfer(rig, talk);
    await published(
      rig,
      talk.callId,
      "transfer",
      (event) => event.step === "failed" && event.number === number,
    );
    await until(() => Promise.resolve(rig.server.app.registry.get(talk.callId)?.hasLeg), Boolean);
  }
  const kept = await until(
    () => transfersOf(rig, talk),
    (all) => all.length === 2 && all[1]?.step === "failed",
  );
  assert.deepEqual(kept.map(({ why }) => why), ["busy", "busy"]);
});

Deno.test("the built-in engine puts callers through, and says why it has them again", async () => {
  await using server = await startPhoneServer({
    overrides: {
      agentFiles: onlyAgent(`greeting: Good day.\ntransfers: { sales: { number: "${one}" } }`),
      engine: { voice: "tone", speed: 20 },
    },
    network: { speed: 10, numbers: { [one]: { answer: "busy" } } },
  });
  const said: string[] = [];
  const watching = server.app.events.subscribe(() => true, ({ event }) => {
    if (event.type === "turn" && event.turn.final) said.push(event.turn.text);
  });
  const phone = server.network.call();
  await phone.next("streamStarted");
  server.app.registry.byCallSid(phone.sid)?.input({ type: "transferAsked", alias: "sales" });
  await until(() => said.join(" "), (text) => /sales: the line is busy\. Shall I/.test(text));
  watching.close();
});
