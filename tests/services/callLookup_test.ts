import assert from "node:assert/strict";
import { createCallLookup } from "../../src/services/callLookup.ts";
import { openStore } from "../../src/services/store.ts";
import type { CallWrite } from "../../src/services/store/callWrites.ts";
import { LiveCall } from "../support/apiServer.ts";

async function startLookup() {
  const store = await openStore({ kind: "sqlite", path: ":memory:" }, { now: () => 0 });
  const queued: CallWrite[] = [];
  const live = new Map<string, LiveCall>();
  let isAway = false;
  const lookup = createCallLookup({
    registry: { get: (id) => live.get(id) },
    calls: store.calls,
    instanceId: "here",
    flush: () =>
      isAway ? Promise.reject(new Error("The store is away")) : store.calls.write(queued.splice(0)),
  });
  return {
    lookup,
    live,
    begin(callId: string) {
      const agent = "receptionist";
      const call = {
        ...{ id: callId, direction: "inbound", status: "ringing", startedAt: 0 } as const,
        ...{ agent, instanceId: "here" },
      };
      queued.push({ type: "opened", callId, call });
      live.set(callId, new LiveCall(callId, { direction: "inbound", agent, keyName: "alice" }));
    },
    loseStore() {
      isAway = true;
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

Deno.test("case 182: a call is found from its first moment, before its record is written", async () => {
  await using trial = await startLookup();
  trial.begin("call_1");
  assert.equal((await trial.lookup.known("call_1"))?.keyName, "alice");
  assert.equal((await trial.lookup.record("call_1"))?.status, "ringing");
  assert.equal(await trial.lookup.record("call_2"), undefined);
  assert.equal(await trial.lookup.known("call_2"), undefined);
});

Deno.test("case 182: while the store is away, the calls of this process are known, others are not denied", async () => {
  await using trial = await startLookup();
  trial.begin("call_1");
  trial.loseStore();
  assert.deepEqual(await trial.lookup.known("call_1"), {
    ...{ id: "call_1", instanceId: "here", status: "live", keyName: "alice" },
  });
  await assert.rejects(trial.lookup.record("call_1"), /The store is away/);
  await assert.rejects(trial.lookup.known("call_2"), /The store is away/);
});
