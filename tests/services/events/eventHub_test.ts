import assert from "node:assert/strict";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import { createEventHub, type PublishedEvent } from "../../../src/services/events/eventHub.ts";
import { settled } from "../../support/until.ts";

const notice: CallEvent = { type: "notice", code: "filler" };
const started: CallEvent = { type: "started", direction: "web", agent: "a" };

Deno.test("publish() reaches every subscriber that wants the event, in order, and after the call", async () => {
  const hub = createEventHub(() => 7);
  const [all, one]: [PublishedEvent[], PublishedEvent[]] = [[], []];
  hub.subscribe(() => true, (event) => void all.push(event));
  hub.subscribe(({ callId }) => callId === "b", (event) => void one.push(event));
  hub.publish("a", started);
  hub.publish("b", notice);
  assert.deepEqual(all, [], "nothing of a watcher runs inside publish()");
  await settled();
  assert.deepEqual(all.map(({ id, callId, atMs }) => [id, callId, atMs]), [[1, "a", 7], [
    2,
    "b",
    7,
  ]]);
  assert.deepEqual(one.map(({ event }) => event), [notice]);
});

Deno.test("a slow sink gets one event at a time and loses the oldest, and no other is slowed", async () => {
  const hub = createEventHub(() => 0);
  const gate = Promise.withResolvers<void>();
  const [slow, fast]: [number[], number[]] = [[], []];
  const subscription = hub.subscribe(() => true, async ({ id }) => {
    slow.push(id);
    await gate.promise;
  }, { maxQueued: 3 });
  hub.subscribe(() => true, ({ id }) => void fast.push(id), { maxQueued: 100_000 });
  for (let i = 0; i < 5000; i++) {
    hub.publish("a", notice);
    if (i === 0) await settled();
  }
  await settled();
  assert.deepEqual(slow, [1]);
  assert.equal(fast.length, 5000);
  assert.deepEqual([subscription.queued, subscription.missed], [3, 4996]);
  gate.resolve();
  await settled();
  assert.deepEqual(slow, [1, 4998, 4999, 5000]);
});

Deno.test("a sink or filter that throws is reported and affects no other", async () => {
  const errors: unknown[] = [];
  const hub = createEventHub(() => 0, (error) => errors.push(error));
  const got: number[] = [];
  hub.subscribe(() => {
    throw new Error("filter");
  }, () => {});
  hub.subscribe(() => true, () => {
    throw new Error("sink");
  });
  hub.subscribe(() => true, () => Promise.reject(new Error("later")));
  hub.subscribe(() => true, ({ id }) => void got.push(id));
  hub.publish("a", notice);
  hub.publish("a", notice);
  await settled();
  assert.deepEqual(got, [1, 2]);
  assert.equal(errors.length, 6);
});

Deno.test("close() stops a subscription at once, also within its sink or its filter", async () => {
  const hub = createEventHub(() => 0);
  const got: number[] = [];
  const subscription = hub.subscribe(() => true, ({ id }) => {
    got.push(id);
    subscription.close();
  });
  for (let i = 0; i < 3; i++) hub.publish("a", notice);
  await settled();
  hub.publish("a", notice);
  await settled();
  assert.deepEqual(got, [1]);
  const unwanted = hub.subscribe(() => {
    unwanted.close();
    return true;
  }, ({ id }) => void got.push(id));
  hub.publish("a", notice);
  await settled();
  assert.deepEqual(got, [1]);
  assert.equal(hub.subscribers, 0);
});
