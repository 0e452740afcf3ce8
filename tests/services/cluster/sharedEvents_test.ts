import assert from "node:assert/strict";
import type { InstanceBus } from "../../../src/services/cluster/bus.ts";
import { shareEvents } from "../../../src/services/cluster/sharedEvents.ts";
import type { SharedEvent } from "../../../src/services/events.ts";
import { settled } from "../../support/until.ts";

const BEAT_MS = 10_000;

Deno.test("a process that is alone publishes no events, and begins again when it hears of another", async () => {
  await using here = open();
  await here.pass(BEAT_MS);
  here.happens(1);
  await here.pass(1000);
  assert.deepEqual(here.take("events"), [1], "another may be there that has not spoken yet");
  for (let beat = 0; beat < 9; beat++) await here.pass(BEAT_MS);
  here.happens(2);
  here.happens(3);
  await here.pass(1000);
  assert.deepEqual(here.take("events"), []);
  assert.deepEqual(here.read, [1], "no text is made of what nobody gets");
  here.take("reached");
  here.hears("reached", { sequence: 0, hello: true });
  here.happens(4);
  await here.pass(1000);
  assert.deepEqual(here.take("reached"), [4], "the other begins behind what it could not get");
  assert.deepEqual(here.take("events"), [4]);
  for (let beat = 0; beat < 20; beat++) {
    await here.pass(BEAT_MS);
    here.hears("reached", { sequence: 0, hello: false });
  }
  here.happens(5);
  await here.pass(1000);
  assert.deepEqual(here.take("events"), [5]);
});

Deno.test("events wait to be gathered only until they fill a message", async () => {
  await using here = open();
  await here.pass(1000);
  here.take("events");
  const sequences = Array.from({ length: 500 }, (_, at) => at + 1);
  for (const sequence of sequences) here.happens(sequence, "x".repeat(1000));
  await here.pass(50);
  const first = here.take("events");
  assert.ok(first.length > 400, `${first.length} events`);
  await here.pass(50);
  assert.deepEqual([...first, ...here.take("events")], sequences);
});

/** One process, its bus and its clock by hand. */
function open() {
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  const subscribers = new Map<string, (body: unknown, from: string) => void>();
  const published: { readonly topic: string; readonly body: unknown }[] = [];
  const read = new Set<number>();
  let append = (_: SharedEvent) => {};
  let now = 0;
  const bus: InstanceBus = {
    instanceId: "inst_1",
    isShared: true,
    publish(topic, body) {
      published.push({ topic, body });
      return Promise.resolve();
    },
    subscribe(topic, listener) {
      subscribers.set(topic, listener);
      return () => void subscribers.delete(topic);
    },
    onGap: () => () => {},
    close: () => Promise.resolve(),
  };
  const sharing = shareEvents({
    bus,
    eventLog: { onAppend: (listener) => void (append = listener), appendRemote() {}, advance() {} },
    setTimer(wake, delayMs) {
      const timer = { at: now + delayMs, wake };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    log: { warn: (message) => assert.fail(message) },
  });

  return {
    happens: (sequence: number, data = "{}") =>
      append({
        ...{ origin: "inst_1", sequence, callId: "call_1", type: "notice" },
        get data() {
          read.add(sequence);
          return data;
        },
      }),
    /** The sequences of the events whose text was asked for. */
    get read(): readonly number[] {
      return [...read];
    },
    hears: (topic: string, body: unknown) => subscribers.get(topic)?.(body, "inst_2"),
    async pass(ms: number) {
      const until = now + ms;
      await settled();
      for (;;) {
        const [timer] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (timer === undefined) break;
        timers.delete(timer);
        now = timer.at;
        timer.wake();
        await settled();
      }
      now = until;
    },
    /** The sequences of what was published under this topic since the last time. */
    take(topic: string): readonly number[] {
      const taken = published.filter((message) => message.topic === topic);
      for (const message of taken) published.splice(published.indexOf(message), 1);
      return taken.flatMap(({ body }) => sequencesOf(body));
    },
    [Symbol.asyncDispose]: () => sharing.close(),
  };
}

function sequencesOf(body: unknown): readonly number[] {
  assert.ok(typeof body === "object" && body !== null);
  if ("sequence" in body) return [Number(body.sequence)];
  assert.ok("events" in body && Array.isArray(body.events));
  return body.events.map(([sequence]: readonly unknown[]) => Number(sequence));
}
