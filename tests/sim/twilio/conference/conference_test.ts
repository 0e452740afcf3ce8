import assert from "node:assert/strict";
import type { PhoneNetwork, SimulatedCall } from "../../../../src/sim/twilio/phoneNetwork.ts";
import { hears, toneOf } from "../../../support/twilio/heardSounds.ts";
import { phoneTest } from "../../../support/twilio/phoneTest.ts";
import { type TestApp, twiml } from "../../../support/twilio/phoneTestApp.ts";

/** A room without music and beeps, so that tones are heard alone. */
function room(attributes = "", after = ""): Response {
  return twiml(
    `<Dial action="/after"><Conference beep="false" waitUrl="" ${attributes}>r</Conference></Dial>` +
      after,
  );
}

/** A call whose document is the one given. */
function callWith(network: PhoneNetwork, app: TestApp, response: () => Response): SimulatedCall {
  const from = `+1202555${String(1_000 + network.calls.length)}`;
  const path = app.answers["/twilio/voice"];
  app.answers["/twilio/voice"] = (form) =>
    form["From"] === from ? response() : path?.(form) ?? twiml("");
  return network.call({ from });
}

const everything =
  `statusCallback="/events" statusCallbackEvent="start end join leave mute hold modify announcement"`;

function eventsOf(app: TestApp): readonly string[] {
  return app.posts.filter(({ path }) => path === "/events")
    .map(({ form }) => form["StatusCallbackEvent"]!);
}

phoneTest(
  "all in a conference hear each other, and none hears oneself",
  {},
  async (network, app) => {
    const calls = [1, 2, 3].map(() => callWith(network, app, () => room(everything)));
    await Promise.all(calls.map((call) => call.next("joined")));
    const hz = [500, 900, 1_700];
    await Promise.all(calls.map((call, index) => call.speak(toneOf(hz[index]!, 600))));
    await network.context.clock.wait(200);
    for (const [index, call] of calls.entries()) {
      const heard = hz.map((tone) => hears(call.heardAudio(), tone));
      assert.deepEqual(heard, hz.map((_, other) => other !== index));
    }
    calls[0]!.hangUp();
    await calls[0]!.settled;
    calls[1]!.hangUp();
    calls[2]!.hangUp();
    await Promise.all(calls.map((call) => call.settled));
    await network.conferences.settled();
    assert.deepEqual(eventsOf(app), [
      "participant-join",
      "participant-join",
      "conference-start",
      "participant-join",
      "participant-leave",
      "participant-leave",
      "participant-leave",
      "conference-end",
    ]);
    const end = app.posts.at(-1)!.form;
    assert.deepEqual([end["ReasonConferenceEnded"], end["CallSidEndingConference"]], [
      "last-participant-left",
      calls[2]!.sid,
    ]);
    assert.deepEqual(calls.flatMap(({ errors }) => errors), []);
  },
);

phoneTest(
  "who waits for the one that starts hears the sound of the wait, and then the others",
  {},
  async (network, app) => {
    app.answers["/music"] = () => twiml(`<Say>You are in a queue.</Say><Redirect/>`);
    const waiting = callWith(network, app, () =>
      twiml(
        `<Dial><Conference beep="false" startConferenceOnEnter="false" waitUrl="/music">r` +
          `</Conference></Dial>`,
      ));
    await app.post("/music");
    await app.post("/music");
    assert.ok(hears(waiting.heardAudio(), 150), "the words of the wait are heard");
    const host = callWith(network, app, () => room());
    await host.next("joined");
    await host.speak(toneOf(1_700));
    await network.context.clock.wait(200);
    assert.ok(hears(waiting.heardAudio(), 1_700));
  },
);

phoneTest(
  "a participant whose leaving ends the conference sends the others on to their action",
  {},
  async (network, app) => {
    const host = callWith(network, app, () => room(`endConferenceOnExit="true" ${everything}`));
    const guest = callWith(network, app, () => room());
    await Promise.all([host.next("joined"), guest.next("joined")]);
    host.hangUp();
    const after = [await app.post("/after"), await app.post("/after")].map(({ form }) => form);
    const told = after.find(({ CallSid }) => CallSid === guest.sid);
    assert.equal(told?.["DialCallStatus"], "answered");
    assert.equal((await guest.next("left")).reason, "moderator_ended_conference");
  },
);

phoneTest(
  "a label that is taken and a full room send a call on to its next verb",
  {},
  async (network, app) => {
    const first = callWith(network, app, () => room(`participantLabel="a"`));
    await first.next("joined");
    const same = callWith(network, app, () => room(`participantLabel="a"`, "<Say>Taken.</Say>"));
    assert.equal((await same.next("said")).text, "Taken.");
    const third = callWith(network, app, () => room(`maxParticipants="1"`, "<Say>Full.</Say>"));
    assert.equal((await third.next("said")).text, "Full.");
    assert.deepEqual([...same.errors, ...third.errors].map(({ code }) => code), [16025, 16020]);
  },
);

phoneTest("who is coached alone hears the coach", {}, async (network, app) => {
  const mia = callWith(network, app, () => room());
  const caller = callWith(network, app, () => room());
  await Promise.all([mia.next("joined"), caller.next("joined")]);
  const coach = callWith(network, app, () => room(`coach="${mia.sid}"`));
  await coach.next("joined");
  await Promise.all([coach.speak(toneOf(900)), caller.speak(toneOf(1_700))]);
  await network.context.clock.wait(200);
  assert.ok(hears(mia.heardAudio(), 900) && !hears(caller.heardAudio(), 900));
  assert.ok(hears(coach.heardAudio(), 1_700));
});

phoneTest(
  "a sound of the wait that cannot be had keeps nobody waiting",
  {},
  async (network, app) => {
    app.answers["/music"] = () => new Response("no", { status: 500 });
    const caller = callWith(
      network,
      app,
      () => twiml(`<Dial><Conference waitUrl="/music">r</Conference></Dial><Say>Sorry.</Say>`),
    );
    assert.equal((await caller.next("said")).text, "Sorry.");
    assert.deepEqual(
      caller.errors.map(({ code }) => code),
      [11200],
    );
  },
);
