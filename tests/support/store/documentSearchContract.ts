import assert from "node:assert/strict";
import { noUsage } from "../../../src/services/store.ts";
import type { CallWrite } from "../../../src/services/store/calls/callWrites.ts";
import type { StoreTest } from "./storeContract.ts";
import { opened } from "./storedCalls.ts";

/** A search of a call and what it was answered with. */
function search(callId: string, id: string, atMs: number, output: string): readonly CallWrite[] {
  const of = { callId, toolCallId: id, name: "search_knowledge" } as const;
  return [
    { ...of, type: "toolStarted", arguments: `{"query":"${id}"}`, startedMs: atMs },
    { ...of, type: "toolEnded", ok: true, output, atMs: atMs + 5, durationMs: 5 },
  ];
}

const NONE = '{"fit":"none","passages":[],"note":"Nothing was found."}';
const WEAK = '{"fit":"weak","note":"Quotations","passages":[]}';
const FOUND = '{"note":"Quotations","passages":[{"text":"{\\"fit\\":\\"none\\""}]}';

/** What every store finds of searches that were not answered. */
export function testDocumentSearches(test: StoreTest): void {
  test("searches without an answer belong to the agent that had the call by then", async (store) => {
    const { calls, documentSearches, erasure } = store;
    const handoff = {
      ...{ atMs: 10_000, from: "receptionist", to: "billing", usageBefore: noUsage },
    };
    await calls.write([
      opened({ id: "call_a", startedAt: 50_000, keyName: "alice" }),
      ...search("call_a", "first", 1000, NONE),
      { type: "handoff", callId: "call_a", sequence: 0, handoff },
      ...search("call_a", "second", 20_000, WEAK),
      ...search("call_a", "third", 21_000, FOUND),
      opened({ id: "call_b", startedAt: 60_000 }),
      ...search("call_b", "fourth", 0, NONE),
      opened({ id: "call_old", startedAt: 1000 }),
      ...search("call_old", "fifth", 0, NONE),
    ]);
    const found = async (agent: string, more: { keyName?: string; limit?: number } = {}) =>
      (await documentSearches.unanswered({ agent, since: 2000, limit: 9, ...more }))
        .map(({ callId, fit, at, arguments: args }) => [callId, JSON.stringify(args), fit, at]);
    assert.deepEqual(await found("receptionist"), [
      ["call_b", '{"query":"fourth"}', "none", 60_000],
      ["call_a", '{"query":"first"}', "none", 51_000],
    ]);
    assert.deepEqual(await found("billing"), [["call_a", '{"query":"second"}', "weak", 70_000]]);
    assert.equal((await found("receptionist", { limit: 1 })).length, 1);
    assert.deepEqual((await found("receptionist", { keyName: "alice" })).map(([id]) => id), [
      "call_a",
    ]);
    await erasure.eraseCall("call_a", 0, { underWay: true });
    await erasure.erase("call_a");
    assert.deepEqual(await found("billing"), []);
  });
}
