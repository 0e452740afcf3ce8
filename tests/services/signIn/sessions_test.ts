import assert from "node:assert/strict";
import { createLoneBus } from "../../../src/services/cluster/bus.ts";
import { openSessions } from "../../../src/services/signIn/sessions.ts";
import { openStore } from "../../../src/services/store/store.ts";
import { until } from "../../support/until.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ann = { person: "ann@example.com", email: "ann@example.com", groups: ["Support"] };

/** Two processes on one file, which no message reaches: they read the store when their timers are due. */
async function openTwo() {
  let nowMs = 1_800_000_000_000;
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => nowMs });
  const timers = new Set<() => void>();
  let refuse: (() => void) | undefined;
  const signIns = {
    ...store.signIns,
    list: (now: number, limit: number) =>
      refuse === undefined ? store.signIns.list(now, limit) : reject(refuse),
  };
  const open = () =>
    openSessions({
      signIns,
      bus: createLoneBus("inst_1"),
      sessionMs: 12 * HOUR,
      now: () => nowMs,
      setTimer(wake) {
        timers.add(wake);
        return () => void timers.delete(wake);
      },
      log: { warn() {} },
    });
  const [here, elsewhere] = [await open(), await open()];
  return {
    ...{ store, here, elsewhere },
    pass: (ms: number) => void (nowMs += ms),
    now: () => nowMs,
    /** Resolves when it has been asked in vain. */
    loseStore: () => new Promise<void>((resolve) => refuse = resolve),
    refresh(): void {
      for (const wake of [...timers]) wake();
    },
    async [Symbol.asyncDispose]() {
      await here.close();
      await elsewhere.close();
      await store.close();
    },
  };
}

function reject(refused: () => void): Promise<never> {
  refused();
  return Promise.reject(new Error("Cannot read: the store is away"));
}

Deno.test("openSessions() knows a session at every process, until it is over", async () => {
  await using two = await openTwo();
  const { here, elsewhere } = two;
  const { secret, session } = await here.begin(ann);
  assert.equal((await here.find(secret))?.person, "ann@example.com");
  assert.deepEqual(await elsewhere.find(secret), session);
  assert.equal(await elsewhere.find("another-secret"), undefined);
  assert.deepEqual([here.isOver(session.id), here.isAway(ann.person)], [false, false]);
  assert.deepEqual([here.isOver("session_1"), here.isAway("bob@example.com")], [true, true]);
  two.pass(12 * HOUR);
  assert.deepEqual([await here.find(secret), await elsewhere.find(secret)], [undefined, undefined]);
  assert.deepEqual([here.isOver(session.id), here.list()], [true, []]);
  assert.equal((await two.store.signIns.list(0, 10)).length, 1);
  two.pass(DAY);
  await two.store.prune(two.now());
  assert.equal((await two.store.signIns.list(0, 10)).length, 0, "erased");
});

Deno.test("openSessions() tells of a session that another process has ended", async () => {
  await using two = await openTwo();
  const { here, elsewhere } = two;
  const { secret, session } = await here.begin(ann);
  await elsewhere.find(secret);
  const ended: string[] = [];
  elsewhere.onEnded(({ id }) => ended.push(id));
  two.pass(1);
  await here.end(session);
  assert.equal(await here.find(secret), undefined);
  two.refresh();
  await until(() => elsewhere.find(secret), (found) => found === undefined);
  assert.deepEqual(ended, [session.id]);
});

Deno.test("openSessions() goes on with the sessions it knows while the store is away", async () => {
  await using two = await openTwo();
  const { secret } = await two.here.begin(ann);
  two.pass(1);
  const asked = two.loseStore();
  two.refresh();
  await asked;
  assert.equal((await two.here.find(secret))?.person, "ann@example.com");
});
