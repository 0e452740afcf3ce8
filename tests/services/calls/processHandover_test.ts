import assert from "node:assert/strict";
import { createProcessHandover } from "../../../src/services/calls/processHandover.ts";
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
