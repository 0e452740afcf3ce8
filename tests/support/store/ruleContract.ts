import assert from "node:assert/strict";
import type { StoreTest } from "./storeContract.ts";
import { opened } from "./storedCalls.ts";

/** What a store keeps of consent, of opt-outs, and of what a person had to hear first. */
export function testRules(test: StoreTest): void {
  test("consent and opt-out are kept with the call, and go with it", async ({ calls, erasure, doNotCall }) => {
    const consent = { source: "form 12", at: "2026-11-01T10:00:00Z", text: "Yes." };
    const optOut = { by: "word", words: "Stop calling me", atMs: 9000 } as const;
    await calls.write([
      opened({ id: "call_a", consent }),
      // The process that dials it knows nothing of the consent.
      opened({ id: "call_a" }),
      { type: "changed", callId: "call_a", changes: { optOut } },
    ]);
    await doNotCall.add({ number: "+15550001", addedAt: 5, words: optOut.words, callId: "call_a" });
    const record = await calls.get("call_a");
    assert.deepEqual([record?.consent, record?.optOut], [consent, optOut]);
    await erasure.erase("call_a");
    assert.equal(await calls.get("call_a"), undefined);
    assert.deepEqual(await doNotCall.get("+15550001"), { number: "+15550001", addedAt: 5 });
  });

  test("what was heard once stays heard, unless no person has heard it", async ({ calls }) => {
    const sentence = {
      type: "mustHear",
      callId: "call_b",
      name: "disclosure",
      text: "A.",
    } as const;
    const heard = { ...sentence, heard: true, fromMs: 1, toMs: 2, times: 1 } as const;
    const isHeard = async () => (await calls.content("call_b")).mustHear[0]?.heard;
    await calls.write([opened({ id: "call_b" }), heard]);
    await calls.write([{ ...sentence, heard: false, times: 1 }]);
    assert.equal(await isHeard(), true);
    await calls.write([{ ...sentence, heard: false, times: 1, takenBack: true }]);
    assert.equal(await isHeard(), false);
    await calls.write([{ ...heard, times: 2 }]);
    assert.equal(await isHeard(), true);
  });
}
