import assert from "node:assert/strict";
import { createToneVoice } from "../../../../src/sim/voice/toneVoice.ts";
import { hears, toneOf } from "../../../support/twilio/heardSounds.ts";
import { phoneTest } from "../../../support/twilio/phoneTest.ts";
import { account, type TestApp, twiml } from "../../../support/twilio/phoneTestApp.ts";

const mia = "+14155550101";
const ben = "+14155550102";
const long = { answer: "human", afterMs: 100, talkMs: 600_000 } as const;

/** The statuses that a noun's callback was told, in their order. */
function statusesOf(app: TestApp): readonly string[] {
  return app.posts.filter(({ path }) => path === "/status").map(({ form }) => form["CallStatus"]!);
}

phoneTest(
  "<Dial> makes a call of its own, whispers to it, and connects the two",
  { numbers: { [mia]: long } },
  async (network, app) => {
    app.answers["/twilio/voice"] = () =>
      twiml(
        `<Dial action="/done" timeout="20"><Number url="/whisper" statusCallback="/status" ` +
          `statusCallbackEvent="initiated ringing answered completed">${mia}</Number></Dial>`,
      );
    app.answers["/whisper"] = () => twiml("<Say>A caller for you.</Say>");
    const caller = network.call();
    const callee = await network.nextLeg();
    const { form } = await app.post("/whisper");
    assert.deepEqual([form["CallSid"], form["ParentCallSid"], form["Direction"], form["To"]], [
      callee.sid,
      caller.sid,
      "outbound-dial",
      mia,
    ]);
    assert.equal((await callee.next("said")).text, "A caller for you.");
    await caller.next("dialed");
    await Promise.all([caller.speak(toneOf(700)), callee.speak(toneOf(1_500))]);
    await network.context.clock.wait(200);
    assert.ok(hears(callee.heardAudio(), 700), "the callee hears the caller");
    assert.ok(hears(caller.heardAudio(), 1_500), "the caller hears the callee");
    assert.ok(!hears(caller.heardAudio(), 700), "nobody hears oneself");
    assert.ok(hears(caller.heardAudio(), 440), "the caller hears it ring");
    assert.ok(!hears(caller.heardAudio(), 150), "the caller does not hear the whisper");
    callee.hangUp();
    const done = (await app.post("/done")).form;
    assert.deepEqual([done["DialCallStatus"], done["DialCallSid"], done["DialBridged"]], [
      "completed",
      callee.sid,
      "true",
    ]);
    assert.match(done["DialCallDuration"] ?? "", /^\d+$/);
    await callee.settled;
    assert.deepEqual(statusesOf(app), ["initiated", "ringing", "in-progress", "completed"]);
  },
);

phoneTest(
  "who declines in the whisper is not connected, and the action is told so",
  { numbers: { [mia]: long } },
  async (network, app) => {
    app.answers["/twilio/voice"] = () =>
      twiml(`<Dial action="/done"><Number url="/whisper">${mia}</Number></Dial>`);
    app.answers["/whisper"] = () =>
      twiml(
        `<Gather numDigits="1" action="/key" timeout="3"><Say>Press 1.</Say></Gather><Hangup/>`,
      );
    app.answers["/key"] = ({ Digits }) => twiml(Digits === "1" ? "" : "<Hangup/>");
    network.call();
    const callee = await network.nextLeg();
    await callee.next("answered");
    await callee.sendDigits("2");
    const { form } = await app.post("/done");
    assert.deepEqual([form["DialCallStatus"], form["DialBridged"]], ["completed", "false"]);
  },
);

phoneTest(
  "all numbers ring at once, and the first that is ready ends the others",
  { numbers: { [mia]: { ...long, afterMs: 5_000 }, [ben]: long } },
  async (network, app) => {
    app.answers["/twilio/voice"] = () =>
      twiml(`<Dial action="/done"><Number>${mia}</Number><Number>${ben}</Number></Dial>`);
    const caller = network.call();
    const [slow, fast] = [await network.nextLeg(), await network.nextLeg()];
    await caller.next("dialed");
    assert.equal((await slow.ended).status, "canceled");
    caller.hangUp();
    assert.equal((await fast.ended).status, "completed");
  },
);

phoneTest(
  "numbers in turn ring one after the other",
  { numbers: { [mia]: { answer: "busy", afterMs: 10 }, [ben]: long } },
  async (network, app) => {
    app.answers["/twilio/voice"] = () =>
      twiml(`<Dial sequential="true"><Number>${mia}</Number><Number>${ben}</Number></Dial>`);
    const caller = network.call();
    const busy = await network.nextLeg();
    assert.deepEqual([busy.to, (await busy.ended).status], [mia, "busy"]);
    assert.equal((await network.nextLeg()).to, ben);
    assert.equal((await caller.next("dialed")).outcome, "completed");
  },
);

phoneTest(
  "the caller's * ends the connection where the document says so",
  { numbers: { [mia]: long } },
  async (network, app) => {
    app.answers["/twilio/voice"] = () =>
      twiml(`<Dial action="/done" hangupOnStar="true"><Number>${mia}</Number></Dial>`);
    const caller = network.call();
    await caller.next("dialed");
    await caller.sendDigits("*");
    assert.equal((await app.post("/done")).form["DialCallStatus"], "completed");
  },
);

phoneTest(
  "a caller who hangs up while it rings cancels the call to the other",
  { numbers: { [mia]: { answer: "no-answer" } } },
  async (network, app) => {
    app.answers["/twilio/voice"] = () =>
      twiml(`<Dial action="/done"><Number>${mia}</Number></Dial>`);
    const caller = network.call();
    const callee = await network.nextLeg();
    await callee.next("ringing");
    caller.hangUp();
    assert.equal((await callee.ended).status, "canceled");
    assert.equal((await app.post("/done")).form["DialCallStatus"], "canceled");
  },
);

for (
  const [what, code, dial, from] of [
    [
      "a caller id that is not the account's",
      13214,
      `<Dial callerId="+12025550177">${mia}</Dial>`,
      undefined,
    ],
    [
      "the caller's own address where the call came by SIP",
      13214,
      `<Dial>${mia}</Dial>`,
      "sip:bob@example.com",
    ],
    ["a number that is none", 13223, `<Dial>4155550101</Dial>`, undefined],
  ] as const
) {
  phoneTest(`<Dial> refuses ${what}`, {}, async (network, app) => {
    app.answers["/twilio/voice"] = () => twiml(dial.replace("<Dial", `<Dial action="/done"`));
    const caller = network.call(from === undefined ? {} : { from });
    assert.equal((await app.post("/done")).form["DialCallStatus"], "failed");
    assert.deepEqual(caller.errors.map((error) => error.code), [code]);
  });
}

phoneTest("a <Dial> in a whisper is an error, and the callee is dropped", {
  numbers: { [mia]: long },
}, async (network, app) => {
  app.answers["/twilio/voice"] = () =>
    twiml(`<Dial action="/done"><Number url="/whisper">${mia}</Number></Dial>`);
  app.answers["/whisper"] = () => twiml(`<Dial>${ben}</Dial>`);
  network.call();
  const callee = await network.nextLeg();
  assert.equal((await app.post("/done")).form["DialBridged"], "false");
  assert.deepEqual(callee.errors.map((error) => error.code), [13201]);
});

phoneTest(
  "<Gather> takes words as well as keys, and either breaks off the prompt",
  { voice: createToneVoice() },
  async (network, app) => {
    app.answers["/twilio/voice"] = () =>
      twiml(
        `<Gather input="dtmf speech" action="/answer" language="en-US"><Say>${
          "Say yes to take the call. ".repeat(8)
        }</Say></Gather>`,
      );
    const caller = network.call();
    await caller.next("said");
    await caller.speak("Yes, put her through.");
    const { form } = await app.post("/answer");
    assert.deepEqual([form["SpeechResult"], form["Digits"]], ["Yes, put her through.", undefined]);
  },
);

phoneTest("<Refer> hands over a call by SIP, and no other", {
  numbers: { "sip:desk@example.com": { answer: "human", afterMs: 10 } },
}, async (network, app) => {
  app.answers["/twilio/voice"] = () =>
    twiml(`<Refer action="/referred"><Sip>sip:desk@example.com?X-Call=7</Sip></Refer>`);
  const bySip = network.call({ from: "sip:bob@example.com", to: account.number });
  const { form } = await app.post("/referred");
  assert.deepEqual([form["ReferCallStatus"], form["ReferSipResponseCode"]], ["in-progress", "202"]);
  assert.equal((await bySip.ended).reason, "<Refer>");
  const byPhone = network.call();
  await byPhone.ended;
  assert.deepEqual(byPhone.errors.map((error) => error.code), [13801]);
});
