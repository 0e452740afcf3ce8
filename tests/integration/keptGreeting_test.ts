import assert from "node:assert/strict";
import type { CallEvent } from "../../src/call/callEvent.ts";
import { toneSamples } from "../../src/sim/voice/toneVoice.ts";
import { openSqlite } from "../../src/services/store/sqlite/sqliteDatabase.ts";
import { openClient } from "../support/browser/webClient.ts";
import { apiKey, type ServedApp, startPhoneServer } from "../support/servers/phoneServer.ts";
import {
  heardSaying,
  modelKey,
  type PhoneRig,
  published,
  recordOf,
  spokenItems,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { stretches } from "../support/recordedCalls.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { onlyAgent, startBeside, temporaryDatabase } from "../support/twilio/dialling.ts";
import { until } from "../support/until.ts";
import { wavOf } from "../support/wavFile.ts";

const GREETING = "Good day, this is Acme. How can I help you?";
const agent = `greeting: ${GREETING}`;
const test = concurrentTests("kept greetings");

/** A first call, in which the model speaks the greeting. */
async function speakOnce(rig: PhoneRig): Promise<Talk> {
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  return talk;
}

/** What was asked of a model that it says a greeting. */
function greetings({ model }: Pick<Talk, "model">): number {
  return model.received.filter((event) =>
    event.type === "response.create" && event.response?.metadata?.["purpose"] === "greeting"
  ).length;
}

function orderOf(rig: PhoneRig, callId: string): readonly CallEvent["type"][] {
  return rig.events.all.filter((each) => each.callId === callId).map(({ event }) => event.type);
}

// By itself: a process that is held up leaves a gap in the sound.
Deno.test("the second caller hears the greeting before the model is there, which then knows it", async () => {
  await using rig = await startPhoneRig({ agent });
  const first = await speakOnce(rig);
  assert.equal(greetings(first), 1);
  rig.realtime.fail("slowStart:2000");
  const second = await rig.ring();
  await published(rig, second.callId, "modelReady");
  const order = orderOf(rig, second.callId);
  assert.ok(order.indexOf("speaking") < order.indexOf("modelReady"), order.join(" "));
  await heardSaying(rig, second.callId, /^Good day/);
  await second.phone.speak(voiceOf(600));
  await heardSaying(rig, second.callId, /^I heard you\.$/);
  assert.equal(greetings(second), 0);
  const [told, caller] = second.model.conversation;
  assert.equal(told?.text, GREETING);
  assert.ok(told.item.type === "message" && told.item.role === "assistant");
  assert.ok(caller?.item.type === "message" && caller.item.role === "user");
  const heard = second.phone.heardAudio();
  await hangUp(second.phone);
  const { turns } = await recordOf(rig, second.callId);
  assert.deepEqual(turns.map(({ role }) => role), ["agent", "caller", "agent"]);
  assert.equal(turns[0]?.text, GREETING);
  const spoken = audible(first.phone.heardAudio());
  assert.deepEqual(audible(heard).subarray(0, spoken.length), spoken, "the very same sound");
});

test("what the caller heard of a kept greeting is what the model is told, before the caller's words", async () => {
  await using rig = await startPhoneRig({ agent });
  await speakOnce(rig);
  const talk = await rig.ring();
  await published(rig, talk.callId, "modelReady");
  while (talk.phone.playedMs < 1000) await talk.phone.next("echo");
  talk.model.startSpeech();
  const { report } = await talk.phone.next("clear");
  const { heardMs } = await published(rig, talk.callId, "interrupted");
  assert.ok(Math.abs(report.playedMs - heardMs) < 500, `${heardMs} of ${report.playedMs} ms`);
  talk.model.stopSpeech(500);
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  const [told, caller] = talk.model.conversation;
  const { turn } = await published(rig, talk.callId, "turn", ({ turn }) => turn.interrupted);
  assert.equal(told?.text, `${turn.text} …`);
  assert.ok(GREETING.startsWith(turn.text) && turn.text.length < GREETING.length, turn.text);
  assert.ok(caller?.item.type === "message" && caller.item.role === "user");
  assert.equal(spokenItems(talk.model).length, 2, "and of the whole greeting nothing is left");
  await hangUp(talk.phone);
});

test("a placed call and a browser hear a kept greeting too, and a model that is away delays neither", async () => {
  await using rig = await startPhoneRig({ agent });
  await speakOnce(rig);
  await heardByBrowser(rig);
  rig.realtime.fail("refuseHandshake:500");
  const placed = await rig.server.post("/api/outbound/initiate", { to: "+14155550123" });
  const { callId } = await placed.json();
  const phone = await rig.server.network.nextCall();
  await heardSaying(rig, callId, /^Good day/);
  assert.equal(orderOf(rig, callId).includes("modelReady"), false);
  const { token } = await (await rig.server.post("/api/web/session", undefined, apiKey)).json();
  const client = openClient(rig.server, token);
  await client.get("audio");
  await client.inbox.find((each) => each.type === "transcript" && each.text === GREETING);
  await client.close();
  await hangUp(phone);
});

/** A first call from a browser: its greeting is kept by itself, in the sound of browsers. */
async function heardByBrowser(rig: PhoneRig): Promise<void> {
  const { token } = await (await rig.server.post("/api/web/session", undefined, apiKey)).json();
  const client = openClient(rig.server, token);
  const model = await rig.realtime.nextSession();
  await client.get("audio");
  await until(() => kept(rig), (count) => count === 2);
  await client.close();
  await model.closed;
}

/** How many greetings this process has kept. */
async function kept(rig: Pick<PhoneRig, "server">): Promise<number> {
  const text = await (await rig.server.request("/metrics", {
    headers: { Authorization: `Bearer ${apiKey}` },
  })).text();
  return Number(/parley_kept_speech_total\{result="kept"\} (\d+)/.exec(text)?.[1]);
}

test("a greeting that one process has kept is spoken by another, also by one that runs already", async () => {
  await using place = await temporaryDatabase();
  await using rig = await startPhoneRig({ agent, env: place.env });
  const env = { ...place.env, OPENAI_API_KEY: modelKey, OPENAI_REALTIME_URL: rig.realtime.url };
  const overrides = { agentFiles: onlyAgent(agent) };
  await using running = await startBeside(rig.server, env, overrides);
  await speakOnce(rig);
  await using later = await startBeside(rig.server, env, overrides);
  await using changed = await startBeside(rig.server, env, {
    agentFiles: onlyAgent(`${agent}\nvoice: cedar`),
  });
  const callOf = async ({ origin, app }: ServedApp): Promise<number> => {
    rig.server.network.connectTo(origin);
    const spoken = Promise.withResolvers<void>();
    const watching = app.events.subscribe(
      ({ event }) => event.type === "turn" && event.turn.role === "agent" && event.turn.final,
      () => spoken.resolve(),
    );
    const phone = rig.server.network.call();
    const model = await rig.realtime.nextSession();
    await spoken.promise;
    watching.close();
    await hangUp(phone);
    await model.closed;
    return greetings({ model });
  };
  assert.equal(await callOf(later), 0);
  assert.equal(await callOf(changed), 1, "another voice is another greeting");
  // The one that runs already asks the store when it is called, and knows by the next call at the latest.
  await callOf(running);
  assert.equal(await callOf(running), 0);
});

test("a greeting with variables is kept in memory alone, for the same words, until an erasure", async () => {
  await using place = await temporaryDatabase();
  await using rig = await startPhoneRig({
    agent: "greeting: Good day, {{name}}. This is a reminder.",
    env: place.env,
  });
  const dial = async (name: string): Promise<Talk> => {
    const body = { to: "+14155550123", variables: { name } };
    const placed = await rig.server.post("/api/outbound/initiate", body);
    const { callId } = await placed.json();
    const phone = await rig.server.network.nextCall();
    const model = await rig.realtime.nextSession();
    await heardSaying(rig, callId, new RegExp(`^Good day, ${name}`));
    await hangUp(phone);
    await recordOf(rig, callId);
    return { callId, phone, model };
  };
  assert.equal(greetings(await dial("Ada")), 1);
  const again = await dial("Ada");
  assert.equal(greetings(again), 0);
  assert.equal(again.model.conversation[0]?.text, "Good day, Ada. This is a reminder.");
  assert.equal(greetings(await dial("Grace")), 1);
  assert.equal(await rowsIn(place.folder), 0, "nothing of it is in the database");
  const erased = await rig.server.request(`/api/calls/${again.callId}`, {
    method: "DELETE",
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  assert.equal(erased.status, 200, await erased.text());
  assert.equal(greetings(await dial("Ada")), 1);
});

async function rowsIn(folder: string): Promise<number> {
  const database = await openSqlite(`${folder}/parley.db`);
  const rows = await database.query("SELECT key FROM kept_speech");
  await database.close();
  return rows.length;
}

test("a greeting from a file is heard by the first caller, with no model at all", async () => {
  const tone = toneSamples(1500);
  const { list, text } = onlyAgent(`${agent}\naudio: { greeting: hello.wav }`);
  const paths: string[] = [];
  await using rig = await startPhoneRig({
    model: { faults: ["refuseHandshake:500"] },
    overrides: {
      agentFiles: {
        list,
        text,
        bytes: (path) => Promise.resolve((paths.push(path), wavOf(tone, { hz: 16_000 }))),
      },
    },
  });
  const phone = rig.server.network.call();
  const { event } = await rig.events.find(({ event }) =>
    event.type === "turn" && event.turn.final && event.turn.role === "agent"
  );
  assert.ok(event.type === "turn" && event.turn.text === GREETING && !event.turn.interrupted);
  assert.ok(paths[0]?.endsWith("/hello.wav"));
  // Without the gaps that a machine which was held up has left.
  const sounds = stretches(phone.heardAudio(), { apart: 40 });
  const soundMs = sounds.reduce((sum, { audio }) => sum + audio.length, 0) / 8;
  assert.ok(Math.abs(soundMs - 1500) < 60, `${soundMs} ms were heard`);
  await hangUp(phone);
});

test("a greeting that the model said in other words is not kept", async () => {
  await using rig = await startPhoneRig({
    agent,
    model: { script: () => ({ say: "Good day and welcome." }) },
  });
  await speakOnce(rig);
  assert.equal(greetings(await speakOnce(rig)), 1);
});

/** From the first sound to the last. */
function audible(track: Uint8Array): Uint8Array {
  const isSound = (code: number) => code !== 0xff && code !== 0x7f;
  return track.subarray(track.findIndex(isSound), track.findLastIndex(isSound) + 1);
}

test("without a key the built-in engine's greeting is kept like any other", async () => {
  await using server = await startPhoneServer({
    env: { API_KEYS: `ops:${apiKey};scopes=admin` },
    overrides: { agentFiles: onlyAgent(agent) },
  });
  assert.equal(server.app.engine, "rehearsal");
  for (const isKept of [false, true]) {
    const { token } = await (await server.post("/api/web/session", undefined, apiKey)).json();
    const client = openClient(server, token);
    await client.inbox.find((each) => each.type === "transcript" && each.text === GREETING);
    if (isKept) await client.inbox.find(isKeptNotice);
    else await until(() => kept({ server }), (count) => count === 1);
    assert.equal(client.inbox.all.some(isKeptNotice), isKept);
    await client.close();
  }
});

function isKeptNotice(each: { readonly type: string; readonly code?: string }): boolean {
  return each.type === "notice" && each.code === "greeting_kept";
}
