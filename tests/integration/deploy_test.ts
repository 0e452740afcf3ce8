import assert from "node:assert/strict";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { parrot, voiceOf } from "../support/servers/phoneRig.ts";
import {
  conversation,
  detail,
  heard,
  liveCalls,
  ring,
  startProcessRig,
} from "../support/servers/processRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

Deno.test("a server that takes the place of another goes on with its calls", async () => {
  await using rig = await startProcessRig();
  const old = rig.server;
  const talks = [
    await conversation(rig),
    await conversation(rig, "+12025550124"),
    await conversation(rig, "+12025550125"),
  ];
  const sessions = rig.realtime.stats.connections;
  old.signal("SIGTERM");
  await old.lines.find((line) => line.includes('"Stopping"'));
  const started = rig.start({ sameAddress: true });
  assert.equal(await old.ended(), 0);
  const server = await started;
  for (const { phone, id, turns, usage } of talks) {
    assert.equal((await phone.next("updated")).how, "Twiml");
    await phone.next("streamStarted");
    await heard(rig, phone);
    const now = await detail(server, id);
    assert.deepEqual(now.turns.slice(0, turns.length), turns, "what was said stays");
    await phone.speak(voiceOf(600));
    await heard(rig, phone);
    await hangUp(phone);
    const after = await until(() => detail(server, id), ({ status }) => status === "ended");
    assert.equal(after.end.reason, "caller_hung_up");
    assert.equal(after.usage.responses, usage.responses + 2, "nothing was said twice");
    // Only the reports that Twilio sends while no server listens fail.
    assert.deepEqual(phone.errors.filter(({ code }) => code !== 15003), []);
  }
  assert.equal(rig.realtime.stats.connections, sessions + talks.length);
  const { calls } = await (await server.get("/api/calls")).json();
  assert.equal(calls.length, talks.length, "one record a call");
});

Deno.test("a server that is started when the other has left goes on with its calls, from where they were heard", async () => {
  await using rig = await startProcessRig({
    agent: "greeting: Good day.",
    model: { speed: 8, script: talkative },
  });
  const phone = await ring(rig);
  const [call] = await liveCalls(rig.server);
  const id = call?.id ?? "";
  await phone.speak(voiceOf(600));
  await phone.next("speaking");
  rig.server.signal("SIGTERM");
  assert.equal(await rig.server.ended(), 0);
  await phone.next("updated");
  await rig.start({ sameAddress: true });
  await phone.next("streamStarted");
  const cut = await until(() => detail(rig.server, id), ({ turns }) => turns.length > 3);
  const story = cut.turns[2];
  assert.ok(story.interrupted && story.text.startsWith("One two"));
  assert.ok(story.text.length < STORY.length, story.text);
  const model = rig.realtime.sessions.at(-1);
  const told = model?.conversation.map(({ text }) => text) ?? [];
  assert.ok(told.includes(`${story.text} …`), told.join("\n"));
  assert.ok(told.some((text) => text.includes("go on from there")), told.join("\n"));
  await hangUp(phone);
});

Deno.test("behind a proxy live calls stay until they end, and a second signal hands over those that are left", async () => {
  await using rig = await startProcessRig({ env: { DRAIN_SECONDS: "600" } });
  const old = rig.server;
  const [short, long] = [await conversation(rig), await conversation(rig, "+12025550124")];
  // The proxy sends what is new to the other port from now on.
  await rig.start();
  old.signal("SIGTERM");
  await old.lines.find((line) => line.includes('"Stopping"'));
  const ready = await old.get("/ready");
  assert.equal((await ready.json()).status, "draining");
  await short.phone.speak(voiceOf(600));
  await until(() => detail(old, short.id), ({ turns }) => turns.length >= 5);
  await hangUp(short.phone);
  const next = await ring(rig, "+12025550126");
  await hangUp(next);

  old.signal("SIGTERM");
  assert.equal(await old.ended(), 0);
  await long.phone.next("updated");
  await long.phone.next("streamStarted");
  await until(() => detail(rig.server, long.id), ({ turns }) => turns.length > long.turns.length);
  await hangUp(long.phone);
  const ended = await until(() => detail(rig.server, short.id), ({ status }) => status === "ended");
  assert.equal(ended.end.reason, "caller_hung_up");
});

Deno.test("a call that comes while its server leaves rings on, and the next server takes it", async () => {
  await using rig = await startProcessRig({
    env: { DRAIN_SECONDS: "600" },
    line: { pauseMsPerSecond: 100 },
  });
  const old = rig.server;
  await ring(rig);
  const next = await rig.start();
  old.signal("SIGTERM");
  await old.lines.find((line) => line.includes('"Stopping"'));
  rig.network.connectTo(old.origin);
  const phone = rig.network.call({ from: "+12025550127" });
  await phone.next("twiml");
  rig.network.connectTo(next.origin);
  await phone.next("streamStarted");
  await heard(rig, phone);
  assert.deepEqual(phone.errors, []);
  await hangUp(phone);
});

Deno.test("a placed call that rings while its server leaves is talked with in the next one", async () => {
  await using rig = await startProcessRig({
    network: { numbers: { "+14155550123": { answer: "human", afterMs: 6000 } } },
  });
  const old = rig.server;
  const placed = await old.post("/api/outbound/initiate", { to: "+14155550123" });
  const { callId } = await placed.json();
  const phone = await rig.network.nextCall();
  await until(() => detail(old, callId), ({ status }) => status === "ringing");
  await rig.start();
  old.signal("SIGTERM");
  assert.equal(await old.ended(), 0);
  await phone.next("streamStarted");
  const call = await until(() => detail(rig.server, callId), ({ turns }) => turns[0]?.final);
  assert.equal(call.turns[0].text, "Good day.");
  assert.deepEqual(phone.errors, []);
  await hangUp(phone);
  const ended = await until(() => detail(rig.server, callId), ({ status }) => status === "ended");
  assert.equal(ended.outcome, "answered");
});

Deno.test("a server that finds its port taken by one which leaves waits for it, and says so", async () => {
  await using rig = await startProcessRig({ env: { DRAIN_SECONDS: "600" } });
  const old = rig.server;
  const { phone, id, turns } = await conversation(rig);
  old.signal("SIGTERM");
  await old.lines.find((line) => line.includes('"Stopping"'));
  const started = rig.start({ sameAddress: true });
  // From its first heartbeat on it asks for the port.
  await until(() => Promise.resolve(rig.data.instances()), (instances) => instances === 2);
  await phone.speak(voiceOf(600));
  await until(() => detail(old, id), ({ turns }) => turns.length >= 5);
  old.signal("SIGTERM");
  assert.equal(await old.ended(), 0);
  const server = await started;
  assert.match(server.screen, /Waiting for port \d+/);
  await phone.next("streamStarted");
  await until(() => detail(server, id), (call) => call.turns.length > turns.length + 2);
  await hangUp(phone);
});

Deno.test("live calls are handed over when their time is up, without a further signal", async () => {
  await using rig = await startProcessRig({ env: { DRAIN_SECONDS: "1" } });
  const old = rig.server;
  const { phone, id, turns } = await conversation(rig);
  const server = await rig.start();
  old.signal("SIGTERM");
  assert.equal(await old.ended(), 0);
  await phone.next("streamStarted");
  await until(() => detail(server, id), (call) => call.turns.length > turns.length);
  await hangUp(phone);
});

Deno.test("a third signal stops a server at once, and the next one takes its calls all the same", async () => {
  await using rig = await startProcessRig({ env: { DRAIN_SECONDS: "600" } });
  const old = rig.server;
  const { phone, id, turns } = await conversation(rig);
  const server = await rig.start();
  // The handover waits for Twilio.
  rig.api.failNextUpdate({ kind: "slow", delayMs: 600_000 });
  old.signal("SIGTERM");
  await old.lines.find((line) => line.includes('"Stopping"'));
  old.signal("SIGINT");
  await until(() => rig.api.updates.length, (updates) => updates > 0);
  // A signal that comes twice at once is one.
  const third = setInterval(() => old.signal("SIGTERM"), 50);
  assert.equal(await old.ended(), 1);
  clearInterval(third);
  await phone.next("streamStarted");
  await until(() => detail(server, id), (call) => call.turns.length > turns.length);
  await hangUp(phone);
});

const STORY = "One two three four five six seven eight nine ten eleven twelve thirteen ".repeat(4);
const talkative: Script = (turn) => turn.cause.type === "speech" ? { say: STORY } : parrot(turn);
