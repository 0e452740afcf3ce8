import assert from "node:assert/strict";
import { createLoneBus } from "../../../src/services/cluster/bus.ts";
import { createInstanceRpc } from "../../../src/services/cluster/rpc.ts";
import { createProcessHandover } from "../../../src/services/calls/processHandover.ts";
import { createResumedCalls } from "../../../src/services/calls/resumedCalls.ts";
import { createWebCalls } from "../../../src/services/calls/webCalls.ts";
import { RecordingSession } from "../../support/call/recordingSession.ts";
import { openAlone } from "../../support/store/abandonedRecords.ts";
import { opened } from "../../support/store/storedCalls.ts";

for (const first of ["its browser comes back", "it is hung up"] as const) {
  Deno.test(`a browser's call without a session is either ended or gone on with: ${first} first`, async () => {
    const isBackFirst = first === "its browser comes back";
    const reached = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    async function pause(): Promise<void> {
      reached.resolve();
      await gate.promise;
    }
    const sessions: string[] = [];
    await using records = await openAlone(
      [opened({ id: "call_1", direction: "web", status: "live", instanceId: "here" })],
      { here: sessions, ...(!isBackFirst && { beforeEnd: pause }) },
    );
    const { store: { calls: callStore, instances } } = records;
    const log = { info() {}, warn() {} };
    const setTimer = () => () => {};
    const recorder = {
      flush: () => Promise.resolve(),
      expectResumed() {},
      releaseCall() {},
      release() {},
    };
    const webCalls = createWebCalls({
      registry: { get: () => undefined },
      lookup: { record: callStore.get },
      resumedCalls: createResumedCalls({
        registry: {
          get: () => undefined,
          open(request, id) {
            sessions.push(id ?? "");
            return new RecordingSession(request, id);
          },
        },
        callStore,
        recorder,
        callBudget: { resume() {} },
        now: Date.now,
      }),
      processHandover: createProcessHandover({ callStore, recorder, instanceId: "here", setTimer }),
      recorder,
      rpc: createInstanceRpc({ bus: createLoneBus("here"), setTimer, log }),
      instances: {
        async claimCall(id, change) {
          const claimed = await instances.claimCall(id, change);
          if (isBackFirst) await pause();
          return claimed;
        },
      },
      instanceId: "here",
      unlessEnding: records.unlessEnding,
      setTimer,
      log,
    });
    const comesBack = () => webCalls.open("call_1", "");
    const hangsUp = () => records.endUnheld("call_1");
    const begun = isBackFirst ? comesBack() : hangsUp();
    await reached.promise;
    const second = await (isBackFirst ? hangsUp() : comesBack());
    gate.resolve();
    assert.ok(await begun);
    assert.ok(!second);
    assert.deepEqual(sessions, isBackFirst ? ["call_1"] : []);
    const { status } = await callStore.get("call_1") ?? {};
    assert.equal(status, isBackFirst ? "live" : "ended");
  });
}
