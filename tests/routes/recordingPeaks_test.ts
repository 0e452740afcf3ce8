import assert from "node:assert/strict";
import { ADMIN, ALICE, BOB, withApi } from "../support/servers/apiServer.ts";
import { recordedApi } from "../support/servers/recordedApi.ts";

/** Both sides of so many samples, of which each is as loud as the function says. */
function pcmOf(samples: number, sampleAt: (at: number) => readonly [number, number]): Uint8Array {
  const sound = new Int16Array(2 * samples);
  for (let at = 0; at < samples; at++) sound.set(sampleAt(at), 2 * at);
  return new Uint8Array(sound.buffer);
}

/** Ten seconds: the caller is loud in the third, the agent in the seventh and, by one sample, in the tenth. */
const SECONDS = pcmOf(240_000, (at) => [
  at >= 48_000 && at < 72_000 ? -16_384 : 0,
  at >= 144_000 && at < 168_000 ? 8192 : at === 239_999 ? 32_767 : 0,
]);

const CALLER = [0, 0, 0.5, 0, 0, 0, 0, 0, 0, 0];
const AGENT = [0, 0, 0, 0, 0, 0, 0.25, 0, 0, 1];

for (const sealed of [false, true]) {
  Deno.test(`peaks of a ${sealed ? "sealed" : "plain"} recording are those of its samples, also of a part of it`, async () => {
    await using recorded = await recordedApi();
    await withApi({ mount: recorded.mount }, async ({ ask, remember }) => {
      await remember({ id: "call_1", keyName: "alice" }, {});
      recorded.write("call_1", "pcm24k", SECONDS, sealed);
      const path = "/api/calls/call_1/recording/peaks";
      const all = await (await ask(`${path}?buckets=10`, ALICE)).json();
      assert.deepEqual(all, {
        durationMs: 10_000,
        fromMs: 0,
        toMs: 10_000,
        caller: CALLER,
        agent: AGENT,
      });
      const part = await (await ask(`${path}?buckets=4&fromMs=1000&toMs=3000`, ALICE)).json();
      assert.deepEqual(part, {
        durationMs: 10_000,
        fromMs: 1000,
        toMs: 3000,
        caller: [0, 0, 0.5, 0.5],
        agent: [0, 0, 0, 0],
      });
      const one = await (await ask(`${path}?buckets=1&fromMs=2000`, ALICE)).json();
      assert.deepEqual([one.caller, one.agent, one.toMs], [[0.5], [1], 10_000]);
      const fine = await (await ask(`${path}?buckets=4000`, ALICE)).json();
      assert.equal(fine.caller.length, 4000);
      assert.deepEqual([fine.caller[799], fine.caller[800], fine.caller[1199], fine.caller[1200]], [
        ...[0, 0.5, 0.5, 0],
      ]);
      assert.equal(fine.agent[3999], 1);
      const beyond = await (await ask(`${path}?fromMs=20000`, ALICE)).json();
      assert.deepEqual([beyond.caller, beyond.agent], [[], []]);
    });
  });
}

Deno.test("peaks of mu-law are by its samples, and of a long recording no slice is lost", async () => {
  await using recorded = await recordedApi();
  await withApi({ mount: recorded.mount }, async ({ ask, remember }) => {
    await remember({ id: "call_1" }, {});
    // Three minutes: 1440000 samples are more than are read at once. 0x80 and 0x00 are the loudest.
    const sound = new Uint8Array(2 * 1_440_000).fill(0xff);
    sound[2 * 700_000] = 0x80;
    sound[2 * 1_439_999 + 1] = 0x00;
    recorded.write("call_1", "pcmu", sound);
    const { durationMs, caller, agent } =
      await (await ask("/api/calls/call_1/recording/peaks?buckets=3", ADMIN)).json();
    assert.equal(durationMs, 180_000);
    assert.deepEqual(caller, [0, 0.98, 0]);
    assert.deepEqual(agent, [0, 0, 0.98]);
  });
});

Deno.test("peaks have a tag that changes with the recording, and are not sent again", async () => {
  await using recorded = await recordedApi();
  await withApi({ mount: recorded.mount }, async ({ ask, remember }) => {
    await remember({ id: "call_1" }, {});
    recorded.write("call_1", "pcm24k", SECONDS);
    const path = "/api/calls/call_1/recording/peaks?buckets=10";
    const first = await ask(path, ADMIN);
    const etag = first.headers.get("etag") ?? "";
    assert.equal(first.headers.get("cache-control"), "private, no-cache");
    await first.body?.cancel();
    const held = await ask(path, ADMIN, { headers: { "if-none-match": etag } });
    assert.deepEqual([held.status, await held.text()], [304, ""]);
    const other = await ask(`${path}1`, ADMIN, { headers: { "if-none-match": etag } });
    assert.equal(other.status, 200);
    await other.body?.cancel();
    await recorded.recordings.silence("call_1", "caller", 2000, 3000);
    await Deno.utime(`${recorded.dir}/call_1.wav`, 1, 1);
    const changed = await ask(path, ADMIN, { headers: { "if-none-match": etag } });
    assert.equal(changed.status, 200);
    assert.deepEqual((await changed.json()).caller, CALLER.map(() => 0));
  });
});

Deno.test("peaks are refused like the recording itself, and numbers out of range as well", async () => {
  await using recorded = await recordedApi();
  await withApi({ mount: recorded.mount }, async ({ ask, remember, store }) => {
    await remember({ id: "call_1", keyName: "alice" }, {});
    const path = "/api/calls/call_1/recording/peaks";
    const refusal = async (at: string, key?: string) => {
      const answer = await ask(at, key);
      return [answer.status, (await answer.json()).code];
    };
    assert.deepEqual(await refusal(path), [401, "key_required"]);
    assert.deepEqual(await refusal(path, BOB), [404, "unknown_call"]);
    assert.deepEqual(await refusal(path, ALICE), [404, "not_recorded"]);
    for (const wrong of ["buckets=0", "buckets=4001", "buckets=x", "fromMs=-1", "more=1"]) {
      assert.deepEqual(await refusal(`${path}?${wrong}`, ALICE), [422, "invalid_request"], wrong);
    }
    await store.calls.write([{
      type: "recording",
      callId: "call_1",
      instanceId: "another",
      status: { state: "stopped", atMs: 1, spans: [{ kind: "recorded", fromMs: 0, toMs: 1 }] },
    }]);
    assert.deepEqual(await refusal(path, ALICE), [409, "recording_elsewhere"]);
    await Deno.writeTextFile(`${recorded.dir}/call_1.wav`, "no recording");
    assert.deepEqual(await refusal(path, ALICE), [503, "recording_unreadable"]);
  });
});
