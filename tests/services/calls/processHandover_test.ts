import assert from "node:assert/strict";
import { createProcessHandover } from "../../../src/services/calls/processHandover.ts";
import { openStore } from "../../../src/services/store/store.ts";
import { ended, opened } from "../../support/store/storedCalls.ts";
import { settled } from "../../support/until.ts";

Deno.test("a call that was taken over goes on when the store knows, or after a second", async () => {
  const flushed = Promise.withResolvers<void>();
  const timers: { readonly wake: () => void; readonly delayMs: number }[] = [];
  const handoverTo = (flush: () => Promise<void>) =>
    createProcessHandover({
      callStore: { get: () => Promise.resolve(undefined) },
      recorder: { releaseCall() {}, flush },
      instanceId: "here",
      setTimer(wake, delayMs) {
        timers.push({ wake, delayMs });
        return () => {};
      },
    });

  let isOver = false;
  const waiting = handoverTo(() => flushed.promise).recordTakenOver().then(() => isOver = true);
  await settled();
  assert.equal(isOver, false, "the record is still being written");
  flushed.resolve();
  await waiting;

  const stuck = handoverTo(() => new Promise(() => {})).recordTakenOver();
  await settled();
  assert.equal(timers.at(-1)?.delayMs, 1000);
  timers.at(-1)?.wake();
  await stuck;

  await handoverTo(() => Promise.reject(new Error("disk full"))).recordTakenOver();
});

Deno.test("a call that was taken over just now is not taken for another process's", async () => {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  try {
    await store.calls.write([opened({ id: "call_1", instanceId: "there" })]);
    const unwritten: string[] = ["here"];
    const { isHeldElsewhere } = createProcessHandover({
      callStore: store.calls,
      recorder: {
        releaseCall() {},
        async flush() {
          const holder = unwritten.shift();
          if (holder !== undefined) {
            await store.instances.claimCall("call_1", { from: "there", to: holder });
          }
        },
      },
      instanceId: "here",
      setTimer: () => () => {},
    });
    assert.equal(await isHeldElsewhere("call_1"), false);
    await store.instances.claimCall("call_1", { from: "here", to: "there" });
    assert.equal(await isHeldElsewhere("call_1"), true);
    await store.instances.claimCall("call_1", { from: "there", to: "here" });
    await store.calls.write([ended("call_1")]);
    assert.equal(await isHeldElsewhere("call_1"), true);
    assert.equal(await isHeldElsewhere("call_unknown"), false);
  } finally {
    await store.close();
  }
});
