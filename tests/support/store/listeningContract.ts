import assert from "node:assert/strict";
import type { StoreTest } from "./storeContract.ts";
import { opened } from "./storedCalls.ts";

/** What a store keeps of people who have listened in. */
export function testListenings(test: StoreTest): void {
  test("who has listened to a call is kept with it, and erased with it", async (store) => {
    const { calls } = store;
    const from = (id: string, atMs: number, by?: string) =>
      ({
        ...{ type: "listeningStarted", callId: "call_a", id, atMs } as const,
        ...(by !== undefined && { by }),
      }) as const;
    await calls.write([opened({ id: "call_a" })]);
    await calls.write([
      from("l2", 2000),
      from("l1", 1000, "ops"),
      { ...from("l1", 3000, "ops"), type: "listeningEnded" },
      // Late, and once more; of a call that is not known.
      { ...from("l1", 9000, "ops"), type: "listeningEnded" },
      from("l1", 9000, "other"),
      { ...from("l1", 1, "ops"), callId: "call_x" },
    ]);
    assert.deepEqual((await calls.content("call_a")).listenings, [
      { id: "l1", keyName: "ops", fromMs: 1000, toMs: 3000 },
      { id: "l2", fromMs: 2000 },
    ]);
    await store.erasure.erase("call_a");
    assert.equal((await calls.content("call_a")).listenings, undefined);
  });
}
