import assert from "node:assert/strict";
import type { Store } from "../../../src/services/store/store.ts";
import type { AdmittedCall } from "../../../src/services/store/outbound/admittedCall.ts";
import type { StoreTest } from "./storeContract.ts";
import { ended, newCall, opened } from "./storedCalls.ts";

/** What the smaller ports of every store must do. */
export function testStorePorts(test: StoreTest): void {
  testIdempotency(test);
  testTokens(test);
  testDialQueue(test);
  testLists(test);
  testOutbox(test);
  testBatches(test);
  testKeyCalls(test);
  testKeptSpeech(test);
}

const day = 24 * 60 * 60_000;

function testIdempotency(test: StoreTest): void {
  test("of many requests with one idempotency key, exactly one gets it", async ({ idempotency }) => {
    const key = { keyName: "ops", requestKey: "k1" };
    const answers = await Promise.all(
      Array.from(
        { length: 100 },
        (_, at) => idempotency.reserve({ ...key, bodyHash: "h", callId: `call_${at}` }, 1000),
      ),
    );
    assert.equal(answers.filter(({ state }) => state === "reserved").length, 1);
    assert.equal(answers.filter(({ state }) => state === "in_flight").length, 99);
    assert.deepEqual(
      await idempotency.reserve({ keyName: "crm", requestKey: "k1", bodyHash: "h" }, 1000),
      { state: "reserved" },
    );
  });

  test("a repeated request gets the answer of the finished one, for a day", async ({ idempotency }) => {
    const key = { keyName: "ops", requestKey: "k1" };
    const request = { ...key, bodyHash: "h1", callId: "call_1" };
    await idempotency.reserve(request, 0);
    const response = { status: 200, body: { success: true } };
    await idempotency.complete(key, response);
    const expected = { state: "done", bodyHash: "h1", callId: "call_1", response } as const;
    assert.deepEqual(await idempotency.reserve({ ...key, bodyHash: "other" }, day - 1), expected);
    assert.deepEqual(await idempotency.find(key, day - 1), expected);
    assert.equal(await idempotency.find(key, day), undefined);
    assert.deepEqual(await idempotency.reserve(request, day), { state: "reserved" });
    assert.equal((await idempotency.find(key, day))?.state, "in_flight");
  });

  test("a request whose effect is not known is unknown, not free", async ({ idempotency }) => {
    const [timedOut, died] = [{ keyName: "ops", requestKey: "k1" }, {
      keyName: "ops",
      requestKey: "k2",
    }];
    await idempotency.reserve({ ...timedOut, bodyHash: "h" }, 0);
    await idempotency.reserve({ ...died, bodyHash: "h" }, 0);
    await idempotency.markUnknown(timedOut);
    await idempotency.release(timedOut);
    assert.equal((await idempotency.find(timedOut, 1))?.state, "unknown");
    assert.equal((await idempotency.find(died, 119_999))?.state, "in_flight");
    assert.equal((await idempotency.find(died, 120_000))?.state, "unknown");
    await idempotency.release(died);
    assert.equal(await idempotency.find(died, 1), undefined);
  });
}

function testTokens(test: StoreTest): void {
  test("a process that has lost a call replaces no token of it", async ({ tokens, calls, instances }) => {
    const resume = { purpose: "resume", subject: "a", untilMs: 1000 };
    await tokens.issue("1", { ...resume, holder: "first" });
    await calls.write([opened({ id: "a", instanceId: "first" })]);
    await tokens.issue("2", { ...resume, holder: "first" });
    await instances.claimCall("a", { from: "first", to: "second" });
    await tokens.issue("3", { ...resume, holder: "second" });
    await tokens.issue("late", { ...resume, holder: "first" });
    const found = await Promise.all(
      ["1", "2", "late", "3"].map((it) => tokens.find(it, "resume", 0)),
    );
    assert.deepEqual(found, [undefined, undefined, undefined, "a"]);
  });

  test("a token works once, for its purpose, in its time", async ({ tokens }) => {
    await tokens.issue("secret", { purpose: "stream", subject: "CA1", untilMs: 1000 });
    assert.equal(await tokens.claim("secret", "web", 500), undefined);
    assert.equal(await tokens.find("secret", "web", 500), undefined);
    assert.equal(await tokens.find("secret", "stream", 1000), undefined);
    assert.equal(await tokens.find("secret", "stream", 500), "CA1");
    const claims = await Promise.all([1, 2, 3].map(() => tokens.claim("secret", "stream", 500)));
    assert.deepEqual(claims.filter((subject) => subject !== undefined), ["CA1"]);
    await tokens.issue("old", { purpose: "stream", subject: "CA2", untilMs: 1000 });
    assert.equal(await tokens.claim("old", "stream", 1000), undefined);
    await tokens.issue("first", { purpose: "stream", subject: "CA3", untilMs: 1000 });
    await tokens.issue("second", { purpose: "stream", subject: "CA3", untilMs: 1000 });
    assert.equal(await tokens.claim("first", "stream", 0), undefined);
    await tokens.revoke("stream", "CA3");
    assert.equal(await tokens.claim("second", "stream", 0), undefined);
  });
}

function testDialQueue(test: StoreTest): void {
  test("queued calls are taken one a second per number, in their order", async ({ dialQueue }) => {
    const enqueue = (callId: string, from: string, dueAt = 0, now = 0) =>
      dialQueue.admit(admitted(callId, { from, dueAt, payload: { to: callId } }), now);
    assert.deepEqual([
      await enqueue("a", "+1", 0, 1),
      await enqueue("b", "+1", 0, 2),
      await enqueue("c", "+2", 0, 3),
      await enqueue("d", "+1", 0, 4),
      await enqueue("later", "+3", 50_000, 5),
    ], [1, 2, 1, 3, 1]);
    const ids = async (now: number) => {
      const { calls, nextAt } = await dialQueue.claim(now);
      return [calls.map(({ callId }) => callId).sort().join(""), nextAt];
    };
    assert.deepEqual(await ids(1000), ["ac", 2000]);
    assert.deepEqual(await ids(1999), ["", 2000]);
    assert.equal(await dialQueue.position("a"), undefined);
    assert.equal(await dialQueue.position("d"), 2);
    assert.equal(await dialQueue.remove("b"), true);
    assert.equal(await dialQueue.remove("b"), false);
    assert.deepEqual(await ids(2000), ["d", 3000]);
    assert.deepEqual(await ids(3000), ["", 50_000]);
    assert.deepEqual(await ids(50_000), ["later", undefined]);
    await dialQueue.remove("c");
    assert.deepEqual((await dialQueue.overdue(2001)).map(({ callId }) => callId), ["a", "d"]);
    assert.deepEqual((await dialQueue.overdue(1001))[0]?.payload, { to: "a" });
  });

  test("the pace of a clock that was an hour ahead delays no call", async ({ dialQueue }) => {
    const hour = 60 * 60_000;
    await dialQueue.admit(admitted("ahead"), hour);
    assert.equal((await dialQueue.claim(hour)).calls.length, 1);
    await dialQueue.admit(admitted("now"), 1000);
    assert.equal((await dialQueue.claim(1000)).calls[0]?.callId, "now");
    // And the pace is kept from then on.
    await dialQueue.admit(admitted("next"), 1001);
    assert.deepEqual(await dialQueue.claim(1001), { calls: [], nextAt: 2000 });
  });

  test("a queued call is taken by one of many who ask", async ({ dialQueue }) => {
    await dialQueue.admit(admitted("a"), 0);
    const claims = await Promise.all(Array.from({ length: 20 }, () => dialQueue.claim(1000)));
    assert.equal(claims.flatMap(({ calls }) => calls).length, 1);
  });

  test("a call is admitted once, with its record, however often and by whomever", async (store) => {
    const { dialQueue, calls } = store;
    await Promise.all([1, 2, 3].map(() => dialQueue.admit(admitted("a"), 0)));
    assert.equal((await calls.get("a"))?.status, "queued");
    assert.equal((await dialQueue.claim(1000)).calls.length, 1);
    await dialQueue.remove("a");
    await dialQueue.admit(admitted("a"), 0);
    assert.deepEqual(await dialQueue.claim(9000), { calls: [] });
  });

  test("a call that need not wait is claimed as it is admitted", async ({ dialQueue, calls }) => {
    const pace = { perSecond: 1 };
    const admit = (id: string, now: number, waiting = {}) =>
      dialQueue.admit(admitted(id, waiting), now, pace);
    assert.equal(await admit("a", 1000), "claimed");
    assert.equal((await calls.get("a"))?.status, "queued");
    assert.equal((await dialQueue.find("a"))?.claimedAt, 1000);
    assert.equal(await dialQueue.withdraw("a"), false);
    assert.equal(await admit("other", 1000, { from: "+2" }), "claimed", "each number has its pace");
    // The pace of its number, in any process; then an earlier call that is due; not one for later.
    assert.equal(await admit("b", 1999), 1);
    assert.equal(await admit("c", 2000), 2);
    assert.equal((await dialQueue.claim(2000, pace)).calls[0]?.callId, "b");
    assert.equal((await dialQueue.claim(3000, pace)).calls[0]?.callId, "c");
    await dialQueue.admit(admitted("later", { dueAt: 90_000 }), 3001);
    assert.equal(await admit("d", 4000), "claimed");
    assert.deepEqual(await dialQueue.claim(4500, pace), { calls: [], nextAt: 90_000 });
    assert.equal(await admit("early", 6000, { dueAt: 7000 }), 2);
    // Admitted already, also by another process: it is neither dialled again nor keeps the pace busy.
    assert.equal(await admit("a", 20_000), 1);
    await dialQueue.remove("d");
    assert.equal(await admit("d", 20_000), 1);
    assert.deepEqual((await dialQueue.overdue(4001)).map(({ callId }) => callId).sort(), [
      "a",
      "b",
      "c",
      "other",
    ]);
  });

  test("of many calls admitted at once, the pace lets one be claimed", async ({ dialQueue }) => {
    const admissions = await Promise.all(
      Array.from(
        { length: 20 },
        (_, at) => dialQueue.admit(admitted(`call_${at}`), 1000, { perSecond: 1 }),
      ),
    );
    const atOnce = admissions.filter((admission) => admission === "claimed").length;
    // None at once where those that did not get the queue's lock were there first.
    const { calls } = await dialQueue.claim(1000);
    assert.equal(atOnce + calls.length, 1);
    assert.equal((await dialQueue.claim(2000)).calls.length, 1);
  });

  test("a call that waits is withdrawn with its record and its batch, one that is taken is not", async (store) => {
    const { dialQueue, calls, batches } = store;
    await feed(store, { most: 2, numbers: ["+1", "+2"] });
    const { calls: [taken] } = await dialQueue.claim(1000);
    assert.equal(await dialQueue.withdraw(taken?.callId ?? ""), false);
    const waiting = taken?.callId === "call_0" ? "call_1" : "call_0";
    assert.equal(await dialQueue.withdraw(waiting), true);
    assert.equal((await calls.get(waiting))?.outcome, "cancelled");
    const { progress } = await batches.get("b1") ?? {};
    assert.deepEqual([progress?.cancelled, progress?.placing], [1, 1]);
  });
}

function testLists(test: StoreTest): void {
  test("the do-not-call list keeps a number until it is taken off", async ({ doNotCall }) => {
    await doNotCall.add({ number: "+15550002", addedAt: 5, addedBy: "ops", reason: "asked" });
    await doNotCall.add({ number: "+15550002", addedAt: 9 });
    await doNotCall.add({ number: "+15550001", addedAt: 6 });
    assert.equal(await doNotCall.has("+15550002"), true);
    assert.deepEqual(
      await doNotCall.among(["+15550003", "+15550001", "+15550002", "+15550001"]),
      new Set(["+15550001", "+15550002"]),
    );
    assert.deepEqual(await doNotCall.among([]), new Set());
    assert.deepEqual(await doNotCall.list({ limit: 9 }), [
      { number: "+15550001", addedAt: 6 },
      { number: "+15550002", addedAt: 5, addedBy: "ops", reason: "asked" },
    ]);
    await doNotCall.add({
      ...{ number: "+15550003", addedAt: 7, words: "Stop\u0000 calling", callId: "call_x" },
    });
    const said = await doNotCall.get("+15550003");
    assert.deepEqual([said?.words, said?.callId], ["Stop\uFFFD calling", "call_x"]);
    assert.equal(await doNotCall.remove("+15550003"), true);
    assert.equal(await doNotCall.count("asked", 5), 1);
    assert.equal(await doNotCall.count("asked", 6), 0);
    assert.equal((await doNotCall.list({ limit: 9, after: "+15550001" })).length, 1);
    assert.equal(await doNotCall.remove("+15550002"), true);
    assert.equal(await doNotCall.remove("+15550002"), false);
    assert.equal(await doNotCall.has("+15550002"), false);
  });
}

function testOutbox(test: StoreTest): void {
  const delivery = (id: string) => ({
    id,
    endpoint: "crm",
    eventType: "call.ended",
    callId: "call_1",
    payload: "{}",
  });

  test("a delivery is taken by one worker, and again when that one says nothing", async ({ outbox }) => {
    await outbox.enqueue([delivery("d1"), delivery("d2"), delivery("d1")], 0);
    const options = { limit: 1, leaseMs: 1000 };
    const claims = await Promise.all([1, 2, 3].map(() => outbox.claim(10, options)));
    assert.deepEqual(claims.flat().map(({ id, attempts }) => [id, attempts]).sort(), [["d1", 1], [
      "d2",
      1,
    ]]);
    await outbox.markDelivered("d2");
    assert.equal(await outbox.nextDue(), 1010);
    const [again] = await outbox.claim(1010, options);
    assert.deepEqual(again, { ...delivery("d1"), attempts: 2, createdAt: 0 });
    await outbox.markDelivered("d1");
    assert.equal(await outbox.nextDue(), undefined);
  });

  test("deliveries that nobody makes, and dead ones, go when asked", async ({ outbox }) => {
    await outbox.enqueue(["left", "dead", "tried"].map(delivery), 0);
    await outbox.markFailed("dead", "410", "dead", 5);
    await outbox.markFailed("tried", "503", { retryAt: 9 }, 5);
    const prune = async (kind: "dead" | "waiting", before: number) => {
      const counts: number[] = [];
      const onDeleted = (count: number) => counts.push(count);
      await outbox.prune(kind, before, { isStopped: () => true, onDeleted });
      await outbox.prune(kind, before, { isStopped: () => false, onDeleted });
      return counts;
    };
    assert.deepEqual(await prune("dead", 5), []);
    assert.deepEqual(await prune("dead", 6), [1]);
    assert.deepEqual(await outbox.deadLetters({ limit: 9 }), []);
    assert.deepEqual(await prune("waiting", 9), [1]);
    const due = await outbox.claim(9, { limit: 9, leaseMs: 1000 });
    assert.deepEqual(due.map(({ id }) => id), ["tried"]);
  });

  test("a failed delivery waits, dies and is sent anew when asked", async ({ outbox }) => {
    await outbox.enqueue([delivery("d1")], 0);
    const options = { limit: 9, leaseMs: 1000 };
    await outbox.claim(0, options);
    await outbox.markFailed("d1", "503", { retryAt: 5000 }, 10);
    assert.deepEqual(await outbox.claim(4999, options), []);
    assert.equal((await outbox.claim(5000, options))[0]?.lastError, "503");
    await outbox.markFailed("d1", "410", "dead", 5010);
    assert.deepEqual(await outbox.claim(99_999, options), []);
    assert.equal(await outbox.nextDue(), undefined);
    const [letter] = await outbox.deadLetters({ limit: 9 });
    assert.deepEqual([letter?.id, letter?.deadAt, letter?.lastError], ["d1", 5010, "410"]);
    assert.equal(
      (await outbox.deadLetters({ limit: 9, after: { deadAt: 5010, id: "d0" } })).length,
      1,
    );
    assert.deepEqual(await outbox.deadLetters({ limit: 9, after: { deadAt: 5010, id: "d1" } }), []);
    assert.equal(await outbox.resend("d1", 6000), true);
    assert.equal(await outbox.resend("d1", 6000), false);
    assert.equal((await outbox.claim(6000, options))[0]?.attempts, 1);
  });
}

function testBatches(test: StoreTest): void {
  test("a batch reports its progress", async ({ batches }) => {
    await feed({ batches }, { most: 2, numbers: ["+1", "+2", "+3", "+4"] });
    await batches.create({ id: "b2", request: {}, items: [{ number: "+9" }] }, 8);
    await batches.markPlaced("call_0");
    await batches.markEnded("call_0", { state: "ended", detail: "answered" });
    await batches.markPlaced("call_0");
    await batches.markEnded("call_1", { state: "refused", detail: "premium_rate" });
    await batches.markEnded("call_1", { state: "ended", detail: "answered" });
    assert.equal(await batches.isCancelled("b1"), false);
    assert.equal(await batches.cancel("b1", 9), 2);
    assert.deepEqual([await batches.isCancelled("b1"), await batches.isCancelled("b2")], [
      true,
      false,
    ]);
    const [first] = await batches.items("b1", { limit: 1 });
    assert.deepEqual(first, {
      batchId: "b1",
      item: 0,
      number: "+1",
      variables: { name: "+1" },
      state: "ended",
      attempts: 1,
      callId: "call_0",
      detail: "answered",
    });
    assert.deepEqual(await batches.get("b1"), {
      id: "b1",
      keyName: "ops",
      createdAt: 7,
      request: { agent: "reminder" },
      state: "cancelled",
      progress: {
        ...{ pending: 0, placing: 0, placed: 0, ended: 1, refused: 1, cancelled: 2 },
        expired: 0,
      },
    });
    assert.deepEqual((await batches.items("b1", { limit: 2, after: 0 })).map(({ item }) => item), [
      1,
      2,
    ]);
    assert.equal(await batches.get("b3"), undefined);
  });

  test("nothing of a cancelled batch is tried again, also where that was decided before", async (store) => {
    const { batches } = store;
    await feed(store, { most: 1, numbers: ["+1", "+2"] });
    await batches.markPlaced("call_0");
    assert.equal(await batches.cancel("b1", 9), 1);
    const end = { at: 20, outcome: "busy", isFailure: false };
    await batches.endCall("call_0", end, { retryAt: 99 });
    const [item] = await batches.items("b1", { limit: 1 });
    assert.deepEqual([item?.state, item?.detail, item?.dueAt], ["ended", "busy", undefined]);
    assert.equal(await batches.cancelledAmong(["call_0"]), 0);
    await batches.sweep(21);
    assert.equal((await batches.head("b1"))?.doneAt, 21);
  });

  test("batches are listed from the latest on, and tell what came of them", async (store) => {
    const { batches } = store;
    await feed(store, { most: 2, numbers: ["+1", "+2", "+3"] });
    for (const [id, at] of [["b0", 9], ["b2", 8]] as const) {
      await batches.create({ id, keyName: "other", request: {}, items: [{ number: "+9" }] }, at);
    }
    const ids = async (page: Parameters<typeof batches.list>[0]) =>
      (await batches.list(page)).map(({ id }) => id);
    assert.deepEqual(await ids({ limit: 9 }), ["b0", "b2", "b1"]);
    assert.deepEqual(await ids({ limit: 9, before: "b0" }), ["b2", "b1"]);
    assert.deepEqual(await ids({ limit: 9, keyName: "ops" }), ["b1"]);

    await batches.markPlaced("call_0", 11);
    const end = { at: 20, outcome: "busy", durationMs: 7, usd: 0.5, isFailure: false };
    await batches.endCall("call_0", end, { state: "ended", detail: "busy" });
    await batches.endCall("call_0", { ...end, usd: 9 }, { retryAt: 99 });
    await batches.endCall("call_1", { at: 21, isFailure: true }, { retryAt: 99 }, {
      ...{ failureShare: 0.5, ofLast: 2, usd: Infinity },
    });
    assert.deepEqual(await batches.figures("b1", 30), {
      outcomes: [{ state: "ended", detail: "busy", items: 1 }],
      ...{ calls: 1, connectedMs: 7, usd: 0.5, unpriced: 0, endedLately: 1, latelySince: 10 },
    });
    assert.equal((await batches.head("b1"))?.pauseReason, "failures");
    const [first, second] = await batches.results("b1", { limit: 2 });
    assert.deepEqual([first?.calls[0]?.outcome, first?.calls[0]?.placedAt], ["busy", 11]);
    assert.deepEqual([second?.item.state, second?.item.dueAt], ["pending", 99]);
    assert.equal(await batches.usualCall("nobody").then(({ calls }) => calls), 0);
    assert.deepEqual(
      (await batches.untold(9)).map(({ type, reason }) => [type, reason]),
      [["paused", "failures"]],
    );
  });

  test("an item comes into the queue whole or not at all, and no more than there is room for", async (store) => {
    const { batches, dialQueue, calls } = store;
    const numbers = ["+1", "+2", "+3"];
    await assert.rejects(
      feed(store, {
        numbers,
        most: 3,
        failsAt: 1,
      }),
      /nothing more/,
    );
    assert.equal((await batches.get("b1"))?.progress.pending, 3);
    assert.deepEqual([await calls.get("call_0"), await dialQueue.find("call_0")], [
      undefined,
      undefined,
    ]);
    // However many processes feed, there is room for two.
    const fed = await Promise.all([1, 2, 3].map(() => feed(store, { most: 2 })));
    assert.deepEqual(fed.sort(), [0, 0, 2]);
    assert.deepEqual(
      [(await dialQueue.find("call_1"))?.payload, (await calls.get("call_1"))?.to],
      [{ to: "+2" }, "+2"],
    );
    // A call that leaves the queue makes room for the next.
    await dialQueue.claim(1000);
    assert.equal(await feed(store, { most: 2 }), 1);
  });

  test("another attempt takes the place of the call before, in the queue and in the batch", async (store) => {
    const { batches, dialQueue } = store;
    await feed(store, { most: 1, numbers: ["+1"] });
    await dialQueue.claim(1000);
    await batches.markPlaced("call_0");
    const again = () =>
      dialQueue.admitAgain(admitted("call_0r1", { dueAt: 60_000 }), 1000, "call_0");
    await again();
    await again();
    const [item] = await batches.items("b1", { limit: 1 });
    assert.deepEqual([item?.state, item?.callId], ["placing", "call_0r1"]);
    assert.equal(await dialQueue.find("call_0"), undefined);
    await batches.markEnded("call_0", { state: "ended", detail: "busy" });
    assert.equal((await batches.get("b1"))?.progress.placing, 1);
  });
}

function testKeyCalls(test: StoreTest): void {
  test("of a key's calls those are under way that are neither over nor still to be dialled", async (store) => {
    const { calls, dialQueue, keyCalls } = store;
    const underWay = async () => (await keyCalls.activeCalls("ops")).map(({ id }) => id);
    const ofOps = { keyName: "ops" };
    await calls.write([
      opened({ id: "over", ...ofOps }),
      opened({ id: "live", ...ofOps }),
      opened({ id: "another", keyName: "crm" }),
      ended("over"),
    ]);
    for (const id of ["dialled", "waits"]) {
      const { call, waiting } = admitted(id);
      await dialQueue.admit({ call: { ...call, ...ofOps }, waiting }, 0);
      if (id === "dialled") await dialQueue.claim(0);
    }
    assert.deepEqual((await underWay()).sort(), ["dialled", "live"]);
    assert.equal((await keyCalls.claimQueued("ops", 1)).length, 1);
    assert.deepEqual((await underWay()).sort(), ["dialled", "live"]);
  });
}

function testKeptSpeech(test: StoreTest): void {
  const row = (key: string, subject = "desk greeting pcmu") => ({
    key,
    subject,
    text: `words of ${key}`,
    audio: "f39/".repeat(10),
  });

  test("a sentence is kept once, and found by its key", async ({ keptSpeech }) => {
    await keptSpeech.keep(row("a"), 1);
    await keptSpeech.keep({ ...row("a"), audio: "AAAA" }, 2);
    assert.deepEqual(await keptSpeech.load(["a", "unknown"], 3), [row("a")]);
    assert.deepEqual(await keptSpeech.load([], 3), []);
  });

  test("of a sentence in ever other words the latest three are kept", async ({ keptSpeech }) => {
    await keptSpeech.keep(row("other", "desk bridge pcmu"), 0);
    for (const [at, key] of ["a", "b", "c", "d"].entries()) {
      await keptSpeech.keep(row(key), at);
      // One that is still in use counts as young.
      await keptSpeech.load(["a"], at + 0.5);
    }
    const kept = await keptSpeech.load(["a", "b", "c", "d", "other"], 10);
    assert.deepEqual(kept.map(({ key }) => key).sort(), ["a", "c", "d", "other"]);
  });

  test("a sentence that is not used is pruned in the end", async ({ keptSpeech, prune }) => {
    await keptSpeech.keep(row("old"), 0);
    await keptSpeech.keep(row("young", "desk bridge pcmu"), 30 * day);
    await prune(61 * day);
    assert.deepEqual(await keptSpeech.load(["old", "young"], 61 * day), [
      row("young", "desk bridge pcmu"),
    ]);
  });
}

function admitted(id: string, waiting: Partial<AdmittedCall["waiting"]> = {}): AdmittedCall {
  const call = newCall({ id, direction: "outbound", status: "queued" });
  return { call, waiting: { from: "+1", dueAt: 0, payload: null, ...waiting } };
}

/** Feeds from batches: from a new one, where there are numbers. */
async function feed(
  { batches }: Pick<Store, "batches">,
  { most, numbers, failsAt }: {
    readonly most: number;
    readonly numbers?: readonly string[];
    /** The item at which the process comes to its end. */
    readonly failsAt?: number;
  },
): Promise<number> {
  if (numbers !== undefined) {
    const items = numbers.map((number) => ({ number, variables: { name: number } }));
    await batches.create({ id: "b1", keyName: "ops", request: { agent: "reminder" }, items }, 7);
  }
  return await batches.feed({
    most,
    now: 10,
    callOf({ item, number }) {
      if (item === failsAt) throw new Error("Cannot go on: nothing more is done");
      const { call, waiting } = admitted(`call_${item}`, { payload: { to: number } });
      return { call: { ...call, to: number }, waiting };
    },
  });
}
