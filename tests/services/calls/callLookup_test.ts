import assert from "node:assert/strict";
import { createCallLookup } from "../../../src/services/calls/callLookup.ts";
import { createEventHub } from "../../../src/services/events/eventHub.ts";
import { listPrices } from "../../../src/services/spending/pricing.ts";
import { createRecorder } from "../../../src/services/records/recorder.ts";
import { openStore } from "../../../src/services/store/store.ts";
import { opened } from "../../support/store/storedCalls.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";

const request = { direction: "inbound", agent: "receptionist", keyName: "alice" } as const;

type Store = "there" | "away" | "silent";

async function startLookup() {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const live = new Map<string, RecordingSession>();
  let state: Store = "there";
  const answer = <T>(ask: () => Promise<T>): Promise<T> => {
    if (state === "there") return ask();
    return state === "away" ? Promise.reject(new Error("no store")) : new Promise(() => {});
  };
  const callStore = {
    get: (id: string) => answer(() => store.calls.get(id)),
    write: (writes: Parameters<typeof store.calls.write>[0]) =>
      answer(() => store.calls.write(writes)),
  };
  const recorder = createRecorder({
    callStore,
    instances: store.instances,
    instanceId: "here",
    prices: listPrices,
    events: createEventHub(() => 0),
    callOf: () => undefined,
    now: () => 0,
    // What is queued is written on demand, and not before.
    setTimer: () => () => {},
    log: { info() {}, error() {} },
  });
  const deadlines: (() => void)[] = [];
  return {
    store,
    recorder,
    deadlines,
    lookup: createCallLookup({
      registry: { get: (id) => live.get(id) },
      callStore,
      recorder,
      instanceId: "here",
      setTimer: (wake) => {
        deadlines.push(wake);
        return () => {};
      },
    }),
    become(next: Store) {
      state = next;
    },
    hold(callId: string) {
      live.set(callId, RecordingSession.withLeg(callId, request));
    },
    begin(callId: string) {
      this.hold(callId);
      recorder.openCall(callId, { request });
    },
    async [Symbol.asyncDispose]() {
      state = "there";
      await recorder.close();
      await store.close();
    },
  };
}

const heldHere = { id: "call_1", instanceId: "here", status: "live", keyName: "alice" };

Deno.test("case 182: a call is found from its first moment, before its record is written", async () => {
  await using trial = await startLookup();
  trial.begin("call_1");
  assert.equal(await trial.store.calls.get("call_1"), undefined);
  assert.equal((await trial.lookup.record("call_1"))?.status, "ringing");
  trial.begin("call_2");
  assert.equal((await trial.lookup.known("call_2"))?.keyName, "alice");
  assert.equal(await trial.lookup.record("call_3"), undefined);
  assert.equal(await trial.lookup.known("call_3"), undefined);
});

Deno.test("case 182: to ask for a call that nobody knows writes nothing", async () => {
  await using trial = await startLookup();
  trial.begin("call_1");
  assert.equal(await trial.lookup.record("call_2"), undefined);
  assert.equal(await trial.store.calls.get("call_1"), undefined);
});

Deno.test("case 182: the record says which process holds a call, whatever session is left here", async () => {
  await using trial = await startLookup();
  await trial.store.calls.write([opened({ id: "call_1", instanceId: "there" })]);
  trial.hold("call_1");
  assert.equal((await trial.lookup.known("call_1"))?.instanceId, "there");
});

Deno.test("case 182: while the store is away, the calls of this process are known, others are not denied", async () => {
  await using trial = await startLookup();
  trial.begin("call_1");
  trial.become("away");
  assert.deepEqual(await trial.lookup.known("call_1"), heldHere);
  await assert.rejects(trial.lookup.record("call_1"), /no store/);
  await assert.rejects(trial.lookup.known("call_2"), /no store/);
});

Deno.test("case 182: while the store is silent, the calls of this process are known in time", async () => {
  await using trial = await startLookup();
  trial.begin("call_1");
  trial.become("silent");
  const known = trial.lookup.known("call_1");
  trial.deadlines.forEach((wake) => wake());
  assert.deepEqual(await known, heldHere);
});
