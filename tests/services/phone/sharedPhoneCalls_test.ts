import assert from "node:assert/strict";
import { createSharedPhoneCalls } from "../../../src/services/phone/sharedPhoneCalls.ts";
import { openStore } from "../../../src/services/store/store.ts";
import { callSid } from "../../support/servers/mediaServer.ts";
import { ended, opened } from "../../support/store/storedCalls.ts";

/** One process beside another that begins calls, with a clock that stands still until it is moved. */
async function beside() {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const timers: (() => void)[] = [];
  let waits = Promise.withResolvers<void>();
  const shared = createSharedPhoneCalls({
    tokens: store.tokens,
    callStore: store.calls,
    now: () => 0,
    setTimer(wake) {
      timers.push(wake);
      waits.resolve();
      return () => {};
    },
    log: { warn() {} },
  });
  return {
    store,
    shared,
    /** Resolves when it has looked in vain and waits; the answer ends the wait. */
    async waiting(): Promise<() => void> {
      await waits.promise;
      waits = Promise.withResolvers();
      return timers.shift()!;
    },
    async [Symbol.asyncDispose]() {
      shared.close();
      await store.close();
    },
  };
}

Deno.test("claim() takes a token that the other process was just writing, once", async () => {
  await using process = await beside();
  const { store, shared } = process;
  const claimed = shared.claim("token", callSid);
  const goOn = await process.waiting();
  await store.tokens.issue("token", { purpose: "media", subject: callSid, untilMs: 1000 });
  goOn();
  assert.equal(await claimed, true);
  const again = shared.claim("token", callSid);
  for (let looks = 0; looks < 5; looks++) (await process.waiting())();
  assert.equal(await again, false);
});

Deno.test("find() waits for a call that the other process was just writing", async () => {
  await using process = await beside();
  const found = process.shared.find(callSid);
  const goOn = await process.waiting();
  await process.store.calls.write([opened({ id: "call_1", callSid, status: "live" })]);
  goOn();
  assert.equal((await found)?.id, "call_1");
});

Deno.test("findSettled() waits for the end of a call that was just ending", async () => {
  await using process = await beside();
  await process.store.calls.write([opened({ id: "call_1", callSid, status: "live" })]);
  const found = process.shared.findSettled(callSid);
  const goOn = await process.waiting();
  await process.store.calls.write([ended("call_1")]);
  goOn();
  assert.equal((await found)?.status, "ended");
});

Deno.test("close() ends all waits", async () => {
  await using process = await beside();
  const found = process.shared.findSettled(callSid);
  await process.waiting();
  process.shared.close();
  assert.equal(await found, undefined);
});
