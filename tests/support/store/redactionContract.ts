import assert from "node:assert/strict";
import type { StoreTest } from "./storeContract.ts";
import { opened, said } from "./storedCalls.ts";

/** What a store keeps of what is blacked out in calls. */
export function testRedaction(test: StoreTest): void {
  test("redacted spans are kept once each, by time, and are erased with their call", async (store) => {
    const { calls } = store;
    const later = {
      type: "redacted",
      callId: "call_a",
      side: "agent",
      fromMs: 900,
      toMs: 1500,
    } as const;
    const first = { ...later, side: "caller", fromMs: 100 } as const;
    await calls.write([opened({ id: "call_a" }), later]);
    await calls.write([first, later]);
    assert.deepEqual((await calls.content("call_a")).redactedSpans, [
      { side: "caller", fromMs: 100, toMs: 1500 },
      { side: "agent", fromMs: 900, toMs: 1500 },
    ]);
    await store.erasure.erase("call_a");
    assert.equal((await calls.content("call_a")).redactedSpans, undefined);
  });

  test("a turn that is final is replaced by a later state that is final, too", async ({ calls }) => {
    await calls.write([opened({ id: "call_a" })]);
    await calls.write([said("call_a", { id: "t1", text: "It is 4111." })]);
    await calls.write([said("call_a", { id: "t1", text: "It is [card number]." })]);
    const { turns } = await calls.content("call_a");
    assert.deepEqual(turns.map(({ text }) => text), ["It is [card number]."]);
  });
}
