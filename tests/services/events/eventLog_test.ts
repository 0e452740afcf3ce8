import assert from "node:assert/strict";
import type { CallEvent, TranscriptTurn } from "../../../src/call/callEvent.ts";
import type { SharedEvent } from "../../../src/services/events/eventRing.ts";
import { createEventHub } from "../../../src/services/events/eventHub.ts";
import { createEventLog, type EventLogOptions } from "../../../src/services/events/eventLog.ts";
import { charactersOf } from "../../../src/services/events/eventSize.ts";
import { settled } from "../../support/until.ts";

const started: CallEvent = { type: "started", direction: "inbound", agent: "receptionist" };
const notice: CallEvent = { type: "notice", code: "filler" };
const ended: CallEvent = { type: "ended", end: { reason: "idle" }, durationMs: 1 };

const turn: TranscriptTurn = {
  id: "item_1",
  role: "agent",
  position: 1,
  text: "",
  final: false,
  interrupted: false,
  by: "voice",
  startedMs: 0,
};

function createLog(options: Partial<EventLogOptions> = {}) {
  const hub = createEventHub(() => 0);
  const log = createEventLog(hub, {
    origin: "here",
    keyOf: (callId) => (callId === "call_a" ? "alice" : undefined),
    write: ({ type }, id) => `${id} ${type}`,
    gatherMs: 0,
    ...options,
  });
  return { hub, log };
}

const everything = { wanted: () => true };

Deno.test("read() gives what lies behind a position, and where to read on", async () => {
  const { hub, log } = createLog();
  hub.publish("call_a", started);
  hub.publish("call_b", notice);
  await settled();
  const page = log.read(1, everything);
  assert.deepEqual(page.events, [{
    origin: "here",
    sequence: 2,
    callId: "call_b",
    type: "notice",
    id: "here-2",
    text: "here-2 notice",
  }]);
  assert.deepEqual([page.position, page.missed], [2, false]);
  assert.deepEqual(log.read(2, everything).events, []);
  log.close();
});

Deno.test("read() reports events that were dropped before they were read", async () => {
  const { hub, log } = createLog({ maxEvents: 3 });
  for (let i = 0; i < 10; i++) hub.publish("call_a", notice);
  await settled();
  const page = log.read(2, everything);
  assert.deepEqual(
    page.events.map(({ text }) => text),
    [8, 9, 10].map((at) => `here-${at} notice`),
  );
  assert.equal(page.missed, true);
  assert.equal(log.read(7, everything).missed, false);
  log.close();
});

Deno.test("read() reports events that the hub itself has dropped", async () => {
  const { hub, log } = createLog();
  hub.publish("call_a", started);
  await settled();
  for (let i = 0; i < 10_001; i++) hub.publish("call_a", notice);
  await settled();
  assert.equal(log.read(1, everything).missed, true);
  log.close();
});

Deno.test("the log keeps no more text than it may, and at least the newest event", async () => {
  const size = charactersOf(notice);
  for (const [maxCharacters, start] of [[2.5 * size, 3], [size / 2, 4]] as const) {
    const { hub, log } = createLog({ maxCharacters });
    for (let i = 0; i < 5; i++) hub.publish("call_a", notice);
    await settled();
    assert.deepEqual([log.start, log.end], [start, 5]);
    log.close();
  }
});

Deno.test("a text that has been read counts for as long as it is", async () => {
  const size = charactersOf(notice);
  const { hub, log } = createLog({ maxCharacters: 10 * size, write: () => "x".repeat(6 * size) });
  for (let i = 0; i < 3; i++) hub.publish("call_a", notice);
  await settled();
  assert.equal(log.read(0, { ...everything, maxCharacters: Infinity }).events.length, 3);
  hub.publish("call_a", notice);
  await settled();
  assert.deepEqual([log.start, log.end], [2, 4]);
  log.close();
});

Deno.test("no text is made of an event before somebody reads it, and then one for all", async () => {
  let encoded = 0;
  const { hub, log } = createLog({ write: ({ data }, id) => `${++encoded} ${id} ${data}` });
  let made = 0;
  const event = Object.assign({ ...notice }, { toJSON: () => ({ made: ++made }) });
  log.onAppend(({ callId }) => assert.equal(callId, "call_a"));
  for (let i = 0; i < 3; i++) hub.publish("call_a", event);
  await settled();
  assert.equal(log.read(0, { wanted: () => false }).events.length, 0);
  assert.deepEqual([made, encoded], [0, 0]);

  const first = log.read(1, { ...everything, maxEvents: 1 });
  assert.match(first.events[0]?.text ?? "", /^1 here-2 .*"event":\{"made":1\}/);
  assert.deepEqual(log.read(1, { ...everything, maxEvents: 1 }), first);
  assert.deepEqual([made, encoded], [1, 1]);
  log.close();
});

Deno.test("who listens to the log and who reads it share one text", async () => {
  const { hub, log } = createLog({ write: ({ data }) => data });
  let made = 0;
  const heard: string[] = [];
  log.onAppend(({ data }) => heard.push(data));
  hub.publish("call_a", Object.assign({ ...notice }, { toJSON: () => ({ made: ++made }) }));
  await settled();
  assert.deepEqual(log.read(0, everything).events.map(({ text }) => text), heard);
  assert.equal(made, 1);
  log.close();
});

Deno.test("of a turn that is still being said only the newest state is kept, and nothing is missed", async () => {
  const { hub, log } = createLog({ maxCharacters: 30_000, write: ({ data }) => data });
  const say = (id: string, text: string, final = false) =>
    hub.publish("call_a", { type: "turn", turn: { ...turn, id, text, final } });
  const all = { ...everything, maxEvents: 5000, maxCharacters: Infinity };
  const texts = (from: number) =>
    log.read(from, all).events.map(({ text }) => JSON.parse(text).event.turn?.text ?? "");
  hub.publish("call_a", notice);
  // All states together are some hundred times what the log may keep.
  for (let words = 1; words <= 1000; words++) say("item_1", "word ".repeat(words));
  say("item_2", "I see");
  await settled();
  assert.deepEqual(texts(0), ["", "word ".repeat(1000), "I see"]);
  const { missed, position } = log.read(0, all);
  assert.deepEqual([missed, position, log.start], [false, 1002, 0]);

  say("item_1", "word", true);
  // As told again by another event of the same turn: what is final is not replaced.
  say("item_1", "another word", true);
  await settled();
  log.appendRemote({ ...told(1), type: "turn", data: JSON.stringify({ event: { turn } }) });
  log.appendRemote({ ...told(2), type: "turn", data: JSON.stringify({ event: { turn } }) });
  assert.deepEqual(texts(0), ["", "I see", "word", "another word", ""]);
  log.close();
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
  const { hub, log } = createLog({ write: ({ data }) => data });
  hub.publish("call_a", { type: "digits", digits: "4111", sensitive: true });
  hub.publish("call_a", { type: "digits", digits: "7", sensitive: false });
  log.onAppend(({ data }) => assert.ok(!data.includes("4111")));
  await settled();
  const [secret, open] = log.read(0, everything).events;
  assert.ok(secret !== undefined && !secret.text.includes("4111"));
  assert.ok(open?.text.includes('"digits":"7"'));
  log.close();
});

Deno.test("wait() does not wake who has come while others were about to be woken", async () => {
  const { hub, log } = createLog();
  const { signal } = new AbortController();
  const first = log.wait(0, 60_000, signal);
  hub.publish("call_a", started);
  let woken = false;
  const second = log.wait(1, 60_000, signal).then(() => woken = true);
  await first;
  await settled();
  assert.equal(woken, false);
  hub.publish("call_a", started);
  await second;
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

/** Events of another process, as it publishes them. */
function told(sequence: number): SharedEvent {
  return { origin: "there", sequence, callId: "call_t", type: "notice", data: "{}" };
}

Deno.test("an event's id says how far its reader has come in the events of every process", async () => {
  const { hub, log } = createLog();
  log.advance("there", 40);
  hub.publish("call_a", started);
  await settled();
  log.appendRemote(told(41));
  log.appendRemote(told(41));
  const { events } = log.read(0, everything);
  assert.deepEqual(events.map(({ id }) => id), ["here-1.there-40", "here-1.there-41"]);
  log.close();
});

Deno.test("behind() gives a reader of another process what it has not had, each event once", async () => {
  const { hub, log } = createLog();
  for (const sequence of [1, 2, 3]) log.appendRemote(told(sequence));
  hub.publish("call_a", started);
  hub.publish("call_a", notice);
  await settled();
  // The other process saw this one's first event before its own second.
  const { position, after, missed } = log.resume("there-2.here-1");
  assert.equal(missed, undefined);
  const read = log.read(position, { ...everything, after });
  assert.deepEqual(read.events.map(({ origin, sequence }) => [origin, sequence]), [
    ["there", 3],
    ["here", 2],
  ]);
  log.close();
});

Deno.test("behind() reports to a reader what is not available here", () => {
  const { log } = createLog({ maxEvents: 2 });
  assert.equal(log.resume("gone-7").missed, "restarted");
  log.advance("there", 5);
  assert.equal(log.resume("there-4.here-0").missed, "too_late");
  assert.equal(log.resume("there-5.here-0").missed, undefined);
  for (const sequence of [6, 7, 8]) log.appendRemote(told(sequence));
  assert.equal(log.resume("there-5.here-0").missed, "too_late");
  log.close();
});

Deno.test("read() reports when events of another process never came", () => {
  const { log } = createLog();
  for (const sequence of [1, 2, 5]) log.appendRemote(told(sequence));
  const page = log.read(0, everything);
  assert.deepEqual(page.events.map(({ sequence }) => sequence), [1, 2, 5]);
  assert.equal(page.missed, true);
  const { position } = page;
  log.advance("there", 5);
  assert.equal(log.read(position, everything).missed, false);
  log.advance("there", 6);
  assert.equal(log.read(position, everything).missed, true);
  log.close();
});

Deno.test("the log remembers a bounded number of processes", () => {
  const { log } = createLog();
  for (let at = 0; at < 100; at++) log.advance(`inst_${at}`, 1);
  assert.equal(log.endId.split(".").length, 20);
  assert.match(log.endId, /^here-0\.inst_81-1\./);
  log.close();
});
