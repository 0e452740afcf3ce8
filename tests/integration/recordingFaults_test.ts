import assert from "node:assert/strict";
import { heardSaying, published, startPhoneRig, voiceOf } from "../support/servers/phoneRig.ts";
import { conversation, detail, startProcessRig } from "../support/servers/processRig.ts";
import { readRecording } from "../support/recordings.ts";
import {
  askFor,
  detailOf,
  finished,
  recordingFolder,
  soFar,
  stretches,
} from "../support/recordedCalls.ts";
import {
  adminKey,
  instancesTest,
  keysWithAdmin,
  startTwoInstances,
} from "../support/servers/instances.ts";
import { onlyAgent } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const agent = "greeting: Good day, this is Acme.\nrecording: { consent: none }";
const soundIn = (data: { readonly path: string }) => ({
  RECORDINGS_DIR: `${data.path}/sound`,
  RECORDING_MIN_FREE_MB: "0",
});

for (const [how, key] of [["plain", {}], ["sealed", { RECORDING_KEY: "ab".repeat(32) }]] as const) {
  Deno.test(`a ${how} recording is whole after kill -9, and goes on with the call`, async () => {
    await using rig = await startProcessRig({
      agent,
      env: (data) => ({ ...soundIn(data), ...key }),
    });
    const { phone, id } = await conversation(rig);
    const path = `/api/calls/${id}/recording`;
    const read = async () => {
      const answer = await rig.server.get(path);
      assert.equal(answer.status, 200);
      return readRecording(new Uint8Array(await answer.arrayBuffer()));
    };
    const before = await until(read, ({ agent }) => stretches(agent).length >= 2);
    rig.server.signal("SIGKILL");
    await rig.server.ended();
    await rig.start({ sameAddress: true });
    await phone.next("streamStarted");
    await until(() => detail(rig.server, id), ({ turns }) => turns.length >= 4);
    await until(read, ({ agent }) => stretches(agent).length >= 3);
    await hangUp(phone);
    const { recording, turns } = await until(
      () => detail(rig.server, id),
      ({ status, recording }) => status === "ended" && recording?.bytes !== null,
    );
    const after = await read();
    const known = before.agent.length - 8000;
    assert.deepEqual(after.agent.subarray(0, known), before.agent.subarray(0, known));
    assert.deepEqual(stretches(after.caller)[0]?.audio, stretches(voiceOf(600))[0]?.audio);
    assert.equal(recording.state, "stopped");
    const again = turns.findLast(({ role }: { role: string }) => role === "agent");
    const sound = stretches(after.agent).find(({ from }) => from >= again.startedMs * 8 - 8);
    assert.ok(sound !== undefined && sound.from - again.startedMs * 8 < 40, "at its time");
    assert.ok(recording.durationMs * 8 <= after.agent.length + 8);
  });
}

Deno.test("a recording is told of where its process died before it could do that", async () => {
  const told: { readonly type: string; readonly data: Record<string, unknown> }[] = [];
  await using hook = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      told.push(await request.json());
      return new Response();
    },
  );
  await using rig = await startProcessRig({
    agent,
    env: (data) => ({
      ...soundIn(data),
      WEBHOOK_URL: `http://127.0.0.1:${hook.addr.port}/`,
      WEBHOOK_SECRET: `whsec_${btoa("0".repeat(32))}`,
    }),
  });
  const { phone, id } = await conversation(rig);
  rig.server.signal("SIGKILL");
  await rig.server.ended();
  // Nobody is on the line any more who could be gone on with.
  phone.hangUp();
  await rig.start();
  const ready = await until(
    () => told.find(({ type }) => type === "recording.ready"),
    (message) => message !== undefined,
  );
  const { recording } = await detail(rig.server, id);
  assert.ok(recording.bytes > 8000);
  assert.equal(recording.state, "stopped");
  assert.deepEqual(ready?.data["recording"], recording);
});

Deno.test("a folder that cannot be written ends recordings, tells of it, and no call", async () => {
  const file = await Deno.makeTempFile();
  await using rig = await startPhoneRig({
    agent,
    env: { RECORDINGS_DIR: `${file}/sound`, RECORDING_MIN_FREE_MB: "0" },
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  const { reason } = await published(
    rig,
    talk.callId,
    "recording",
    (one) => one.state === "failed",
  );
  assert.equal(reason, "not_writable");
  await talk.phone.speak(voiceOf(600));
  await heardSaying(rig, talk.callId, /^I heard you/);
  const health = await (await rig.server.request("/health")).json();
  assert.equal(health.status, "degraded");
  assert.deepEqual(health.incidents.map(({ code }: { code: string }) => code), [
    "recording_failed",
  ]);
  assert.equal(health.checks.recording.ok, false);
  const ready = await rig.server.request("/ready");
  assert.equal(ready.status, 200, await ready.text());
  await hangUp(talk.phone);
  const record = await until(
    () => detailOf(rig.server, talk.callId),
    ({ status }) => status === "ended",
  );
  assert.deepEqual([record.recording.state, record.recording.reason], ["failed", "not_writable"]);
  await Deno.remove(file);
});

Deno.test("a disk with less room than is to stay free keeps nothing", async () => {
  await using folder = await recordingFolder();
  await using rig = await startPhoneRig({
    agent,
    env: { ...folder.env, RECORDING_MIN_FREE_MB: "1000000" },
  });
  const talk = await rig.ring();
  const { reason } = await published(
    rig,
    talk.callId,
    "recording",
    (one) => one.state === "failed",
  );
  assert.equal(reason, "disk_full");
  await heardSaying(rig, talk.callId, /^Good day/);
  await hangUp(talk.phone);
  assert.deepEqual([...Deno.readDirSync(folder.dir)], []);
});

Deno.test("a span of one side is silenced, of a call that goes on and of one that is over", async () => {
  for (const key of [{}, { RECORDING_KEY: "cd".repeat(32) }]) {
    await using folder = await recordingFolder();
    await using rig = await startPhoneRig({ agent, env: { ...folder.env, ...key } });
    const { recordings } = rig.server.app;
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day/);
    const { agent: before } = await soFar(rig, talk.callId);
    const at = stretches(before)[0]!.from / 8;
    await recordings.silence(talk.callId, "agent", at + 200, at + 400);
    await talk.phone.speak(voiceOf(600));
    await heardSaying(rig, talk.callId, /^I heard you/);
    await hangUp(talk.phone);
    const { recorded } = await finished(rig.server, talk.callId);
    const known = before.subarray(0, (at + 800) * 8);
    const expected = silenced(known, at + 200, at + 400);
    assert.ok(isSame(recorded.agent.subarray(0, known.length), expected));
    const from = stretches(recorded.caller)[0]!.from / 8;
    await recordings.silence(talk.callId, "caller", from + 100, from + 200);
    const { recorded: after } = await finished(rig.server, talk.callId);
    assert.ok(isSame(after.caller, silenced(recorded.caller, from + 100, from + 200)));
    assert.ok(isSame(after.agent, recorded.agent));
  }
});

/** The same audio with silence between two times, in milliseconds, where it has sound. */
function silenced(audio: Uint8Array, from: number, to: number): Uint8Array {
  const span = [from * 8, to * 8] as const;
  assert.ok(audio.subarray(...span).some((byte) => byte !== 0xff));
  return audio.slice().fill(0xff, ...span);
}

/** What differs in long audio is no help to anybody. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

instancesTest("recordings of other instances are told of, and removed at every one", async () => {
  await using here = await recordingFolder();
  await using there = await recordingFolder();
  const options = { overrides: { agentFiles: onlyAgent(agent) } };
  await using instances = await startTwoInstances({
    ...options,
    env: { ...here.env, API_KEYS: keysWithAdmin },
  });
  const { first, second } = instances;
  const ask = (server: typeof second, path: string, method = "GET") =>
    server.request(path, { method, headers: { Authorization: `Bearer ${adminKey}` } });
  const phones = [first.network.call(), first.network.call()];
  const ids = await Promise.all(phones.map(async (phone) => {
    await phone.next("streamStarted");
    return await until(() => first.app.registry.byCallSid(phone.sid)?.id ?? "", (id) => id !== "");
  }));
  for (const phone of phones) await until(() => phone.playedMs, (ms) => ms > 500);
  for (const phone of phones) await hangUp(phone);
  for (const id of ids) {
    await until(
      async () => await (await ask(second, `/api/calls/${id}`)).json(),
      ({ status, recording }) => status === "ended" && recording?.bytes !== null,
    );
  }
  const files = () => [...Deno.readDirSync(here.dir)].length;
  assert.equal(files(), 2);
  const [kept = "", erased = ""] = ids;
  // The same file seen from both: it is one folder.
  const shared = await ask(second, `/api/calls/${kept}/recording`);
  assert.equal(shared.status, 200);
  await shared.arrayBuffer();
  await Deno.rename(`${here.dir}/${kept}.wav`, `${there.dir}/${kept}.wav`);
  const elsewhere = await ask(second, `/api/calls/${kept}/recording`);
  assert.equal((await elsewhere.json()).code, "recording_elsewhere");
  const gone = await ask(second, `/api/calls/${erased}`, "DELETE");
  assert.equal(gone.status, 200);
  await gone.body?.cancel();
  await until(files, (count) => count === 0);
});

Deno.test("recordings go with the number they are erased by, and by their own retention", async () => {
  await using folder = await recordingFolder();
  const rigged = await startPhoneRig({ agent, ...folder });
  const ids: string[] = [];
  const files = () => [...Deno.readDirSync(folder.dir)].map(({ name }) => name);
  {
    await using rig = rigged;
    for (const from of ["+12025550123", "+12025550124"]) {
      const talk = await rig.ring({ from });
      await heardSaying(rig, talk.callId, /^Good day/);
      await hangUp(talk.phone);
      await finished(rig.server, talk.callId);
      ids.push(talk.callId);
    }
    const number = encodeURIComponent("+12025550123");
    const erased = await askFor(rig.server, `/api/callers/${number}`, { method: "DELETE" });
    assert.equal((await erased.json()).calls, 1);
    assert.deepEqual(files(), [`${ids[1]}.wav`]);
  }
  const old = new Date(Date.now() - 3 * 24 * 60 * 60_000);
  await Deno.utime(`${folder.dir}/${ids[1]}.wav`, old, old);
  await using later = await startPhoneRig({
    agent,
    env: { ...folder.env, RECORDING_RETENTION_DAYS: "2" },
  });
  await until(files, (names) => names.length === 0);
  assert.equal(later.server.app.incidents.list().length, 0);
});
