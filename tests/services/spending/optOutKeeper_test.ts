import assert from "node:assert/strict";
import { OptOutKeeper } from "../../../src/services/spending/optOutKeeper.ts";
import { sleep } from "../../../src/utils/sleep.ts";

const entry = (number: string) => ({ number, addedAt: 1, callId: `call of ${number}` });

/** A store that is away for so many attempts, and a clock that does not wait. */
function world(failures: number, refused?: string) {
  const stored: string[] = [];
  const logged: unknown[] = [];
  let attempts = 0;
  const keeper = new OptOutKeeper({
    doNotCall: {
      add: ({ number }) => {
        if (++attempts <= failures || number === refused) return Promise.reject(new Error("away"));
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
  let isAway = true;
  const keeper = new OptOutKeeper({
    doNotCall: {
      add: ({ number }) =>
        isAway ? Promise.reject(new Error("away")) : Promise.resolve(void stored.push(number)),
      has: () => Promise.resolve(false),
      among: () => Promise.resolve(new Set()),
    },
    setTimer: () => () => {},
    log: { warn: () => {}, error: () => {} },
  });
  keeper.keep(entry("+1"));
  await sleep(0);
  isAway = false;
  await keeper.close();
  assert.deepEqual(stored, ["+1"]);
});
