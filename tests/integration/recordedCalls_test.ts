import assert from "node:assert/strict";
import {
  heardSaying,
  parrot,
  published,
  startPhoneRig,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import {
  askFor,
  detailOf,
  finished,
  recordingFolder,
  soFar,
  stretches,
} from "../support/recordedCalls.ts";
import { watchHoldUps } from "../support/trials/holdUps.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

interface Turn {
  readonly role: string;
  readonly text: string;
  readonly startedMs: number;
  readonly interrupted: boolean;
}

const GREETING = "Good day, this is Acme. How can I help you?";
const agent = `greeting: ${GREETING}\nrecording: { consent: none }`;

// By itself: a process that is held up leaves a gap in the sound.
Deno.test("a phone call is recorded as it was heard: to the sample, and without what was cut off", async () => {
  await using folder = await recordingFolder();
  await using rig = await startPhoneRig({ agent, ...folder });
  using holdUps = watchHoldUps();
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  const said = voiceOf(600);
  await talk.phone.speak(said);
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  // A burst of its own: its beginning is found by its own first mark.
  await talk.phone.silence(400);
  talk.model.say({ say: "One, two, three, four, five, six.", audioMs: 8000 });
  await published(rig, talk.callId, "turn", ({ turn }) => /^One, two/.test(turn.text));
  const playedMs = talk.phone.playedMs;
  while (talk.phone.playedMs < playedMs + 1000) await talk.phone.next("echo");
  talk.model.startSpeech();
  await talk.phone.next("clear");
  const { heardMs } = await published(rig, talk.callId, "interrupted");
  const { turn: cut } = await published(rig, talk.callId, "turn", ({ turn }) => turn.interrupted);
  // So that what comes next does not follow at once.
  await talk.phone.silence(400);
  talk.model.stopSpeech(500);
  await published(
    rig,
    talk.callId,
    "turn",
    ({ turn }) => turn.final && turn.role === "agent" && turn.startedMs > cut.startedMs,
  );
  const heard = sounds(talk.phone.heardAudio());
  await hangUp(talk.phone);

  const { record, recorded } = await finished(rig.server, talk.callId);
  assert.equal(recorded.hz, 8000);
  assert.equal(recorded.code, 7);
  const agentTurns: readonly Turn[] = record.turns.filter(({ role }: Turn) => role === "agent");
  const at = agentTurns.findIndex(({ interrupted }) => interrupted);
  assert.ok(at > 0, "it was cut off");
  const begins = agentTurns.map(({ startedMs, text }) => {
    const from = nearestBeginning(recorded.agent, startedMs * 8);
    assert.ok(
      Math.abs(startedMs - from / 8) <= 2,
      `${text}: at ${startedMs * 8}, first sound at ${from}`,
    );
    return from;
  });
  const [stopped, last] = begins.slice(at);
  const before = sounds(recorded.agent.subarray(0, stopped));
  assert.deepEqual(before, heard.subarray(0, before.length), "what was heard whole, to the sample");
  const cutOff = recorded.agent.subarray(stopped, last);
  const end = spoken(cutOff);
  assert.ok(Math.abs(end - heardMs * 8) <= 16, `cut off at ${end}, heard ${heardMs * 8}`);
  const partly = sounds(cutOff);
  const after = sounds(recorded.agent.subarray(last));
  const theirs = heard.subarray(before.length, heard.length - after.length);
  const same = Math.min(partly.length, theirs.length);
  assert.deepEqual(partly.subarray(0, same), theirs.subarray(0, same));
  // A busy machine is late to play, and to learn of it.
  assert.ok(Math.abs(partly.length - theirs.length) < (500 + holdUps.worstMs) * 8);
  assert.deepEqual(after, heard.subarray(-after.length), "and what came after it");
  const [voice] = stretches(recorded.caller);
  assert.deepEqual(voice?.audio, stretches(said)[0]?.audio, "the caller to the sample");
  const spoke = record.turns.find(({ role }: { role: string }) => role === "caller");
  const from = voice!.from / 8;
  assert.ok(
    spoke.startedMs > from - 300 && spoke.startedMs < agentTurns[1]!.startedMs,
    `${from} ms`,
  );
  assert.equal(recorded.caller.length, recorded.agent.length);
  assert.ok(Math.abs(recorded.caller.length / 8 - record.durationMs) <= 1);
  assert.equal(record.recording.state, "stopped");
  assert.equal(record.recording.durationMs, Math.round(recorded.caller.length / 8));
  assert.equal(record.recording.spans.length, 1);
});

Deno.test("nothing is recorded unless the agent's file says so", async () => {
  await using folder = await recordingFolder();
  await using rig = await startPhoneRig({ agent: `greeting: ${GREETING}`, ...folder });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  await hangUp(talk.phone);
  const record = await until(
    () => detailOf(rig.server, talk.callId),
    ({ status }) => status === "ended",
  );
  assert.equal(record.recording, null);
  const answer = await askFor(rig.server, `/api/calls/${talk.callId}/recording`);
  assert.equal((await answer.json()).code, "not_recorded");
  assert.deepEqual([...Deno.readDirSync(folder.dir)], []);
});

Deno.test("a pause by the operator, and one by the model, is silence on both sides", async () => {
  await using folder = await recordingFolder();
  const script: typeof parrot = (turn) => {
    if (turn.cause.type === "text" && turn.cause.text === "card") {
      return { tools: [{ name: "pause_recording", arguments: "{}" }] };
    }
    if (turn.cause.type === "toolOutputs") return { say: "Your card number, please." };
    return parrot(turn);
  };
  await using rig = await startPhoneRig({ agent, ...folder, model: { script } });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /^Good day/);
  const act = async (change: string) => {
    const answer = await askFor(rig.server, `/api/calls/${talk.callId}/actions`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ type: "recording", change }),
    });
    return { status: answer.status, ...await answer.json() };
  };
  assert.deepEqual(await codeOf(act("resume")), [409, "recording_not_paused"]);
  assert.equal((await act("pause")).status, 202);
  await published(rig, talk.callId, "recording", ({ state }) => state === "paused");
  assert.deepEqual(await codeOf(act("pause")), [409, "recording_paused"]);
  await talk.phone.speak(voiceOf(600));
  await heardSaying(rig, talk.callId, /^I heard you\.$/);
  assert.equal((await act("resume")).status, 202);
  await talk.phone.speak(voiceOf(700));
  await published(
    rig,
    talk.callId,
    "turn",
    ({ turn }) => turn.role === "agent" && turn.final && turn.position > 3,
  );
  rig.server.app.registry.get(talk.callId)?.input({ type: "typed", text: "card" });
  await heardSaying(rig, talk.callId, /^Your card number/);
  rig.server.app.registry.get(talk.callId)?.input({ type: "typed", text: "card" });
  await published(rig, talk.callId, "toolEnded", ({ output }) => /paused_already/.test(output));
  await talk.phone.speak(voiceOf(600));
  await until(() => act("stop"), ({ status }) => status === 202);
  assert.deepEqual(await codeOf(act("pause")), [409, "not_recorded"]);
  assert.deepEqual(await codeOf(act("stop")), [409, "not_recorded"]);
  rig.server.app.registry.get(talk.callId)?.input({ type: "typed", text: "card" });
  await published(rig, talk.callId, "toolEnded", ({ output }) => /not_recorded/.test(output));
  await hangUp(talk.phone);

  const { record, recorded } = await finished(rig.server, talk.callId);
  const { spans, state, by } = record.recording;
  assert.deepEqual([state, by], ["stopped", "operator"]);
  assert.deepEqual(spans.map(({ kind }: { kind: string }) => kind), [
    "recorded",
    "paused",
    "recorded",
    "paused",
  ]);
  for (const { kind, fromMs, toMs } of spans) {
    if (kind !== "paused") continue;
    assert.ok(toMs - fromMs > 500);
    for (const side of [recorded.caller, recorded.agent]) {
      assert.ok(side.subarray(fromMs * 8, toMs * 8).every((byte) => byte === 0xff));
    }
  }
  assert.equal(stretches(recorded.caller).length, 1, "only what was said between the pauses");
  const [kept] = stretches(recorded.caller);
  const missing = stretches(voiceOf(700))[0]!.audio.length - kept!.audio.length;
  assert.ok(missing >= 0 && missing <= 160, `all but the frame that was on its way: ${missing}`);
});

Deno.test("a recording is read in ranges, encrypted or not, and while the call goes on", async () => {
  const key = new Uint8Array(32).fill(7).toBase64();
  for (const more of [{}, { RECORDING_KEY: key }]) {
    await using folder = await recordingFolder();
    await using rig = await startPhoneRig({ agent, env: { ...folder.env, ...more } });
    const talk = await rig.ring();
    await heardSaying(rig, talk.callId, /^Good day/);
    const live = await soFar(rig, talk.callId);
    assert.equal(stretches(live.agent).length, 1);
    await hangUp(talk.phone);
    const { bytes, record } = await finished(rig.server, talk.callId);
    const path = `/api/calls/${talk.callId}/recording`;
    const range = (value: string, headers = {}) =>
      askFor(rig.server, path, { headers: { Range: value, ...headers } });
    for (
      const [asked, from, to] of [
        ["bytes=0-9", 0, 10],
        ["bytes=40-20000", 40, 20_001],
        ["bytes=8000-", 8000, bytes.length],
        ["bytes=-100", bytes.length - 100, bytes.length],
      ] as const
    ) {
      const answer = await range(asked);
      assert.equal(answer.status, 206);
      assert.equal(answer.headers.get("content-range"), `bytes ${from}-${to - 1}/${bytes.length}`);
      const part = new Uint8Array(await answer.arrayBuffer());
      assert.deepEqual(part, bytes.subarray(from, to), asked);
    }
    const beyond = await range(`bytes=${bytes.length}-`);
    assert.equal(beyond.status, 416);
    assert.equal(beyond.headers.get("content-range"), `bytes */${bytes.length}`);
    assert.equal((await beyond.json()).code, "range_not_satisfiable");
    const changed = await range("bytes=0-9", { "If-Range": '"other"' });
    assert.equal(changed.status, 200);
    await changed.body?.cancel();
    const head = await askFor(rig.server, path, { method: "HEAD" });
    assert.equal(head.headers.get("content-length"), String(bytes.length));
    assert.equal(head.headers.get("content-type"), "audio/wav");
    assert.equal(record.recording.consent, null);
    const [file] = [...Deno.readDirSync(folder.dir)];
    const onDisk = await Deno.readFile(`${folder.dir}/${file?.name}`);
    if (file?.name.endsWith(".sealed")) {
      assert.ok(!new TextDecoder("latin1").decode(onDisk).includes("RIFF"));
      const sample = bytes.subarray(4000, 4032);
      assert.equal(indexOf(onDisk, sample), -1, "no sound in the clear");
    } else assert.deepEqual(onDisk, bytes);
  }
});

Deno.test("a recording is removed alone, and with its call", async () => {
  await using folder = await recordingFolder();
  await using rig = await startPhoneRig({ agent, ...folder });
  const files = () => [...Deno.readDirSync(folder.dir)].map(({ name }) => name).sort();
  const [first, second] = [await rig.ring(), await rig.ring()];
  for (const { callId } of [first, second]) await heardSaying(rig, callId, /^Good day/);
  const path = `/api/calls/${first.callId}/recording`;
  const early = await askFor(rig.server, path, { method: "DELETE" });
  assert.equal((await early.json()).code, "recording_under_way");
  for (const { phone } of [first, second]) await hangUp(phone);
  for (const { callId } of [first, second]) await finished(rig.server, callId);
  assert.deepEqual(files(), [first, second].map(({ callId }) => `${callId}.wav`).sort());
  const removed = await askFor(rig.server, path, { method: "DELETE" });
  assert.equal(removed.status, 204);
  assert.deepEqual(files(), [`${second.callId}.wav`]);
  const gone = await askFor(rig.server, path);
  assert.equal(gone.status, 410);
  assert.equal((await gone.json()).code, "recording_removed");
  const { recording } = await detailOf(rig.server, first.callId);
  assert.deepEqual([recording.bytes, typeof recording.removedAt], [null, "string"]);
  const erased = await askFor(rig.server, `/api/calls/${second.callId}`, { method: "DELETE" });
  assert.equal(erased.status, 200);
  await erased.body?.cancel();
  assert.deepEqual(files(), []);
});

/** All but silence: what remains is the same to the last sample, wherever there are gaps. */
function sounds(audio: Uint8Array): Uint8Array {
  return audio.filter((byte) => byte !== 0xff);
}

/** Where a sound begins, be it before this place or after. */
function nearestBeginning(audio: Uint8Array, at: number): number {
  const beginnings = stretches(audio).map(({ from }) => from);
  return beginnings.toSorted((one, other) => Math.abs(one - at) - Math.abs(other - at))[0] ?? -1;
}

/** How long a voice is to its last sample, without the gaps that a machine which was held up has left. */
function spoken(audio: Uint8Array): number {
  return stretches(audio, { apart: 40 }).reduce((sum, { audio }) => sum + audio.length, 0);
}

function indexOf(all: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at + part.length <= all.length; at++) {
    if (part.every((byte, index) => all[at + index] === byte)) return at;
  }
  return -1;
}

async function codeOf(answer: Promise<{ status: number; code?: string }>) {
  const { status, code } = await answer;
  return [status, code];
}
