import assert from "node:assert/strict";
import { createFragmentGuard } from "../../../src/utils/http/fragmentGuard.ts";

const MB = 2 ** 20;

/** A guard in virtual time over memory that the test sets, with one silent socket. */
function guarded() {
  const memory = { rss: 400 * MB, heapTotal: 100 * MB, external: 0 };
  let now = 0;
  let check = () => {};
  let cuts = 0;
  const watch = createFragmentGuard({
    memory: () => memory,
    now: () => now,
    setTimer(wake) {
      check = wake;
      return () => {};
    },
    log: { warn: () => {} },
  });
  const socket = Object.assign(new EventTarget(), { readyState: 3, close: () => {} });
  watch(socket as unknown as WebSocket, () => cuts++);
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  // A socket that was cut is released a moment later.
  socket.close = () => setTimeout(resolve, 20);
  return {
    memory,
    closed,
    get cuts() {
      return cuts;
    },
    pass(ms: number) {
      for (const until = now + ms; now < until; now += 50) check();
    },
  };
}

Deno.test("bytes that JavaScript has freed are not taken for a message, though they stay resident", () => {
  const guard = guarded();
  guard.pass(1000);
  Object.assign(guard.memory, { rss: 700 * MB, external: 300 * MB });
  guard.pass(20_000);
  guard.memory.external = 0;
  guard.pass(20_000);
  assert.equal(guard.cuts, 0);
  // Also when the guard has forgotten what was freed.
  guard.pass(900_000);
  assert.equal(guard.cuts, 0);
});

Deno.test("a message that grows without end is cut, also behind bytes that were freed", async () => {
  const guard = guarded();
  guard.pass(1000);
  guard.memory.rss += 129 * MB;
  guard.pass(100);
  assert.equal(guard.cuts, 1);
  await guard.closed;

  const behind = guarded();
  Object.assign(behind.memory, { rss: 700 * MB, external: 300 * MB });
  behind.pass(1000);
  behind.memory.external = 0;
  behind.pass(1000);
  behind.memory.rss += 129 * MB;
  behind.pass(100);
  assert.equal(behind.cuts, 1);
  await behind.closed;
});
