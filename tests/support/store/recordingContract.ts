import assert from "node:assert/strict";
import type { RecordingWrite } from "../../../src/services/store.ts";
import type { StoreTest } from "./storeContract.ts";
import { ended, opened } from "./storedCalls.ts";

/** What a store keeps of the recordings of calls. */
export function testRecordings(test: StoreTest): void {
  test("the recording of a call is as its last state says, and goes with the call", async (store) => {
    const { calls } = store;
    const recordingOf = async () => (await calls.content("call_a")).recording;
    const write = (one: RecordingWrite) => calls.write([{ callId: "call_a", ...one }]);
    const consent = {
      kind: "agreed",
      atMs: 4000,
      announcement: "May we record this call?",
      words: "Yes.",
    } as const;
    const spans = [{ kind: "recorded", fromMs: 4000 }] as const;
    const on = { state: "on", atMs: 4000, by: "caller", spans, consent } as const;
    // Of a call that is not there nothing is kept.
    await write({ type: "recording", status: on, instanceId: "inst_1" });
    assert.equal(await recordingOf(), undefined);
    await calls.write([opened({ id: "call_a" })]);
    await write({ type: "recording", status: on, instanceId: "inst_1" });
    assert.deepEqual(await recordingOf(), { ...on, instanceId: "inst_1" });
    const failed = {
      state: "failed",
      atMs: 9000,
      reason: "disk_full",
      spans: [{ kind: "recorded", fromMs: 4000, toMs: 9000 }],
      consent,
    } as const;
    await write({ type: "recording", status: failed, instanceId: "inst_2" });
    await write({ type: "recordingFinished", bytes: 80_058, durationMs: 5000 });
    // What was never told of is found once its call is over.
    assert.deepEqual(await calls.untoldRecordings(2_000_000, 10), []);
    await calls.write([
      opened({ id: "call_b" }),
      ended("call_a", { endedAt: 1_800_000 }),
    ]);
    assert.deepEqual(await calls.untoldRecordings(1_799_999, 10), []);
    assert.deepEqual(await calls.untoldRecordings(1_800_000, 10), ["call_a"]);
    await write({ type: "recordingTold", at: 1_900_000 });
    assert.deepEqual(await calls.untoldRecordings(2_000_000, 10), []);
    const finished = { bytes: 80_058, durationMs: 5000, finishedAt: 1_900_000 };
    assert.deepEqual(await recordingOf(), { ...failed, instanceId: "inst_2", ...finished });
    await write({ type: "recordingRemoved", at: 2_000_000 });
    await write({ type: "recordingRemoved", at: 3_000_000 });
    const { bytes: _, ...kept } = finished;
    assert.deepEqual(await recordingOf(), {
      ...failed,
      instanceId: "inst_2",
      ...kept,
      removedAt: 2_000_000,
    });
    await store.erasure.erase("call_a");
    assert.equal(await recordingOf(), undefined);
  });
}
