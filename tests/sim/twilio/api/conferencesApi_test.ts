import assert from "node:assert/strict";
import { startTwilioApi, type TwilioApi } from "../../../../src/sim/twilio/api/twilioApi.ts";
import type { PhoneNetwork } from "../../../../src/sim/twilio/phoneNetwork.ts";
import { hears, toneOf } from "../../../support/twilio/heardSounds.ts";
import { until } from "../../../support/until.ts";
import { phoneTest } from "../../../support/twilio/phoneTest.ts";
import { account, connect, type TestApp, twiml } from "../../../support/twilio/phoneTestApp.ts";

const mia = "+14155550101";

type Ask = (
  method: string,
  path: string,
  form?: Readonly<Record<string, string>>,
) => Promise<{ readonly status: number; readonly body: Record<string, unknown> }>;

function apiTest(
  name: string,
  body: (ask: Ask, network: PhoneNetwork, app: TestApp, api: TwilioApi) => Promise<void>,
): void {
  phoneTest(
    name,
    { numbers: { [mia]: { answer: "human", afterMs: 50 } } },
    async (network, app) => {
      const api = startTwilioApi(network, { callsPerSecond: 1_000 });
      const ask: Ask = async (method, path, form) => {
        const response = await fetch(
          `${api.url}/2010-04-01/Accounts/${account.accountSid}/${path}`,
          {
            method,
            headers: {
              authorization: `Basic ${btoa(`${account.accountSid}:${account.authToken}`)}`,
            },
            ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
          },
        );
        const text = await response.text();
        return { status: response.status, body: text === "" ? {} : JSON.parse(text) };
      };
      try {
        await body(ask, network, app, api);
      } finally {
        await api.close();
      }
    },
  );
}

/** A caller in the conference `r`, alone, without music. */
async function callerInRoom(network: PhoneNetwork, app: TestApp) {
  app.answers["/twilio/voice"] = () =>
    twiml(
      `<Dial><Conference beep="false" waitUrl="" statusCallback="/events" ` +
        `statusCallbackEvent="join leave mute hold announcement end">r</Conference></Dial>`,
    );
  const caller = network.call();
  await caller.next("joined");
  return caller;
}

/** Waits for the end of an announcement. */
async function announced(app: TestApp): Promise<void> {
  let step: string | undefined;
  do step = (await app.post("/events")).form["StatusCallbackEvent"]; while (
    step !== "announcement-end"
  );
}

const person = { From: account.number, To: mia, Beep: "false", Label: "mia" };

apiTest("a person is called into a conference, muted, held and shown out", async (
  ask,
  network,
  app,
) => {
  const caller = await callerInRoom(network, app);
  const created = await ask("POST", "Conferences/r/Participants.json", person);
  assert.equal(created.status, 201);
  assert.deepEqual([created.body["label"], created.body["status"]], ["mia", "queued"]);
  const callee = await network.nextCall();
  assert.equal(created.body["call_sid"], callee.sid);
  await callee.next("joined");
  await Promise.all([caller.speak(toneOf(500)), callee.speak(toneOf(900))]);
  await until(() => hears(callee.heardAudio(), 500) && hears(caller.heardAudio(), 900), Boolean);

  const path = `Conferences/${created.body["conference_sid"]}/Participants/mia.json`;
  assert.equal((await ask("POST", path, { Muted: "true" })).body["muted"], true);
  await callee.speak(toneOf(1_300));
  assert.equal((await ask("POST", path, { Muted: "false", Hold: "true" })).status, 200);
  await caller.speak(toneOf(1_700));
  await network.context.clock.wait(100);
  assert.ok(!hears(caller.heardAudio(), 1_300), "the muted one is not heard");
  assert.ok(!hears(callee.heardAudio(), 1_700), "who is on hold hears nobody");
  // But music.
  await until(() => hears(callee.heardAudio(), 523), Boolean);

  const participants = (await ask("GET", "Conferences/r/Participants.json")).body["participants"];
  assert.ok(Array.isArray(participants));
  assert.deepEqual(participants.map(({ label, hold }) => [label, hold]), [
    [null, false],
    ["mia", true],
  ]);
  assert.equal((await ask("DELETE", path)).status, 204);
  assert.equal((await callee.ended).status, "completed");
  assert.deepEqual((await ask("GET", path)).body["code"], 20404);
});

apiTest("an announcement is heard by one participant, or by all", async (ask, network, app) => {
  app.answers["/say"] = () => twiml("<Say>The caller is Sam Miller, about a bill.</Say>");
  const caller = await callerInRoom(network, app);
  await ask("POST", "Conferences/r/Participants.json", person);
  const callee = await network.nextCall();
  await callee.next("joined");
  const sid = String((await ask("GET", "Conferences/r.json")).body["sid"]);
  const url = { AnnounceUrl: "https://parley.example/say" };
  await ask("POST", `Conferences/${sid}/Participants/${callee.sid}.json`, url);
  await announced(app);
  assert.ok(hears(callee.heardAudio(), 150) && !hears(caller.heardAudio(), 150));
  await ask("POST", `Conferences/${sid}.json`, url);
  await announced(app);
  assert.ok(hears(caller.heardAudio(), 150));
});

apiTest("a conference ends by REST, and its name is free again", async (ask, network, app) => {
  const caller = await callerInRoom(network, app);
  const { body } = await ask("GET", "Conferences.json?FriendlyName=r&Status=init");
  assert.ok(Array.isArray(body["conferences"]));
  const { sid } = body["conferences"][0];
  const ended = await ask("POST", `Conferences/${sid}.json`, { Status: "completed" });
  assert.deepEqual([ended.body["status"], ended.body["reason_conference_ended"]], [
    "completed",
    "conference-ended-via-api",
  ]);
  assert.equal((await caller.ended).reason, "the end of the TwiML");
  assert.equal((await ask("GET", "Conferences/r.json")).status, 404);
  assert.equal((await ask("POST", `Conferences/${sid}/Participants.json`, person)).status, 404);
});

apiTest(
  "an application takes part: its stream hears the others, and they hear what it plays",
  async (ask, network, app) => {
    const caller = await callerInRoom(network, app);
    app.answers["/voice"] = () => connect();
    const made = await ask("POST", "Applications.json", {
      FriendlyName: "an agent",
      VoiceUrl: "https://parley.example/voice",
    });
    const list = (await ask("GET", "Applications.json?FriendlyName=an+agent")).body["applications"];
    assert.ok(Array.isArray(list));
    assert.deepEqual(list.map(({ sid }) => sid), [made.body["sid"]]);
    const joined = await ask("POST", "Conferences/r/Participants.json", {
      From: account.number,
      To: `app:${made.body["sid"]}?token=t1`,
      Beep: "false",
    });
    const { form } = await app.post("/voice");
    assert.deepEqual([form["token"], form["CallSid"]], ["t1", joined.body["call_sid"]]);
    const stream = await app.stream();
    await stream.next("start");
    const spoken = caller.speak(toneOf(500));
    stream.play(toneOf(900));
    await spoken;
    await until(() => hears(caller.heardAudio(), 900), Boolean);
    const heard: number[] = [];
    while (!hears(Uint8Array.from(heard), 500)) {
      const { media } = await stream.next("media") as unknown as { media: { payload: string } };
      heard.push(...Uint8Array.fromBase64(media.payload));
    }
    assert.ok(!hears(Uint8Array.from(heard), 900), "but not itself");
  },
);

apiTest("what Twilio refuses is refused with its codes", async (ask, _, __, api) => {
  const code = async (form: Readonly<Record<string, string>>) =>
    (await ask("POST", "Conferences/r/Participants.json", form)).body["code"];
  assert.equal(await code({ From: account.number }), 21201);
  assert.equal(await code({ To: mia }), 21213);
  assert.equal(await code({ From: account.number, To: "12" }), 21211);
  assert.equal(await code({ From: "+12025550177", To: mia }), 21210);
  assert.equal(await code({ From: account.number, To: `app:AP${"0".repeat(32)}` }), 21218);
  api.failNextConference({ kind: "refused", code: 20500, message: "no" });
  assert.equal(await code(person), 20500);
  assert.equal((await ask("GET", "Conferences/nobody.json")).status, 404);
});
