import assert from "node:assert/strict";
import { createCompletionDispatcher } from "../../../src/services/records/completionDispatcher.ts";
import { createEventHub } from "../../../src/services/events/eventHub.ts";
import { openStore } from "../../../src/services/store/store.ts";
import { Inbox } from "../../support/inbox.ts";
import { ended, opened } from "../../support/store/storedCalls.ts";

Deno.test("a call that ends during a dispatch is dispatched when its own end is durable", async () => {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const hub = createEventHub(() => 0);
  const over = new Set<string>();
  const told = new Inbox<string>();
  const end = (callId: string) => {
    over.add(callId);
    hub.publish(callId, { type: "ended", end: { reason: "idle" }, durationMs: 1 });
  };
  await store.calls.write(["a", "b", "c"].map((id) => opened({ id })));
  const completion = createCompletionDispatcher({
    events: hub,
    flush: () => store.calls.write([...over].map((id) => ended(id))),
    callStore: {
      ...store.calls,
      async get(callId) {
        const call = await store.calls.get(callId);
        if (callId === "a") end("b");
        return call;
      },
      async content(callId) {
        if (callId === "b") end("c");
        return await store.calls.content(callId);
      },
    },
    eraseIfDue: () => Promise.resolve(false),
    random: () => 0,
    incidents: { report() {}, resolve() {} },
    now: () => 0,
    setTimer: () => () => {},
    log: { warn() {} },
  });
  completion.onDispatched(({ id }) => told.add(id));
  completion.start();
  end("a");
  assert.deepEqual(await told.when((all) => all.length === 3), ["a", "b", "c"]);
  await completion.close();
  await store.close();
});
