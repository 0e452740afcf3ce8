import assert from "node:assert/strict";
import { startRetention } from "../../src/services/retention.ts";
import { withApi } from "../support/apiServer.ts";

const day = 24 * 60 * 60_000;

for (const [days, left] of [[30, ["call_new"]], [undefined, ["call_new", "call_old"]]] as const) {
  Deno.test(`startRetention() keeps what it should after ${days ?? "no"} days`, () =>
    withApi({}, async ({ store, remember }) => {
      const now = Date.UTC(2027, 0, 1);
      await remember({ id: "call_old", startedAt: now - 31 * day }, {});
      await remember({ id: "call_new", startedAt: now - 29 * day }, {});
      const wakes: (() => void)[] = [];
      const again = Promise.withResolvers<void>();
      const stop = startRetention({
        store,
        days,
        now: () => now,
        setTimer(wake) {
          if (wakes.push(wake) === 2) again.resolve();
          return () => {};
        },
        log: { info() {}, warn: (_, { error }) => again.reject(error) },
      });
      wakes[0]?.();
      await again.promise;
      await stop();
      const { calls } = await store.calls.list({}, { limit: 10 });
      assert.deepEqual(calls.map(({ id }) => id), left);
    }));
}
