import assert from "node:assert/strict";
import { openClient } from "../support/browser/webClient.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import {
  heardSaying,
  type PhoneRig,
  published,
  recordOf,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { onlyAgent, temporaryDatabase } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";

const test = concurrentTests("bridges that are kept");

const AGENT = "greeting: Good day.";
const RECORDS = { agentFiles: onlyAgent(AGENT), recordAfterMs: 0 };

/** Waits until so many sentences were recorded beside calls. */
async function recorded(rig: PhoneRig, count: number): Promise<void> {
  await until(async () => {
    const text = await (await rig.server.request("/metrics", {
      headers: { Authorization: `Bearer ${apiKey}` },
    })).text();
    return Number(/parley_kept_speech_total\{result="recorded"\} (\d+)/.exec(text)?.[1]);
  }, (recorded) => recorded === count);
}

/** Calls in; a second session, which records, may come after that of the call. */
async function call(rig: PhoneRig): Promise<Talk> {
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day\.$/);
  return talk;
}

test("a bridge is recorded beside the first call, and heard by a caller whose model is lost in mid-sentence", async () => {
  await using rig = await startPhoneRig({ overrides: RECORDS });
  const talk = await call(rig);
  await recorded(rig, 1);
  assert.equal(rig.realtime.stats.connections, 2);
  assert.equal(rig.realtime.sessions.length, 1, "the connection that recorded is closed");
  rig.realtime.fail("slowStart:2500");
  talk.model.fail("closeMidSentence");
  await talk.phone.speak(voiceOf(600));
  await published(rig, talk.callId, "modelLost");
  await published(rig, talk.callId, "notice", ({ code }) => code === "outage_bridged");
  await heardSaying(rig, talk.callId, /^One moment, please\.$/);
  await published(rig, talk.callId, "modelReady", ({ again }) => again);
  await heardSaying(rig, talk.callId, /^I heard you\.|As you wish/);
  await hangUp(talk.phone);
  const { turns } = await recordOf(rig, talk.callId);
  assert.ok(turns.some(({ text }) => text === "One moment, please."), "it was heard");
  const order = rig.events.all.filter(({ callId }) => callId === talk.callId).map(({ event }) =>
    event
  );
  const at = (fits: (event: (typeof order)[number]) => boolean) => order.findIndex(fits);
  assert.ok(
    at((event) => event.type === "notice" && event.code === "outage_bridged") <
      at((event) => event.type === "modelReady" && event.again),
  );
  // A second call has nothing to record, and its model is told of no bridge.
  rig.realtime.heal();
  const before = rig.realtime.stats.connections;
  const later = await call(rig);
  assert.equal(rig.realtime.stats.connections, before + 1);
  await hangUp(later.phone);
});

test("a caller of an agent that has never spoken hears a tone while its model is away, then the agent", async () => {
  await using rig = await startPhoneRig({
    agent: AGENT,
    model: { faults: ["refuseHandshake:500"] },
  });
  const phone = rig.server.network.call();
  const { callId } = await rig.events.find(({ event }) =>
    event.type === "notice" && event.code === "outage_bridged"
  );
  await until(() => phone.heardAudio().filter(isSound).length, (sounds) => sounds > 2000);
  rig.realtime.heal();
  await heardSaying(rig, callId, /^Good day\.$/);
  await hangUp(phone);
  const { turns } = await recordOf(rig, callId);
  assert.deepEqual(turns.map(({ text }) => text), ["Good day."]);
});

test("a server whose database lasts records its bridges before the first call, for the first caller", async () => {
  await using place = await temporaryDatabase();
  await using rig = await startPhoneRig({ overrides: RECORDS, env: place.env });
  await recorded(rig, 2);
  rig.realtime.fail("refuseHandshake:500");
  const phone = rig.server.network.call();
  const { event } = await rig.events.find(({ event }) =>
    event.type === "turn" && event.turn.final && event.turn.role === "agent"
  );
  assert.ok(event.type === "turn" && event.turn.text === "One moment, please.");
  await hangUp(phone);
});

test("a browser hears the apology that was recorded in its first call, before a later call ends", async () => {
  await using rig = await startPhoneRig({ overrides: RECORDS });
  const connect = async () => {
    const { token } = await (await rig.server.post("/api/web/session", undefined, apiKey)).json();
    const client = openClient(rig.server, token);
    await client.get("audio");
    return client;
  };
  const first = await connect();
  await recorded(rig, 2);
  await first.close();
  const client = await connect();
  rig.realtime.fail("insufficientQuota");
  client.send({ type: "text", text: "hello" });
  const apology = await client.inbox.find((each) =>
    each.type === "transcript" && each.text.startsWith("We are sorry")
  );
  assert.ok(apology.type === "transcript" && apology.role === "agent");
  // The page would report what it has played; a client that does not has the call end all the same.
  const spoken = await client.inbox.find((each) =>
    each.type === "audio" && each.itemId === apology.id
  );
  assert.ok(spoken.type === "audio");
  client.send({ type: "played", itemId: apology.id, ms: 60_000 });
  const { reason } = await client.get("ended");
  assert.equal(reason, "model_failed");
  await client.closed;
});

test("a model that says other words records nothing, and is not asked again at once", async () => {
  await using rig = await startPhoneRig({
    model: {
      script: ({ request }) => ({ say: request?.includes("Good day.") ? "Good day." : "No." }),
    },
    overrides: RECORDS,
  });
  const talk = await call(rig);
  await until(() => rig.server.logged.join("\n"), (log) => log.includes("Sentence not recorded"));
  assert.equal(rig.realtime.stats.connections, 2);
  const later = await call(rig);
  assert.equal(rig.realtime.stats.connections, 3, "not again at once");
  await hangUp(talk.phone);
  await hangUp(later.phone);
});

test("where calls have used up the dollars of the day, nothing is recorded", async () => {
  await using rig = await startPhoneRig({ overrides: RECORDS, env: { DAILY_USD: "0.01" } });
  const talk = await call(rig);
  await until(
    () => rig.server.logged.join("\n"),
    (log) => log.includes("Sentence not recorded: a limit of the day is used up"),
  );
  assert.equal(rig.realtime.stats.connections, 1);
  await hangUp(talk.phone);
});

function isSound(code: number): boolean {
  return code !== 0xff && code !== 0x7f;
}
