import assert from "node:assert/strict";
import { conversation, detail, startProcessRig } from "../support/servers/processRig.ts";
import { readRecording } from "../support/recordings.ts";
import { stretches } from "../support/recordedCalls.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const agent = "greeting: Good day, this is Acme.\nrecording: { consent: none }";
const soundIn = (data: { readonly path: string }) => ({
  RECORDINGS_DIR: `${data.path}/sound`,
  RECORDING_MIN_FREE_MB: "0",
});
const [OLD, NEW] = ["ab".repeat(32), "cd".repeat(32)];

Deno.test("recordings are read by whichever key fits, and those of before any key as they are", async () => {
  await using rig = await startProcessRig({ agent, env: soundIn });
  const ids: string[] = [];
  for (const key of [undefined, OLD]) {
    if (key !== undefined) await rig.start({ env: { RECORDING_KEY: key } });
    const { phone, id } = await conversation(rig);
    await hangUp(phone);
    await until(
      () => detail(rig.server, id),
      ({ status, recording }) => status === "ended" && recording?.bytes !== null,
    );
    ids.push(id);
    rig.server.signal("SIGTERM");
    await rig.server.ended();
  }
  const names = [...Deno.readDirSync(soundIn(rig.data).RECORDINGS_DIR)].map(({ name }) => name);
  assert.deepEqual(names.sort(), [`${ids[0]}.wav`, `${ids[1]}.wav.sealed`].sort());
  for (const [keys, status] of [["", 409], [NEW, 409], [`${NEW},${OLD}`, 200]] as const) {
    await rig.start({ env: { RECORDING_KEY: keys === "" ? undefined : keys } });
    const plain = await rig.server.get(`/api/calls/${ids[0]}/recording`);
    assert.ok(stretches(readRecording(new Uint8Array(await plain.arrayBuffer())).agent).length > 0);
    const sealed = await rig.server.get(`/api/calls/${ids[1]}/recording`);
    assert.equal(sealed.status, status);
    if (status === 409) {
      const { code, error } = await sealed.json();
      assert.equal(code, "recording_key_unknown");
      assert.match(error, /RECORDING_KEY/);
    } else await sealed.body?.cancel();
    assert.equal((await detail(rig.server, ids[1]!)).recording.state, "stopped");
    rig.server.signal("SIGTERM");
    await rig.server.ended();
  }
});

Deno.test("a call goes on unrecorded where its recording is sealed by a key that is gone", async () => {
  await using rig = await startProcessRig({
    agent,
    env: (data) => ({ ...soundIn(data), RECORDING_KEY: OLD }),
  });
  const { phone, id } = await conversation(rig);
  rig.server.signal("SIGKILL");
  await rig.server.ended();
  await rig.start({ env: { RECORDING_KEY: NEW }, sameAddress: true });
  await phone.next("streamStarted");
  const { recording } = await until(
    () => detail(rig.server, id),
    ({ turns, recording }) => turns.length >= 4 && recording.state === "failed",
  );
  assert.equal(recording.reason, "unknown_key");
  await hangUp(phone);
  const { recording: kept } = await until(
    () => detail(rig.server, id),
    ({ status }) => status === "ended",
  );
  assert.deepEqual([kept.state, kept.reason], ["failed", "unknown_key"]);
});
