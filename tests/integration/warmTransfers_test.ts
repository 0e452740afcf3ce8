import assert from "node:assert/strict";
import type { SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  type PhoneRigOptions,
  published,
  recordOf,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { askFor } from "../support/recordedCalls.ts";
import { account } from "../support/servers/phoneServer.ts";
import { greeted, typed } from "../support/servers/rigSteps.ts";
import { hears, toneMs, toneOf } from "../support/twilio/heardSounds.ts";
import { ben, human, mia } from "../support/twilio/people.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import { until } from "../support/until.ts";

// More at once wait for the processor rather than for each other.
const test = concurrentTests("transfers that ask the person first", 7);
/** The voice of Twilio's `<Say>`. */
const SAY_HZ = 2_300;
const voice = {
  sampleRate: 8_000,
  say: (text: string) => {
    const wave = (at: number) => Math.round(8_000 * Math.sin(2 * Math.PI * SAY_HZ * at / 8_000));
    return Promise.resolve(Int16Array.from({ length: text.length * 32 }, (_, at) => wave(at)));
  },
  close: () => {},
};

/** How long a caller has heard the built-in music: a note of its first chord, softly. */
function musicMs(phone: SimulatedCall): number {
  return toneMs(phone.heardAudio(), 392, 400);
}

const script: typeof parrot = (turn) => {
  const said = turn.cause.type === "text" ? turn.cause.text : "";
  if (said === "sales") {
    const args = { to: "sales", brief: "Sam Miller asks about a bill of July." };
    return { tools: [{ name: "transfer_call", arguments: JSON.stringify(args) }] };
  }
  if (said === "leave") return { tools: [{ name: "leave_conversation", arguments: "{}" }] };
  if (said === "stop") return { tools: [{ name: "cancel_transfer", arguments: "{}" }] };
  return parrot(turn);
};

function start(
  sales = `{ number: "${mia}", mode: warm, sentence: One moment. }`,
  { network, ...options }: PhoneRigOptions = {},
): Promise<PhoneRig> {
  return startPhoneRig({
    agent: `greeting: Good day.\ntransfers: { sales: ${sales} }`,
    model: { script },
    network: {
      voice,
      numbers: { [mia]: human, [ben]: human },
      line: { pauseMsPerSecond: 10 },
      ...network,
    },
    ...options,
  });
}

/** A call whose agent calls a person, who has picked up. */
async function asked(rig: PhoneRig): Promise<Talk & { readonly person: SimulatedCall }> {
  const talk = await greeted(rig);
  typed(rig, talk, "sales");
  const person = await rig.server.network.nextCall();
  return { ...talk, person };
}

/** Both speak, each at a pitch of their own, until both have heard the other: a busy line may swallow a word. */
async function hearEachOther(
  [one, oneHz]: readonly [SimulatedCall, number],
  [other, otherHz]: readonly [SimulatedCall, number],
): Promise<void> {
  await until(async () => {
    await Promise.all([one.speak(toneOf(oneHz)), other.speak(toneOf(otherHz))]);
    return hears(other.heardAudio(), oneHz) && hears(one.heardAudio(), otherHz);
  }, Boolean);
}

function stepsOf(rig: PhoneRig, { callId }: Pick<Talk, "callId">): readonly string[] {
  return rig.events.all.flatMap(({ callId: id, event }) =>
    id === callId && event.type === "transfer"
      ? [event.step === "failed" ? `failed: ${event.why}` : event.step]
      : []
  );
}

test("the caller waits with music, the person is told and takes the call, and both hear each other", async () => {
  await using rig = await start();
  const talk = await asked(rig);
  const { person, phone, callId } = talk;
  const told = [(await person.next("said")).text, (await person.next("said")).text];
  assert.match(
    told[0] ?? "",
    /caller on the line.*1 2 0 2.*Sam Miller asks about a bill of July\./s,
  );
  assert.match(told[1] ?? "", /press 1 or say yes/);
  await until(() => musicMs(phone), (ms) => ms > 300);
  assert.ok(hears(person.heardAudio(), SAY_HZ));
  assert.ok(!hears(phone.heardAudio(), SAY_HZ), "the caller does not hear what the person is told");
  await person.sendDigits("1");
  await phone.next("joined");
  await published(rig, callId, "transfer", ({ step }) => step === "connected");
  await hearEachOther([phone, 700], [person, 1_700]);
  person.hangUp();
  const record = await recordOf(rig, callId);
  assert.deepEqual([record.end?.reason, record.end?.detail], ["transferred", "sales"]);
  await phone.ended;
  assert.deepEqual(stepsOf(rig, talk), [
    "requested",
    "ringing",
    "answered",
    "accepted",
    "connected",
    "ended",
  ]);
  const query = `call=${callId}&transfer=1&target=0`;
  assert.deepEqual(rig.server.api.creates, [{
    To: mia,
    From: account.number,
    Url: `https://parley.example/twilio/consult?${query}` +
      "#rc=5&rp=ct,rt,5xx&ct=2000&rt=4000&tt=15000",
    Timeout: "15",
    TimeLimit: "3600",
    StatusCallback: `https://parley.example/twilio/consult/status?${query}`,
    StatusCallbackEvent: "completed",
    MachineDetection: "Enable",
    AsyncAmd: "true",
    MachineDetectionSpeechThreshold: "3500",
    AsyncAmdStatusCallback: `https://parley.example/twilio/consult/status?${query}`,
  }]);
  const room =
    `<Conference beep="false" startConferenceOnEnter="true" endConferenceOnExit="true" ` +
    `waitUrl="" jitterBufferSize="small" statusCallback="https://parley.example/twilio/consult/room?` +
    `${
      query.replaceAll("&", "&#38;")
    }" statusCallbackEvent="join leave end">transfer-${callId}-1</Conference>`;
  assert.deepEqual(
    rig.server.api.updates.slice(0, 1).map(({ callSid, change }) => [
      callSid,
      change.replace(/ action="[^"]+"/, ""),
    ]),
    [[
      phone.sid,
      `<?xml version="1.0" encoding="UTF-8"?><Response><Dial timeLimit="3600">${room}</Dial></Response>`,
    ]],
  );
  assert.deepEqual([...phone.errors, ...person.errors], []);
});

test("a caller who waits hears the operator's own words", async () => {
  const hold = "hold: { text: Please hold the line., every_seconds: 5 }";
  await using rig = await start(`{ number: "${mia}", mode: warm, ${hold} }`);
  const talk = await asked(rig);
  await heardSaying(rig, talk.callId, /^Please hold the line\.$/);
  assert.equal(stepsOf(rig, talk).at(-1), "answered");
});

test("a caller may speak to the agent meanwhile, which stops the music, and have nobody called", async () => {
  await using rig = await start();
  const talk = await asked(rig);
  const { person, phone } = talk;
  await person.next("said");
  await until(() => musicMs(phone), (ms) => ms > 300);
  typed(rig, talk, "Are you there?");
  await heardSaying(rig, talk.callId, /^You wrote Are you there\?\.$/);
  typed(rig, talk, "stop");
  await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
  assert.match(
    (await until(() => person.next("said"), ({ text }) => /no longer/.test(text))).text,
    /^This call is no longer needed\. Thank you, goodbye/,
  );
  assert.equal((await person.ended).status, "completed");
  assert.equal(phone.status, "in-progress");
  assert.deepEqual(stepsOf(rig, talk).at(-1), "failed: cancelled");
});

/** Hangs up when all of the server's requests about the call have been answered: it rings, is answered, by whom. */
async function detectedAndGone(person: SimulatedCall, { server: { logged } }: PhoneRig) {
  const told = () => logged.filter((line) => line.includes("/twilio/consult/status")).length;
  await until(told, (count) => count === 3);
  person.hangUp();
}

for (
  const [what, plan, act, why] of [
    ["declines by key", human, (person) => person.sendDigits("2"), "declined"],
    ["is busy", { answer: "busy", afterMs: 10 }, () => {}, "busy"],
    ["cannot be reached", { answer: "failed", afterMs: 10 }, () => {}, "failed"],
    [
      "is an answering machine",
      { answer: "machine", afterMs: 10, detectMs: 50, talkMs: 60_000 },
      () => {},
      "machine",
    ],
    ["hangs up", human, (person) => person.hangUp(), "declined"],
    [
      "hangs up after Twilio has heard that it is no machine",
      { ...human, answeredBy: "human", detectMs: 50 },
      detectedAndGone,
      "declined",
    ],
  ] as readonly [
    string,
    typeof human,
    (person: SimulatedCall, rig: PhoneRig) => unknown,
    string,
  ][]
) {
  test(`where the person ${what}, the caller is with the agent, who says so`, async () => {
    await using rig = await start(undefined, { network: { numbers: { [mia]: plan } } });
    const talk = await asked(rig);
    if (plan.answer === "human") await talk.person.next("said");
    await act(talk.person, rig);
    await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
    assert.equal(stepsOf(rig, talk).at(-1), `failed: ${why}`);
    await heardSaying(rig, talk.callId, /^I heard you\.$/);
    assert.equal(talk.phone.status, "in-progress");
    assert.deepEqual(
      rig.server.api.updates.filter(({ callSid }) => callSid === talk.phone.sid),
      [],
    );
  });
}

test("several people are asked in turn", async () => {
  await using rig = await start(`{ targets: ["${mia}", "${ben}"], mode: warm }`);
  const talk = await asked(rig);
  assert.equal(talk.person.to, mia);
  await talk.person.next("said");
  await talk.person.sendDigits("2");
  const second = await rig.server.network.nextCall();
  assert.equal(second.to, ben);
  await second.next("said");
  await second.sendDigits("1");
  await talk.phone.next("joined");
  await published(rig, talk.callId, "transfer", ({ step }) => step === "connected");
  assert.ok(!stepsOf(rig, talk).includes("failed: declined"));
});

test("who may not be called any more when the one before has declined is left out", async () => {
  const tom = "+14155550197";
  const numbers = { [mia]: human, [ben]: human, [tom]: human };
  await using rig = await start(`{ targets: ["${mia}", "${ben}", "${tom}"], mode: warm }`, {
    network: { numbers },
  });
  const talk = await asked(rig);
  await talk.person.next("said");
  const added = await askFor(rig.server, `/api/do-not-call/${encodeURIComponent(ben)}`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ reason: "asked" }),
  });
  assert.ok(added.ok, await added.text());
  await talk.person.sendDigits("2");
  assert.equal((await rig.server.network.nextCall()).to, tom);
  assert.deepEqual(rig.server.api.creates.map(({ To }) => To), [mia, tom]);
});

test("a caller who hangs up is not kept for the person, who hears one sentence", async () => {
  await using rig = await start();
  const talk = await asked(rig);
  await talk.person.next("said");
  talk.phone.hangUp();
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "caller_hung_up");
  await talk.person.ended;
  assert.match(
    (await until(() => talk.person.next("said"), ({ text }) => /no longer/.test(text))).text,
    /^The caller is no longer on the line\..* goodbye/,
  );
});

test("a person who takes the call while the agent says goodbye is told once that it is not needed", async () => {
  await using rig = await start();
  const talk = await asked(rig);
  const { person, callId } = talk;
  await until(() => person.next("said"), ({ text }) => /press 1 or say yes/.test(text));
  const goodbye = "Thank you for calling us today. We look forward to hearing from you. Goodbye.";
  const answer = await rig.server.post(`/api/calls/${callId}/actions`, { type: "hangup", goodbye });
  assert.equal(answer.status, 202, await answer.text());
  await person.sendDigits("1");
  const { text } = await person.next("said");
  assert.match(text, /^This call is no longer needed\. Thank you, goodbye/);
  await person.ended;
  assert.equal(stepsOf(rig, talk).at(-1), "failed: cancelled");
  assert.deepEqual(
    rig.server.api.updates.filter(({ callSid }) => callSid === person.sid),
    [],
    "the answer to the key has told it",
  );
});

test("an operator has the caller put through by what was heard, and takes it back", async () => {
  await using rig = await start(undefined, {
    model: { script, transcribe: () => "My drain is blocked." },
  });
  const talk = await greeted(rig);
  await talk.phone.speak(voiceOf(600));
  await published(
    rig,
    talk.callId,
    "turn",
    ({ turn }) => turn.role === "caller" && turn.final && turn.text === "My drain is blocked.",
  );
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  const act = async (action: Readonly<Record<string, string>>) => {
    const answer = await rig.server.post(`/api/calls/${talk.callId}/actions`, action);
    assert.equal(answer.status, 202, await answer.text());
  };
  await act({ type: "transfer", to: "sales" });
  const person = await rig.server.network.nextCall();
  assert.match((await person.next("said")).text, /The caller said: My drain is blocked\.$/);
  await act({ type: "cancel_transfer" });
  await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
  assert.equal(stepsOf(rig, talk).at(-1), "failed: cancelled");
  await person.ended;
  assert.equal(talk.phone.status, "in-progress");
});

test("a person takes the call by a word", async () => {
  await using rig = await start(`{ number: "${mia}", mode: warm, accept: [put him through] }`);
  const talk = await asked(rig);
  await talk.person.next("said");
  assert.match((await talk.person.next("said")).text, /press 1 or say yes/);
  await talk.person.speak("Okay, put him through.");
  await published(rig, talk.callId, "transfer", ({ step }) => step === "connected");
});

test("a person who still rings is not called any more when the caller hangs up", async () => {
  await using rig = await start(undefined, {
    network: { numbers: { [mia]: { answer: "no-answer" } } },
  });
  const talk = await asked(rig);
  await talk.person.next("ringing");
  talk.phone.hangUp();
  assert.equal((await talk.person.ended).status, "canceled");
});

test("a caller whom Twilio does not bring to the person stays with the agent", async () => {
  await using rig = await start();
  const talk = await asked(rig);
  await talk.person.next("said");
  rig.server.api.failNextUpdate({ kind: "refused", code: 20003, message: "no" });
  await talk.person.sendDigits("1");
  await published(rig, talk.callId, "transfer", ({ step }) => step === "failed");
  await talk.person.ended;
  assert.equal(talk.phone.status, "in-progress");
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
});

test("the caller is back with the agent when the person has hung up, where the file says so", async () => {
  await using rig = await start(`{ number: "${mia}", mode: warm, then: return }`);
  const talk = await asked(rig);
  await talk.person.next("said");
  await talk.person.sendDigits("1");
  await published(rig, talk.callId, "transfer", ({ step }) => step === "connected");
  talk.person.hangUp();
  await published(rig, talk.callId, "transfer", ({ step }) => step === "ended");
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  assert.equal(talk.phone.status, "in-progress");
});

test("in a conference the agent stays as a third, hears both, and leaves when it is told to", async () => {
  await using rig = await start(`{ number: "${mia}", mode: conference }`);
  const talk = await asked(rig);
  const { person, phone, callId, model } = talk;
  await person.next("said");
  await person.sendDigits("1");
  const agent = await rig.server.network.nextCall();
  await agent.next("streamStarted");
  await published(rig, callId, "transfer", ({ step }) => step === "connected");
  await until(() => rig.server.app.registry.get(callId)?.hasLeg, Boolean);
  const [application] = rig.server.api.conferenceRequests;
  assert.match(
    application?.path ?? "",
    new RegExp(`^Conferences/transfer-${callId}-1/Participants`),
  );
  assert.match(application?.form["To"] ?? "", /^app:AP[0-9a-f]{32}\?token=/);
  await hearEachOther([phone, 700], [person, 1_700]);
  typed(rig, talk, "Agent, what is the date?");
  await heardSaying(rig, callId, /^You wrote Agent/);
  await until(() => hears(person.heardAudio(), 150) && hears(phone.heardAudio(), 150), Boolean);
  typed(rig, talk, "leave");
  await agent.ended;
  await model.closed;
  await hearEachOther([phone, 900], [person, 1_900]);
  person.hangUp();
  assert.equal((await recordOf(rig, callId)).end?.reason, "transferred");
  assert.deepEqual(stepsOf(rig, talk).slice(-2), ["connected", "ended"]);
});

test("an agent in a conference goes on with the caller when the person has left, where the file says so", async () => {
  await using rig = await start(`{ number: "${mia}", mode: conference, then: return }`);
  const talk = await asked(rig);
  await talk.person.next("said");
  await talk.person.sendDigits("1");
  const agent = await rig.server.network.nextCall();
  await agent.next("streamStarted");
  await until(() => rig.server.app.registry.get(talk.callId)?.hasLeg, Boolean);
  talk.person.hangUp();
  await published(rig, talk.callId, "transfer", ({ step }) => step === "ended");
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  // The caller and the agent are still in the room of the first transfer.
  typed(rig, talk, "sales");
  const second = await rig.server.network.nextCall();
  await second.next("said");
  await second.sendDigits("1");
  const again = await rig.server.network.nextCall();
  await again.next("streamStarted");
  await published(
    rig,
    talk.callId,
    "transfer",
    ({ step, number }) => step === "connected" && number === 2,
  );
  await hearEachOther([talk.phone, 700], [second, 1_700]);
  talk.phone.hangUp();
  await Promise.all([recordOf(rig, talk.callId), agent.ended, again.ended]);
});

test("caller and person are brought together where nothing is heard of their room", async () => {
  await using rig = await start(undefined, { network: { callbacks: { dropRate: 1 } } });
  const talk = await asked(rig);
  const { person, phone } = talk;
  await person.next("said");
  await person.sendDigits("1");
  await published(rig, talk.callId, "transfer", ({ step }) => step === "connected");
  await hearEachOther([phone, 700], [person, 1_700]);
  person.hangUp();
  assert.equal((await recordOf(rig, talk.callId)).end?.reason, "transferred");
});
