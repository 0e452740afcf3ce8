import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openStore, type Store } from "../../../src/services/store/store.ts";
import { newCall, opened } from "../../support/store/storedCalls.ts";

/** A store, and what another version of the program may have left in its file. */
async function withForeignRows(
  fill: (store: Store) => Promise<unknown>,
  spoil: string,
  check: (store: Store) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/parley.db`;
  const store = await openStore({ kind: "sqlite", path }, { now: () => 0 });
  await fill(store);
  {
    using database = new DatabaseSync(path);
    database.exec(spoil);
  }
  await check(store);
  await store.close();
  await Deno.remove(folder, { recursive: true });
}

const admitted = (id: string, from: string) => ({
  call: newCall({ id, direction: "outbound", status: "queued" }),
  waiting: { from, dueAt: 0, payload: { of: id } },
});

Deno.test("case 153: a queued call that cannot be read keeps no other from being dialled", () =>
  withForeignRows(
    async ({ dialQueue }) => {
      await dialQueue.admit(admitted("call_a", "+14155550100"), 1);
      await dialQueue.admit(admitted("call_b", "+14155550101"), 2);
    },
    "UPDATE dial_queue SET payload = '{' WHERE call_id = 'call_a'",
    async ({ dialQueue }) => {
      const { calls } = await dialQueue.claim(1000);
      assert.deepEqual(calls.map(({ callId, payload }) => [callId, payload]).sort(), [
        ["call_a", undefined],
        ["call_b", { of: "call_b" }],
      ]);
      assert.equal((await dialQueue.overdue(2000)).length, 2);
    },
  ));

Deno.test("case 153: an item of a batch that cannot be read is refused, and the next is placed", () =>
  withForeignRows(
    ({ batches }) =>
      batches.create({
        id: "batch_a",
        request: { agent: "receptionist" },
        items: [
          { number: "+14155550123", variables: { name: "Ada" } },
          { number: "+14155550124", variables: { name: "Bob" } },
        ],
      }, 1),
    "UPDATE batch_items SET variables = '{' WHERE item = 0",
    async ({ batches }) => {
      await batches.feed({
        most: 2,
        now: 1,
        callOf: ({ item, variables }) =>
          variables === null ? undefined : admitted(`call_${item}`, "+14155550100"),
      });
      const items = await batches.items("batch_a", { limit: 10 });
      assert.deepEqual(items.map(({ state }) => state), ["refused", "placing"]);
    },
  ));

Deno.test("case 153: a call whose record cannot be read hides no other in a list", () =>
  withForeignRows(
    ({ calls }) => calls.write(["a", "b", "c"].map((id) => opened({ id: `call_${id}` }))),
    "UPDATE calls SET status = 'unheard_of' WHERE id = 'call_b'",
    async ({ calls }) => {
      const first = await calls.list({}, { limit: 2 });
      assert.deepEqual(first.calls.map(({ id }) => id), ["call_c"]);
      assert.equal(typeof first.next, "string");
    },
  ));
