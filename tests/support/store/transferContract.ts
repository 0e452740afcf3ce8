import assert from "node:assert/strict";
import type { StoreTest } from "./storeContract.ts";
import { opened } from "./storedCalls.ts";

/** What a store keeps of how callers were put through. */
export function testTransfers(test: StoreTest): void {
  test("a transfer is kept step by step, its first end stays, and it is erased with its call", async (store) => {
    const { calls } = store;
    const ref = { type: "transfer", callId: "call_a", alias: "sales", mode: "cold" } as const;
    const first = { ...ref, number: 1 };
    await calls.write([opened({ id: "call_a" })]);
    await calls.write([
      { ...first, step: "requested", by: "operator", at: 1000, agent: "desk" },
      { ...first, step: "ringing", target: 0, at: 2000 },
      { ...first, step: "answered", target: 1, at: 3000 },
      { ...first, step: "connected", target: 1, at: 3000 },
    ]);
    assert.equal(await calls.transferUnderWay("call_a"), 1);
    await calls.write([
      { ...first, step: "ended", spokeMs: 4000, at: 7000 },
      // Late, and once more.
      { ...first, step: "ringing", target: 0, at: 8000 },
      { ...first, step: "failed", why: "busy", at: 9000 },
      { ...first, step: "requested", by: "agent", at: 9000 },
      // Of a call that is not known.
      { ...first, callId: "call_x", step: "requested", by: "agent", at: 1 },
      { ...ref, number: 2, step: "requested", by: "agent", at: 10_000 },
      { ...ref, number: 2, step: "failed", why: "no_answer", at: 11_000 },
    ]);
    const { transfers } = await calls.content("call_a");
    assert.deepEqual(
      transfers.map(({ requestedAt, overAt, ...transfer }) => [
        requestedAt,
        overAt,
        transfer.number,
        transfer.by,
        transfer.step,
        transfer.target,
        transfer.why,
        transfer.spokeMs,
      ]),
      [
        [1000, 7000, 1, "operator", "ended", 1, undefined, 4000],
        [10_000, 11_000, 2, "agent", "failed", undefined, "no_answer", undefined],
      ],
    );
    const [kept] = transfers;
    assert.deepEqual(
      [kept?.agent, kept?.ringingAt, kept?.answeredAt, kept?.connectedAt],
      ["desk", 2000, 3000, 3000],
    );
    assert.equal(await calls.transferUnderWay("call_a"), undefined);
    assert.deepEqual([await calls.transferCount("call_a"), await calls.transferCount("x")], [2, 0]);
    assert.equal(await calls.personMs("call_a", 20_000), 4000);
    const third = { ...ref, number: 3 };
    await calls.write([
      { ...third, step: "requested", by: "agent", at: 12_000 },
      { ...third, step: "answered", target: 0, at: 13_000 },
    ]);
    assert.equal(await calls.personMs("call_a", 20_000), 11_000);
    assert.equal(await calls.personMs("call_x", 20_000), 0);
    await store.erasure.erase("call_a");
    assert.deepEqual((await calls.content("call_a")).transfers, []);
  });
}
