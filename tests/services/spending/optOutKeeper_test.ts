import assert from "node:assert/strict";
import { OptOutKeeper } from "../../../src/services/spending/optOutKeeper.ts";
import type { CallInput } from "../../../src/call/callInput.ts";
import { createDoNotCallRequests } from "../../../src/services/calls/doNotCallRequests.ts";
import { createOptOuts } from "../../../src/services/calls/optOuts.ts";

const entry = (number: string) => ({ number, addedAt: 1, callId: `call of ${number}` });

/** A store that is away for so many attempts, and a clock that does not wait. */
function world(failures: number, refused?: string, hangs?: string) {
  const stored: string[] = [];
  const logged: unknown[] = [];
  let attempts = 0;
  const keeper = new OptOutKeeper({
    doNotCall: {
      add: ({ number }) => {
        if (++attempts <= failures || number === refused) return Promise.reject(new Error("away"));
        if (number === hangs) return new Promise(() => {});
        stored.push(number);
        return Promise.resolve();
      },
      has: (number) => Promise.resolve(stored.includes(number)),
      among: (numbers) => Promise.resolve(new Set(numbers.filter((each) => stored.includes(each)))),
    },
    setTimer: (callback) => {
      let isOn = true;
      queueMicrotask(() => isOn && callback());
      return () => isOn = false;
    },
    log: { warn: () => {}, error: (_message, fields) => logged.push(fields) },
  });
  return { keeper, stored, logged };
}

Deno.test("an opt-out holds while the store is away, and is stored however long that takes", async () => {
  const { keeper, stored } = world(500);
  const written = keeper.keep(entry("+1"));
  assert.equal(await keeper.has("+1"), true);
  assert.equal(await keeper.has("+2"), false);
  assert.deepEqual(await keeper.among(["+2", "+1"]), new Set(["+1"]));
  await written;
  assert.deepEqual(stored, ["+1"]);
  await keeper.close();
});

Deno.test("an entry that the store refuses keeps back no other, and is in the log when the process ends", async () => {
  const { keeper, stored, logged } = world(0, "+1");
  keeper.keep(entry("+1")).catch(() => {});
  await Promise.all([keeper.keep(entry("+2")), keeper.keep(entry("+3"))]);
  assert.deepEqual(stored, ["+2", "+3"]);
  await keeper.close();
  assert.deepEqual(logged, [{ callId: "call of +1" }]);
});

Deno.test("what has not been stored is tried once more as the process ends", async () => {
  const stored: string[] = [];
  const tried = Promise.withResolvers<void>();
  let isAway = true;
  const keeper = new OptOutKeeper({
    doNotCall: {
      add: ({ number }) => {
        tried.resolve();
        if (isAway) return Promise.reject(new Error("away"));
        stored.push(number);
        return Promise.resolve();
      },
      has: () => Promise.resolve(false),
      among: () => Promise.resolve(new Set()),
    },
    setTimer: () => () => {},
    log: { warn: () => {}, error: () => {} },
  });
  keeper.keep(entry("+1"));
  await tried.promise;
  isAway = false;
  await keeper.close();
  assert.deepEqual(stored, ["+1"]);
});

Deno.test("a store that hangs holds the end of the process for a moment, and what is lost is in the log", async () => {
  const { keeper, stored, logged } = world(0, undefined, "+1");
  keeper.keep(entry("+1"));
  keeper.keep(entry("+2"));
  await keeper.close();
  assert.deepEqual(stored, ["+2"], "the others are stored all the same");
  assert.deepEqual(logged, [{ callId: "call of +1" }]);
  await assert.rejects(keeper.keep(entry("+3")));
  assert.deepEqual(logged.at(-1), { callId: "call of +3" });
});

Deno.test("an opt-out that comes as another has just been stored is stored", async () => {
  for (let steps = 0; steps < 20; steps++) {
    const { keeper, stored } = world(0);
    keeper.keep(entry("+1"));
    for (let step = 0; step < steps; step++) await Promise.resolve();
    await keeper.keep(entry("+2"));
    assert.deepEqual(stored, ["+1", "+2"], `after ${steps} steps`);
    await keeper.close();
  }
});

Deno.test("who asks is told so in time, though it is not stored yet, and not where it cannot be kept", async () => {
  const { keeper, logged } = world(0, undefined, "+1");
  await keeper.keepInTime(entry("+1"));
  assert.equal(await keeper.has("+1"), true);
  fill(keeper);
  await assert.rejects(keeper.keepInTime(entry("+too many")), /too many wait/);
  assert.deepEqual(logged, [{ callId: "call of +too many" }]);

  const putOnList = createDoNotCallRequests({
    doNotCall: { count: () => Promise.resolve(0) },
    optOuts: keeper,
    now: () => 1,
    log: { warn: () => {} },
  });
  const call = { callId: "c", agent: "a", direction: "outbound", caller: "+14155550123" } as const;
  await assert.rejects(
    putOnList(call, "Stop calling me."),
    "and the model does not say that it is noted",
  );

  const input = Promise.withResolvers<CallInput>();
  const recordOptOut = createOptOuts({ optOuts: keeper, now: () => 1 });
  const session = { id: "c", request: call, input: input.resolve };
  // deno-lint-ignore no-explicit-any -- what it uses of a session
  recordOptOut(session as any, { by: "word", words: "Stop calling me" });
  const { type } = await input.promise;
  assert.equal(type, "endAsked", "nor does the sentence that is fixed");
});

/** Until no more can wait. */
function fill(keeper: OptOutKeeper): void {
  for (let number = 0; number < 9_999; number++) keeper.keep(entry(`+2${number}`));
}
