import assert from "node:assert/strict";
import type { StoreTest } from "./storeContract.ts";
import { ended, newCall, opened, said } from "./storedCalls.ts";

/** How every store forgets. */
export function testErasure(test: StoreTest): void {
  test("eraseBefore() forgets old calls whole and nothing else", async ({ calls, erasure }) => {
    const old = Array.from(
      { length: 450 },
      (_, at) => opened({ id: `old_${at}`, startedAt: 1000 + at }),
    );
    await calls.write([
      ...old,
      said("old_7", { id: "x" }),
      said("old_7", { id: "y" }),
      opened({ id: "new", startedAt: 5000 }),
    ]);
    assert.deepEqual(await erasure.eraseBefore(5000), { calls: 450, turns: 2, toolCalls: 0 });
    assert.deepEqual((await calls.list({}, { limit: 500 })).calls.map(({ id }) => id), ["new"]);
    assert.deepEqual((await calls.content("old_7")).turns, []);
  });

  test("eraseBefore() forgets old batches that are over, and what webhooks hold", async (store) => {
    const { batches, outbox, erasure } = store;
    const items = [{ number: "+15550001", variables: { name: "Ann" } }];
    for (const [id, at] of [["over", 1000], ["open", 1000], ["new", 5000]] as const) {
      await batches.create({ id, request: {}, items }, at);
    }
    await batches.cancel("over", 2000);
    await batches.cancel("new", 6000);
    const letter = { endpoint: "e", eventType: "call.ended", payload: "+15550001" };
    await outbox.enqueue([{ ...letter, id: "old" }], 1000);
    await outbox.enqueue([{ ...letter, id: "young" }], 5000);
    await erasure.eraseBefore(5000);
    assert.deepEqual(
      (await Promise.all(["over", "open", "new"].map(batches.get))).map((batch) => batch?.id),
      [undefined, "open", "new"],
    );
    assert.deepEqual(await batches.items("over", { limit: 9 }), []);
    const left = await outbox.claim(9000, { limit: 9, leaseMs: 1 });
    assert.deepEqual(left.map(({ id }) => id), ["young"]);
  });

  test("eraseNumber() leaves nothing of a person in batches and requests, and no call is dialled again", async (store) => {
    const { batches, calls, erasure, idempotency } = store;
    const key = { keyName: "ops", requestKey: "for +15550001" };
    await idempotency.reserve({ ...key, bodyHash: "h", callId: "out" }, 0);
    await idempotency.complete(key, { status: 200, body: { callId: "out" } });
    await calls.write([
      opened({ id: "out", direction: "outbound", to: "+15550001" }),
      ended("out"),
    ]);
    const request = { context: "about Ann" };
    const items = [{ number: "+15550001", variables: { name: "Ann" } }];
    await batches.create({ id: "b1", request, items }, 0);
    await batches.create({ id: "b2", request, items: [...items, { number: "+15550002" }] }, 0);
    await erasure.eraseNumber("+15550001", 0);
    const [own, shared] = [await batches.get("b1"), await batches.get("b2")];
    assert.deepEqual([own?.request, own?.progress.cancelled], [{}, 1]);
    assert.deepEqual([shared?.request, shared?.progress.pending], [request, 1]);
    const again = await idempotency.reserve({ ...key, bodyHash: "h", callId: "again" }, 1);
    assert.deepEqual(again, { state: "unknown", bodyHash: "", callId: "out" });
  });

  test("eraseNumber() finds its refused lines however they are written, and no other's", async (store) => {
    const { batches, erasure } = store;
    const own = [
      "+12025550166",
      "+1 (202) 555-0166",
      "0012025550166",
      "2025550166",
      "202.555.0166",
      "5550166",
      "+12025550166 ext 7",
      "+12025550166;ext=1",
      "tel:+1-202-555-0166",
      "+1-202-555-0166 (home)",
      "2025550166.0",
      "1.2025550166E+10",
      "555-0166 x12",
      "２０２５５５０１６６",
      "%2025550166\\",
    ];
    const others = [
      "%%%%%%%",
      "_______",
      "%5550166%0000000",
      "\\",
      "12345678\\",
      "+1 202 555 0177 ext 7",
      "+49 202 5550166 9",
      "550166",
      "by mail",
    ];
    const lineOf = (number: string) =>
      ({ number, variables: { name: "Ann" }, refusal: "invalid_number" }) as const;
    const padding = Array.from({ length: 1200 }, (_, at) => lineOf(`${3_030_000_000 + at} x`));
    await batches.create({ id: "b", request: {}, items: [...own, ...others].map(lineOf) }, 0);
    await batches.create({ id: "c", request: {}, items: [...padding, lineOf(own[6]!)] }, 0);
    await erasure.eraseNumber("+12025550166", 0);
    const left = await batches.refusedItems("b", { limit: 99 });
    assert.deepEqual(
      left.filter(({ variables }) => variables !== undefined).map(({ number }) => number),
      others,
    );
    assert.deepEqual(left.map(({ number }) => number).filter((number) => number !== ""), others);
    const more = await batches.refusedItems("c", { limit: 2000 });
    assert.equal(more.filter(({ number }) => number === "").length, 1);
  });

  test("eraseNumber() forgets all about one person, also what comes later of an erased call", async (store) => {
    const { calls, erasure } = store;
    await calls.write([
      opened({ id: "in", direction: "inbound", from: "+15550001", to: "+15559999" }),
      opened({ id: "out", direction: "outbound", from: "+15559999", to: "+15550001" }),
      opened({ id: "other", direction: "inbound", from: "+15550002", to: "+15559999" }),
      said("in", { id: "x" }),
      ...["in", "out", "other"].map((id) => ended(id)),
    ]);
    const letter = { endpoint: "e", eventType: "call.ended", callId: "in", payload: "+15550001" };
    await store.outbox.enqueue([{ ...letter, id: "d1" }], 0);
    await store.batches.create({
      id: "b1",
      request: {},
      items: [{ number: "+15550001", variables: { name: "Ann" } }],
    }, 0);
    // The server's own number is everywhere: only the far end counts.
    assert.equal((await erasure.eraseNumber("+15559999", 0)).calls, 0);
    assert.deepEqual(await erasure.eraseNumber("+15550001", 0), {
      calls: 2,
      turns: 1,
      toolCalls: 0,
      pending: 0,
    });
    // What another process had still to write, and had not dispatched yet.
    await calls.write([opened({ id: "in", from: "+15550001" }), said("in", { id: "y" })]);
    await store.outbox.enqueue([{ ...letter, id: "d2" }], 0);
    assert.deepEqual((await calls.content("in")).turns, []);
    assert.deepEqual((await calls.list({}, { limit: 9 })).calls.map(({ id }) => id), ["other"]);
    assert.deepEqual(await store.outbox.claim(1, { limit: 9, leaseMs: 1 }), []);
    const [item] = await store.batches.items("b1", { limit: 1 });
    assert.deepEqual([item?.number, item?.variables], ["", undefined]);
  });

  test("eraseNumber() leaves a call that is under way to its end, and dials none that waits", async (store) => {
    const { budget, calls, dialQueue, erasure } = store;
    const to = "+15550001";
    for (const id of ["placed", "waits"]) {
      await dialQueue.admit({
        call: newCall({ id, direction: "outbound", status: "queued", to }),
        waiting: { from: "+15559999", dueAt: 0, payload: { to } },
      }, 0);
      if (id === "placed") await dialQueue.claim(0);
    }
    const ops = { scope: "outbound", subject: "ops" } as const;
    const hold = { accounts: [{ ...ops, limits: {} }], minutes: 5, usd: 0, holdMs: 60_000 };
    await budget.reserve({ ...hold, callId: "waits" }, 0);
    const none = { turns: 0, toolCalls: 0 };
    assert.deepEqual(await erasure.eraseNumber(to, 0), { ...none, calls: 1, pending: 1 });
    assert.equal(await dialQueue.find("waits"), undefined);
    assert.equal((await budget.used(ops, 0)).concurrent, 0);
    assert.deepEqual(await erasure.eraseNumber(to, 1), { ...none, calls: 0, pending: 1 });

    // It goes on, in another process by now.
    await calls.write([opened({ id: "placed", to, instanceId: "other" }), ended("placed")]);
    assert.equal((await calls.get("placed"))?.instanceId, "other");
    const again = newCall({ id: "again", direction: "outbound", status: "queued", to });
    const waiting = { from: "+15559999", dueAt: 0, payload: { to } };
    await dialQueue.admitAgain({ call: again, waiting }, 2, "placed");
    assert.equal(await calls.get("again"), undefined);
    assert.deepEqual([await erasure.isDue("placed"), await erasure.isDue("other")], [true, false]);
    await erasure.erase("placed");
    assert.equal(await calls.get("placed"), undefined);
    const erased = await erasure.erasedAmong(["waits", "other", "placed"]);
    assert.deepEqual([...erased].sort(), ["placed", "waits"]);
  });

  test("where what is kept elsewhere cannot be forgotten, the records stay too", async ({ calls, erasure }) => {
    await calls.write([opened({ id: "in", from: "+15550001" }), ended("in")]);
    const failing = () => Promise.reject(new Error("disk full"));
    await assert.rejects(erasure.eraseNumber("+15550001", 0, failing), /disk full/);
    assert.equal((await calls.get("in"))?.from, "+15550001");
    assert.deepEqual(await erasure.erasedAmong(["in"]), []);
  });
}
