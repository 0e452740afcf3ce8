import assert from "node:assert/strict";
import type { HandoffRecord } from "../../../src/services/store.ts";
import { noUsage } from "../../../src/services/store.ts";
import type { StoreTest } from "./storeContract.ts";
import { opened, said } from "./storedCalls.ts";

const HANDOFF: HandoffRecord = {
  atMs: 12_000,
  from: "receptionist",
  to: "billing",
  version: "0123456789ab",
  reason: "A wrong invoice.",
  facts: '{"invoice":"4711"}',
  summary: '"A wrong invoice."',
  historyFrom: 7,
  model: "gpt-realtime-2.1",
  transcriptionModel: "gpt-transcribe",
  usageBefore: { ...noUsage, inputText: 7, transcriptionSeconds: 1.5 },
};

/** What a store keeps of the agents that have had a call. */
export function testHandoffs(test: StoreTest): void {
  test("a call is found by each agent that had it, with how it came to them", async (store) => {
    const { calls } = store;
    const back = { ...HANDOFF, from: "billing", to: "receptionist", atMs: 20_000 };
    const line = said("call_a", { id: "t1", role: "agent", agent: "billing" });
    const handoff = { type: "handoff", callId: "call_a", sequence: 0, handoff: HANDOFF } as const;
    await calls.write([opened({ id: "call_a" }), opened({ id: "call_b" })]);
    await calls.write([handoff, line]);
    // Written twice, it is one.
    await calls.write([{ ...handoff, handoff: back }]);
    const { handoffs, turns } = await calls.content("call_a");
    assert.deepEqual(handoffs, [HANDOFF]);
    assert.equal(turns[0]?.agent, "billing");
    const found = async (agent: string) =>
      (await calls.list({ agent }, { limit: 10 })).calls.map(({ id }) => id).toSorted();
    assert.deepEqual(await found("billing"), ["call_a"]);
    assert.deepEqual(await found("receptionist"), ["call_a", "call_b"]);
    const current = async () => (await calls.get("call_a"))?.currentAgent;
    assert.equal(await current(), "billing");
    await calls.write([{ ...handoff, sequence: 1, handoff: back }]);
    assert.equal(await current(), "receptionist");
    assert.equal((await calls.content("call_a")).handoffs.length, 2);
    await store.erasure.erase("call_a");
    assert.deepEqual((await calls.content("call_a")).handoffs, []);
    assert.deepEqual(await found("billing"), []);
  });
}
