import assert from "node:assert/strict";
import type { PhoneEvent, SimulatedCall } from "../../src/sim/twilio/phoneNetwork.ts";
import { until } from "../support/until.ts";
import { parrot, voiceOf } from "../support/servers/phoneRig.ts";
import {
  conversation,
  detail,
  heard,
  liveCalls,
  type ProcessRig,
  ring,
  startProcessRig,
} from "../support/servers/processRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { signedPost } from "../support/twilio/twilioWebhook.ts";

/** What Twilio's voice says on a call from now on. */
function spokenOn(phone: SimulatedCall): readonly string[] {
  const spoken: string[] = [];
  phone.watch((event: PhoneEvent) => {
    if (event.type === "said") spoken.push(event.text);
  });
  return spoken;
}

/** The files by which processes know of each other that they live. */
function locksIn({ data }: ProcessRig): readonly string[] {
  return [...Deno.readDirSync(data.path)].map(({ name }) => name)
    .filter((name) => name.endsWith(".lock"));
}

async function kill({ server }: ProcessRig): Promise<void> {
  server.signal("SIGKILL");
  await server.ended();
}

Deno.test("a call goes on after kill -9 and a restart, from the last turn that was said", async () => {
  await using rig = await startProcessRig();
  const { phone, id, turns } = await conversation(rig);
  await kill(rig);
  await phone.next("streamClosed");
  await rig.start({ sameAddress: true });
  assert.equal((await phone.next("updated")).how, "Twiml");
  await phone.next("streamStarted");
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  await hangUp(phone);
  const after = await until(() => detail(rig.server, id), ({ status }) => status === "ended");
  assert.deepEqual(after.turns.slice(0, turns.length), turns);
  assert.ok(after.turns.length > turns.length);
  assert.equal(after.end.reason, "caller_hung_up");
  const { calls } = await (await rig.server.get("/api/calls")).json();
  assert.equal(calls.length, 1);
});

Deno.test("a call goes on at once in another process on the same file, by the end of its stream", async () => {
  await using rig = await startProcessRig();
  const first = rig.server;
  const { phone, id } = await conversation(rig);
  const another = await ring(rig);
  const other = await ring(rig);
  const spoken = spokenOn(phone);
  const second = await rig.start();
  assert.equal(locksIn(rig).length, 2);
  // What Twilio reports of a call that a living process holds concerns no other.
  await hangUp(other);
  await until(() => liveCalls(second), (calls) => calls.length === 2);
  const isPulledBack = (line: string) => line.includes("Phone call pulled back");
  assert.ok(!second.lines.all.some(isPulledBack));

  first.signal("SIGKILL");
  await first.ended();
  await second.lines.find(isPulledBack);
  await phone.next("streamStarted");
  await another.next("streamStarted");
  // The heartbeat stands still long enough only after this sentence.
  assert.ok(!spoken.some((text) => text.includes("stay on the line")));
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  await hangUp(phone);
  await hangUp(another);
  await until(() => detail(second, id), ({ status }) => status === "ended");
  second.signal("SIGTERM");
  await second.ended();
  assert.deepEqual(locksIn(rig), []);
});

Deno.test("a call that ended while its server was away is closed in the record", async () => {
  await using rig = await startProcessRig();
  const { phone, id, turns } = await conversation(rig);
  await kill(rig);
  await hangUp(phone);
  await rig.start({ sameAddress: true });
  const after = await until(() => detail(rig.server, id), ({ status }) => status === "ended");
  assert.deepEqual(after.turns, turns);
  assert.equal(after.end.reason, "caller_hung_up");
  assert.ok(after.durationMs > 0);
  const next = await ring(rig);
  await hangUp(next);
});

Deno.test("an agent that had begun to say goodbye ends the call, and does not talk on", async () => {
  const script: typeof parrot = (turn) =>
    turn.cause.type === "speech"
      ? { say: "Goodbye.", audioMs: 60_000, tools: [{ name: "end_call", arguments: "{}" }] }
      : parrot(turn);
  await using rig = await startProcessRig({
    agent: "greeting: Good day.\ntools: [end_call]",
    model: { script },
  });
  const phone = await ring(rig);
  const [call] = await until(() => liveCalls(rig.server), (calls) => calls.length > 0);
  const id = call?.id ?? "";
  await phone.speak(voiceOf(600));
  await until(() => detail(rig.server, id), ({ tools }) => tools[0]?.result?.ok === true);
  await kill(rig);
  await rig.start({ sameAddress: true });
  assert.equal((await phone.ended).reason, "the app ended it through the REST API");
  const after = await until(() => detail(rig.server, id), ({ status }) => status === "ended");
  assert.equal(after.end.reason, "agent_hung_up");
  assert.equal(after.turns.at(-1).text, "As you wish.", "a goodbye of the next session's own");
  assert.equal(after.tools.length, 1);
});

Deno.test("a caller whose server stays away hears that it goes on, and it does by Twilio's question", async () => {
  // The pauses pass at once: where files have no locks, a process knows the other only by its heartbeat.
  await using rig = await startProcessRig({ line: { pauseMsPerSecond: 500 } });
  const { phone, id, turns } = await conversation(rig);
  const spoken = spokenOn(phone);
  await kill(rig);
  for (const name of locksIn(rig)) await Deno.remove(`${rig.data.path}/${name}`);
  assert.match((await phone.next("said")).text, /One moment/);
  assert.match((await phone.next("said")).text, /stay on the line/);
  await rig.start();
  await phone.next("streamStarted");
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  assert.equal(spoken.length, 2);
  await hangUp(phone);
  const after = await until(() => detail(rig.server, id), ({ status }) => status === "ended");
  assert.deepEqual(after.turns.slice(0, turns.length), turns);
});

Deno.test("where a caller has waited too long, the fallback URL keeps the call until the server is back", async () => {
  await using bin = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () =>
      new Response("<Response><Say>We are still away.</Say><Pause length='900'/></Response>", {
        headers: { "Content-Type": "text/xml" },
      }),
  );
  await using rig = await startProcessRig({
    env: { TWILIO_FALLBACK_URL: `http://127.0.0.1:${bin.addr.port}/` },
    line: { pauseMsPerSecond: 100 },
  });
  const placed = await rig.server.post("/api/outbound/initiate", { to: "+14155550123" });
  const { callId } = await placed.json();
  const phone = await rig.network.nextCall();
  await heard(rig, phone);
  const said = Promise.withResolvers<void>();
  phone.watch((event) => {
    if (event.type === "said" && event.text === "We are still away.") said.resolve();
  });
  await kill(rig);
  await said.promise;
  await rig.start({ sameAddress: true });
  await phone.next("updated");
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  await hangUp(phone);
  const after = await until(() => detail(rig.server, callId), ({ status }) => status === "ended");
  assert.equal(after.end.reason, "caller_hung_up");
  assert.equal(after.outcome, "answered");
});

Deno.test("a caller whose agent is gone after a crash hears so, once and whole", async () => {
  await using rig = await startProcessRig({ line: { sayMsPerCharacter: 10 } });
  const { phone, id } = await conversation(rig);
  const spoken = spokenOn(phone);
  await kill(rig);
  const agents = `${rig.data.path}/agents`;
  await Deno.rename(`${agents}/receptionist.md`, `${agents}/sales.md`);
  await rig.start({ sameAddress: true, env: { DEFAULT_AGENT: "sales" } });
  await phone.settled;
  assert.equal(spoken.filter((text) => text.includes("technical problem")).length, 1);
  assert.equal(rig.api.updates.filter(({ callSid }) => callSid === phone.sid).length, 2);
  const after = await until(() => detail(rig.server, id), ({ status }) => status === "ended");
  assert.equal(after.end.reason, "server_stopped");
});

Deno.test("a verdict of machine detection that comes before a call is back is obeyed when it is", async () => {
  await using rig = await startProcessRig({
    agent: "greeting: Good day.\nvoicemail: Please call us back.",
  });
  const placed = await rig.server.post("/api/outbound/initiate", { to: "+14155550123" });
  const { callId } = await placed.json();
  const phone = await rig.network.nextCall();
  await heard(rig, phone);
  await kill(rig);
  for (let i = 0; i < 3; i++) rig.api.failNextUpdate({ kind: "unavailable" });
  await rig.start({ sameAddress: true });
  const path = `/twilio/amd?call=${callId}`;
  const verdict = { CallSid: phone.sid, AnsweredBy: "machine_end_beep" };
  const answer = await fetch(rig.server.origin + path, signedPost(path, verdict));
  assert.equal(answer.status, 204);
  const after = await until(() => detail(rig.server, callId), ({ status }) => status === "ended");
  assert.equal(after.end.reason, "voicemail");
  assert.equal(after.outcome, "voicemail");
  assert.equal(after.turns.at(-1).text, "Please call us back.");
});
