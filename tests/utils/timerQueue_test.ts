import assert from "node:assert/strict";
import fc from "fast-check";
import { TimerQueue } from "../../src/utils/timerQueue.ts";

/** Time that goes on only when it is told to, with the one alarm that a queue may have. */
class VirtualClock {
  time = 0;
  alarms = 0;
  alarm: { readonly at: number; readonly delayMs: number; ring(): void } | undefined;
  readonly errors: unknown[] = [];

  now(): number {
    return this.time;
  }

  setAlarm(ring: () => void, delayMs: number): () => void {
    assert.ok(Number.isInteger(delayMs) && delayMs >= 1 && delayMs < 2 ** 31, `delay ${delayMs}`);
    assert.equal(this.alarm, undefined, "one alarm at a time");
    const alarm = this.alarm = { at: this.time + delayMs, delayMs, ring };
    this.alarms++;
    return () => {
      if (this.alarm === alarm) this.alarm = undefined;
    };
  }

  /** Rings what is due on the way. */
  advance(ms: number): void {
    const until = this.time + ms;
    while (this.alarm !== undefined && this.alarm.at <= until) this.ring();
    this.time = Math.max(this.time, until);
  }

  ring(): void {
    const { alarm } = this;
    assert.ok(alarm !== undefined, "an alarm is set");
    this.alarm = undefined;
    this.time = Math.max(this.time, alarm.at);
    try {
      alarm.ring();
    } catch (error) {
      this.errors.push(error);
    }
  }
}

function queueInVirtualTime() {
  const clock = new VirtualClock();
  const queue = new TimerQueue(clock);
  const woken: string[] = [];
  return {
    clock,
    queue,
    woken,
    set: (name: string, delayMs: number) => queue.setTimer(() => woken.push(name), delayMs),
  };
}

Deno.test("timers run in the order of their due times, equals in the order in which they were set", () => {
  const { clock, woken, set } = queueInVirtualTime();
  for (const [name, delayMs] of [["d", 30], ["b", 10], ["e", 30], ["a", 5], ["c", 10]] as const) {
    set(name, delayMs);
  }
  clock.advance(9.5);
  assert.deepEqual(woken, ["a"]);
  clock.advance(100);
  assert.deepEqual(woken, ["a", "b", "c", "d", "e"]);
});

Deno.test("a timer never runs at once, and no delay is one of a millisecond", () => {
  const { clock, woken, set } = queueInVirtualTime();
  [0, -5, NaN, 0.25, -Infinity].forEach((delayMs) => set(`${delayMs}`, delayMs));
  assert.deepEqual(woken, []);
  clock.advance(1);
  assert.deepEqual(woken, ["0", "-5", "NaN", "0.25", "-Infinity"]);
  assert.equal(clock.alarms, 1);
});

Deno.test("timers of 200 ms and more share an alarm, shorter ones wait no longer than a millisecond more", () => {
  const { clock, woken, set } = queueInVirtualTime();
  for (let index = 0; index < 4; index++) {
    set(`long ${index}`, 200);
    clock.advance(0.75);
  }
  set("short", 199 - clock.time + 0.5);
  clock.advance(199.75 - clock.time);
  assert.deepEqual(woken, []);
  clock.advance(200 - clock.time);
  assert.deepEqual(woken, ["long 0", "short"]);
  const { alarms } = clock;
  clock.advance(10);
  assert.deepEqual(woken.slice(2), ["long 1", "long 2", "long 3"]);
  assert.equal(clock.alarms, alarms, "the alarm that was set already was the last");
});

Deno.test("a delay of any length is kept, also beyond that of setTimeout", () => {
  const { clock, woken, set } = queueInVirtualTime();
  const cancels = [1e13, Number.MAX_VALUE, Infinity].map((delayMs) => set("never", delayMs));
  set("month", 2 ** 31 + 1);
  clock.advance(2 ** 31);
  assert.deepEqual(woken, []);
  clock.advance(4);
  assert.deepEqual(woken, ["month"]);
  clock.advance(1e12);
  assert.deepEqual(woken, ["month"]);
  for (const cancel of cancels) cancel();
  assert.equal(clock.alarm, undefined);
});

Deno.test("no alarm is left when no timer is, and cancelling again does nothing", () => {
  const { clock, woken, set } = queueInVirtualTime();
  const [first, second] = [set("a", 10), set("b", 20)];
  first();
  first();
  assert.notEqual(clock.alarm, undefined);
  second();
  assert.equal(clock.alarm, undefined);
  const third = set("c", 5);
  first();
  clock.advance(50);
  third();
  assert.deepEqual(woken, ["c"]);
  assert.equal(clock.alarm, undefined);
});

Deno.test("what is cancelled or set by a timer that is due at the same time is heeded", () => {
  const { clock, queue, woken, set } = queueInVirtualTime();
  const cancels: (() => void)[] = [];
  queue.setTimer(() => {
    woken.push("a");
    cancels.forEach((cancel) => cancel());
    set("d", 5);
  }, 10);
  set("b", 10);
  cancels.push(set("cancelled", 10), set("cancelled", 10));
  set("c", 10);
  clock.ring();
  assert.deepEqual(woken, ["a", "b", "c"]);
  assert.equal(clock.alarm?.at, 15, "no pass for what has run already");
  clock.ring();
  assert.deepEqual(woken, ["a", "b", "c", "d"]);
  assert.equal(clock.alarm, undefined);
});

Deno.test("a timer that sets another without delay lets everything else have its turn", () => {
  const { clock, queue, woken, set } = queueInVirtualTime();
  let cancel = () => {};
  const again = () => {
    woken.push("again");
    cancel = queue.setTimer(again, 0);
  };
  again();
  set("other", 2);
  for (let passes = 0; passes < 3; passes++) clock.ring();
  assert.deepEqual(woken, ["again", "again", "other", "again", "again"]);
  cancel();
  assert.equal(clock.alarm, undefined);
});

Deno.test("what a timer throws comes from the alarm, and stops no other timer", () => {
  const { clock, queue, woken, set } = queueInVirtualTime();
  const fail = (why: string) =>
    queue.setTimer(() => {
      throw new Error(why);
    }, 10);
  set("a", 10);
  fail("one");
  fail("two");
  set("b", 10);
  set("c", 20);
  clock.advance(15);
  assert.deepEqual(clock.errors.map(String), ["Error: one", "Error: two"]);
  assert.deepEqual(woken, ["a", "b"]);
  clock.advance(15);
  assert.deepEqual(woken, ["a", "b", "c"]);
  fail("last");
  clock.advance(10);
  assert.equal(clock.errors.length, 3);
  assert.equal(clock.alarm, undefined);
});

Deno.test("a pass ends after five milliseconds, and the next one goes on", () => {
  const { clock, queue, woken } = queueInVirtualTime();
  for (let index = 0; index < 7; index++) {
    queue.setTimer(() => {
      woken.push(`${index}`);
      clock.time += 2;
    }, 10);
  }
  const passes: number[] = [];
  while (clock.alarm !== undefined) {
    clock.ring();
    passes.push(woken.length);
  }
  assert.deepEqual(passes, [3, 6, 7]);
  assert.deepEqual(woken, ["0", "1", "2", "3", "4", "5", "6"]);
});

interface ModelTimer {
  readonly id: number;
  readonly setAt: number;
  readonly delayMs: number;
  /** By the documented rounding. */
  readonly dueAt: number;
  readonly cancel: () => void;
}

const delays = fc.oneof(
  { weight: 4, arbitrary: fc.nat({ max: 60 }) },
  { weight: 3, arbitrary: fc.nat({ max: 4000 }).map((eighths) => eighths / 8) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, NaN, 200, 199.875, 2 ** 31 - 1, 2 ** 31, 1e11) },
);
const effects = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ type: "nothing" } as const) },
  fc.record({ type: fc.constant("set" as const), delayMs: delays }),
  fc.record({ type: fc.constant("cancel" as const), index: fc.nat() }),
  fc.record({ type: fc.constant("take" as const), ms: fc.nat({ max: 64 }).map((it) => it / 8) }),
  fc.constant({ type: "throw" } as const),
);
const steps = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ type: fc.constant("set" as const), delayMs: delays, effect: effects }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("cancel" as const), index: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("advance" as const),
      ms: fc.oneof(fc.nat({ max: 800 }).map((eighths) => eighths / 8), fc.constant(2 ** 31)),
    }),
  },
);
type Effect = typeof effects extends fc.Arbitrary<infer T> ? T : never;

Deno.test("in any order of events, the timer that runs is the one that a plain list has as the first", () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 120, size: "max" }), (all) => {
      const clock = new VirtualClock();
      const queue = new TimerQueue(clock);
      const live: ModelTimer[] = [];
      const cancels: (() => void)[] = [];
      let [ids, thrown] = [0, 0];
      const nothing: Effect = { type: "nothing" };

      function set(delayMs: number, effect: Effect): void {
        const id = ids++;
        const { time: setAt } = clock;
        const atLeastMs = delayMs >= 1 ? delayMs : 1;
        const grid = delayMs >= 200 ? 4 : 1;
        const dueAt = Math.ceil((setAt + atLeastMs) / grid) * grid;
        const stop = queue.setTimer(() => run(id, effect), delayMs);
        const cancel = () => {
          stop();
          const index = live.findIndex((timer) => timer.id === id);
          if (index >= 0) live.splice(index, 1);
        };
        live.push({ id, setAt, delayMs: atLeastMs, dueAt, cancel });
        cancels.push(cancel);
      }

      function run(id: number, effect: Effect): void {
        live.sort((one, other) => one.dueAt - other.dueAt || one.id - other.id);
        const first = live.shift();
        assert.equal(first?.id, id, "the first of those that wait");
        assert.ok(clock.time - first.setAt >= first.delayMs, "not before its delay");
        if (effect.type === "set") set(effect.delayMs, nothing);
        if (effect.type === "cancel") cancels[effect.index % cancels.length]?.();
        if (effect.type === "take") clock.time += effect.ms;
        if (effect.type !== "throw") return;
        thrown++;
        throw new Error("thrown by a timer");
      }

      function check(): void {
        const failed = clock.errors.find((error) => error instanceof assert.AssertionError);
        if (failed !== undefined) throw failed;
        assert.equal(clock.errors.length, thrown);
        assert.equal(clock.alarm === undefined, live.length === 0, "an alarm while a timer waits");
        if (clock.alarm === undefined || clock.alarm.delayMs === 2 ** 31 - 1) return;
        const firstAt = Math.min(...live.map(({ dueAt }) => dueAt));
        assert.ok(clock.alarm.at < Math.max(firstAt, clock.time) + 1.001, "the alarm in time");
      }

      for (const step of all) {
        if (step.type === "set") set(step.delayMs, step.effect);
        if (step.type === "cancel" && cancels.length > 0) cancels[step.index % cancels.length]?.();
        if (step.type === "advance") clock.advance(step.ms);
        check();
      }
      while (clock.alarm !== undefined) {
        clock.ring();
        check();
      }
    }),
    { numRuns: 1000 },
  );
});
