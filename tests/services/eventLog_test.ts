import assert from "node:assert/strict";
import type { CallEvent } from "../../src/call/types.ts";
import { createEventHub } from "../../src/services/events.ts";
import { createEventLog, type EventLogOptions } from "../../src/services/eventLog.ts";

const started: CallEvent = { type: "started", direction: "inbound", agent: "receptionist" };
const notice: CallEvent = { type: "notice", code: "filler" };
const ended: CallEvent = { type: "ended", end: { reason: "idle" }, durationMs: 1 };

function createLog(options: Partial<EventLogOptions> = {}) {
  const hub = createEventHub(() => 0);
  const log = createEventLog(hub, {
    keyOf: (callId) => (callId === "call_a" ? "alice" : undefined),
    write: ({ event }, position) => `${position} ${event.type}`,
    gatherMs: 0,
    ...options,
  });
  return { hub, log };
}

const everything = () => true;
const settled = () => new Promise<void>((resolve) => queueMicrotask(resolve));

Deno.test("read() gives what lies behind a position, and where to read on", async () => {
  const { hub, log } = createLog();
  hub.publish("call_a", started);
  hub.publish("call_b", notice);
  await settled();
  const page = log.read(1, everything);
  assert.deepEqual(page.events, [{ callId: "call_b", type: "notice", text: "2 notice" }]);
  assert.deepEqual([page.position, page.missed], [2, false]);
  assert.deepEqual(log.read(2, everything).events, []);
  log.close();
});

Deno.test("read() tells when events have been thrown away before they were read", async () => {
  const { hub, log } = createLog({ maxEvents: 3 });
  for (let i = 0; i < 10; i++) hub.publish("call_a", notice);
  await settled();
  const page = log.read(2, everything);
  assert.deepEqual(page.events.map(({ text }) => text), ["8 notice", "9 notice", "10 notice"]);
  assert.equal(page.missed, true);
  assert.equal(log.read(7, everything).missed, false);
  log.close();
});

Deno.test("read() tells when the hub itself has dropped something", async () => {
  const { hub, log } = createLog();
  hub.publish("call_a", started);
  await settled();
  for (let i = 0; i < 10_001; i++) hub.publish("call_a", notice);
  await settled();
  assert.equal(log.read(1, everything).missed, true);
  log.close();
});

Deno.test("the log keeps no more text than it may, and at least the newest event", async () => {
  const { hub, log } = createLog({ maxCharacters: 100, write: () => "x".repeat(40) });
  for (let i = 0; i < 5; i++) hub.publish("call_a", notice);
  await settled();
  assert.deepEqual([log.start, log.end], [3, 5]);
  log.close();
  const { hub: other, log: tiny } = createLog({ maxCharacters: 10, write: () => "x".repeat(40) });
  for (let i = 0; i < 5; i++) other.publish("call_a", notice);
  await settled();
  assert.deepEqual([tiny.start, tiny.end], [4, 5]);
  tiny.close();
});

Deno.test("the log knows the key of a call until it has ended", async () => {
  const { hub, log } = createLog();
  hub.publish("call_a", started);
  hub.publish("call_a", ended);
  hub.publish("call_a", notice);
  await settled();
  const names = log.read(0, everything).events.map(({ keyName }) => keyName);
  assert.deepEqual(names, ["alice", "alice", undefined]);
  log.close();
});

Deno.test("the log never holds digits that are sensitive", async () => {
  const { hub, log } = createLog({ write: ({ event }) => JSON.stringify(event) });
  hub.publish("call_a", { type: "digits", digits: "4111", sensitive: true });
  hub.publish("call_a", { type: "digits", digits: "7", sensitive: false });
  await settled();
  const [secret, open] = log.read(0, everything).events;
  assert.ok(secret !== undefined && !secret.text.includes("4111"));
  assert.ok(open?.text.includes('"digits":"7"'));
  log.close();
});

Deno.test("wait() settles when there is more, by the signal, and when the log closes", async () => {
  const { hub, log } = createLog();
  const { signal } = new AbortController();
  const more = log.wait(0, 60_000, signal);
  hub.publish("call_a", started);
  await more;
  assert.equal(log.end, 1);
  const leaving = new AbortController();
  const left = log.wait(1, 60_000, leaving.signal);
  leaving.abort();
  await left;
  const closed = log.wait(1, 60_000, signal);
  log.close();
  await closed;
  assert.equal(log.closed, true);
});
