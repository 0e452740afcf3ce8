import assert from "node:assert/strict";
import { createLoneBus } from "../../../src/services/cluster/bus.ts";
import { openSessions } from "../../../src/services/signIn/sessions.ts";
import { openStore } from "../../../src/services/store/store.ts";
import { startPostgres } from "../../support/store/postgres.ts";
import { until } from "../../support/until.ts";

const postgres = await startPostgres();
globalThis.addEventListener("unload", () => postgres?.kill());

for (const kind of ["sqlite", "postgres"] as const) {
  Deno.test({
    name: `of more sessions than are kept the one that ends soonest is over everywhere (${kind})`,
    ignore: kind === "postgres" && postgres === undefined,
    async fn() {
      await using stack = new AsyncDisposableStack();
      let nowMs = 1_800_000_000_000;
      const now = () => nowMs;
      const store = await openStore(await settingsOf(kind, stack), { now });
      stack.defer(() => store.close());
      const timers = new Set<() => void>();
      const open = async (sessionMs = 3_600_000) => {
        const sessions = await openSessions({
          ...{ signIns: store.signIns, bus: createLoneBus("inst_1"), most: 3 },
          ...{ sessionMs, now, log: { warn() {} } },
          setTimer(wake) {
            timers.add(wake);
            return () => void timers.delete(wake);
          },
        });
        stack.defer(sessions.close);
        return sessions;
      };
      const [here, elsewhere] = [await open(), await open()];
      const ended: string[] = [];
      for (const sessions of [here, elsewhere]) {
        sessions.onEnded(({ person }) => ended.push(person));
      }
      const secrets = new Map<string, string>();
      for (const person of ["ann", "bob", "cy", "di"]) {
        const { secret } = await here.begin({ person, groups: [] });
        secrets.set(person, secret);
        // Each is known at both, however the store is read.
        assert.equal((await elsewhere.find(secret))?.person, person);
        nowMs += 1000;
      }
      for (const wake of [...timers]) wake();
      await until(() => [...ended], (those) => those.length === 2);
      assert.deepEqual(ended, ["ann", "ann"]);
      for (const sessions of [here, elsewhere]) {
        assert.deepEqual(sessions.list().map(({ person }) => person), ["di", "cy", "bob"]);
        assert.deepEqual(["ann", "bob"].map(sessions.isAway), [true, false]);
        assert.equal(await sessions.find(secrets.get("ann") ?? ""), undefined);
      }
      const stored = async () => (await store.signIns.list(now(), 10)).map(({ person }) => person);
      assert.deepEqual(await stored(), ["di", "cy", "bob"]);
      // Where sessions last shorter than they did, a new one ends before all others.
      const shorter = await open(60_000);
      await shorter.begin({ person: "eve", groups: [] });
      assert.deepEqual(await stored(), ["di", "cy", "eve"]);
    },
  });
}

async function settingsOf(kind: "sqlite" | "postgres", stack: AsyncDisposableStack) {
  if (kind === "sqlite" || postgres === undefined) {
    return { kind: "sqlite", path: ":memory:" } as const;
  }
  const database = await postgres.createDatabase();
  stack.defer(() => database.drop());
  return { kind: "postgres", url: database.url } as const;
}
