import assert from "node:assert/strict";
import type { AnalysisResult } from "../../../src/services/store/analyses/analysis.ts";
import type { Store } from "../../../src/services/store/store.ts";
import type { StoreTest } from "./storeContract.ts";
import { ended, opened } from "./storedCalls.ts";

const RESULT: AnalysisResult = {
  summary: "A table for two\0.",
  fields: {
    guests: { value: 2, turnId: "t1", atMs: 900 },
    terrace: { value: true },
    wish: { value: "quiet ".repeat(100) },
    phone: { value: null },
  },
  success: { booked: { result: "pass", reason: "It was.", turnId: "t2", atMs: 1200 } },
  passed: true,
};
const SPENT = { model: "gpt-5-mini", inputTokens: 100, outputTokens: 20, usd: 0.01 };
const counted = new Set(["guests", "terrace"]);

/** What every store must do with analyses. */
export function testAnalyses(test: StoreTest): void {
  test("an analysis is claimed once, and again only when its lease has run out", async (store) => {
    const { analyses } = store;
    await begin(store, "call_a", "call_b", "call_c");
    await analyses.enqueue("call_a", 10);
    const first = await analyses.claim(10, { limit: 2, leaseMs: 100 });
    assert.deepEqual(first.map(({ callId }) => callId).sort(), ["call_a", "call_b"]);
    const both = await Promise.all([
      analyses.claim(10, { limit: 2, leaseMs: 100 }),
      analyses.claim(10, { limit: 2, leaseMs: 100 }),
    ]);
    assert.deepEqual(both.flat(), [{ callId: "call_c", run: 1, attempts: 1 }]);
    assert.equal(await analyses.nextDue(), 110);
    assert.deepEqual(
      (await analyses.claim(110, { limit: 1, leaseMs: 100 })).map(({ attempts }) => attempts),
      [2],
    );
  });

  test("an analysis whose lease was lost has one result, and both attempts cost", async (store) => {
    const { analyses, calls } = store;
    await begin(store, "call_a");
    const [late] = await analyses.claim(0, { limit: 1, leaseMs: 10 });
    const [claim] = await analyses.claim(20, { limit: 1, leaseMs: 10 });
    assert.ok(late !== undefined && claim !== undefined);
    const end = { state: "done", result: RESULT, counted } as const;
    const other = { state: "failed", reason: "timeout" } as const;
    assert.equal(await analyses.finish(late, other, { now: 25, spent: SPENT }), false);
    assert.equal(await analyses.finish(claim, end, { now: 30, spent: SPENT }), true);
    assert.equal(await analyses.finish(claim, other, { now: 40 }), false);
    assert.equal((await analyses.get("call_a"))?.state, "done");
    const call = await calls.get("call_a");
    assert.deepEqual([call?.passed, call?.cost?.usd, call?.cost?.parts.analysis], [
      true,
      0.52,
      0.02,
    ]);
    const { analysis } = await calls.content("call_a");
    assert.deepEqual(analysis?.result, RESULT);
    assert.deepEqual([analysis?.model, analysis?.finishedAt], ["gpt-5-mini", 30]);
  });

  test("a call that is priced anew after a transfer keeps the cost of its analysis", async (store) => {
    const { analyses, calls } = store;
    await begin(store, "call_a");
    const [claim] = await analyses.claim(0, { limit: 1, leaseMs: 10 });
    assert.ok(claim !== undefined);
    await analyses.postpone(claim, { reason: "answer_empty", dueAt: 9, spent: SPENT });
    const parts = { text: 0.5, audio: 0, transcription: 0, telephony: 0.25, analysis: 7 };
    await calls.endTransfer("call_a", { transferredMs: 1, cost: { usd: 0.75, parts } });
    const { cost } = await calls.get("call_a") ?? {};
    assert.deepEqual(cost, { usd: 0.76, parts: { ...parts, analysis: 0.01 } });
  });

  test("an analysis is postponed, given back, and told of until that is marked", async (store) => {
    const { analyses } = store;
    await begin(store, "call_a");
    const [claim] = await analyses.claim(0, { limit: 1, leaseMs: 10 });
    assert.ok(claim !== undefined);
    await analyses.postpone(claim, { reason: "http_500", dueAt: 500 });
    assert.deepEqual(await analyses.claim(499, { limit: 1, leaseMs: 10 }), []);
    assert.equal((await analyses.get("call_a"))?.reason, "http_500");
    const [second] = await analyses.claim(500, { limit: 1, leaseMs: 10 });
    assert.ok(second !== undefined);
    await analyses.release(second, 505);
    const [third] = await analyses.claim(505, { limit: 1, leaseMs: 10 });
    assert.deepEqual(third, { ...claim, attempts: 2 });
    assert.deepEqual(await analyses.untold(1e9, 9), []);
    assert.ok(third !== undefined);
    await analyses.finish(third, { state: "skipped", reason: "limit" }, { now: 600 });
    assert.deepEqual(await analyses.untold(1e9, 9), [third]);
    await analyses.markTold({ ...third, run: 9 });
    assert.equal((await analyses.untold(1e9, 9)).length, 1);
    await analyses.markTold(third);
    assert.deepEqual(await analyses.untold(1e9, 9), []);
  });

  test("a call is analysed again once for each request, and keeps its result until the next", async (store) => {
    const { analyses } = store;
    await begin(store, "call_a");
    assert.equal((await analyses.again("call_a", { now: 1 }))?.isNew, false);
    await finishAll(store);
    const asked = await analyses.again("call_a", { now: 2, requestKey: "k1" });
    assert.deepEqual([asked?.isNew, asked?.analysis.run, asked?.analysis.state], [
      true,
      2,
      "pending",
    ]);
    const [claim] = await analyses.claim(9, { limit: 1, leaseMs: 1 });
    assert.ok(claim !== undefined);
    await analyses.finish(claim, { state: "failed", reason: "refused" }, { now: 9 });
    const repeated = await analyses.again("call_a", { now: 10, requestKey: "k1" });
    assert.deepEqual([repeated?.isNew, repeated?.analysis.state], [false, "failed"]);
    assert.equal(repeated?.analysis.result?.passed, true);
    assert.equal((await analyses.again("call_a", { now: 11 }))?.analysis.run, 3);
    assert.equal(await analyses.again("call_none", { now: 1 }), undefined);
    await store.calls.write([opened({ id: "call_new" }), ended("call_new")]);
    assert.equal((await analyses.again("call_new", { now: 1 }))?.isNew, true);
  });

  test("calls are found and counted by what their analyses say", async (store) => {
    const { calls } = store;
    await begin(store, "call_a", "call_b");
    await finishAll(store);
    await begin(store, "call_c");
    const [claim] = await store.analyses.claim(9, { limit: 1, leaseMs: 1 });
    assert.ok(claim !== undefined);
    const failed = {
      ...RESULT,
      fields: { guests: { value: 3 } },
      success: { booked: { result: "fail", reason: "" } },
      passed: false,
    } as const;
    const spent = { ...SPENT, usd: null };
    await store.analyses.finish(claim, { state: "done", result: failed, counted }, {
      now: 9,
      spent,
    });
    await begin(store, "call_d");
    const found = async (filter: Parameters<typeof calls.list>[0]) =>
      (await calls.list(filter, { limit: 9 })).calls.map(({ id }) => id).sort();
    assert.deepEqual(await found({ passed: true }), ["call_a", "call_b"]);
    assert.deepEqual(await found({ passed: false }), ["call_c"]);
    const by = (name: string, value: string, kind: "field" | "criterion" = "field") =>
      found({ analysis: [{ kind, name, value }] });
    assert.deepEqual(await by("guests", "3"), ["call_c"]);
    assert.deepEqual(await by("terrace", "true"), ["call_a", "call_b"]);
    assert.deepEqual(await by("wish", "quiet ".repeat(100)), ["call_a", "call_b"]);
    assert.deepEqual(await by("booked", "fail", "criterion"), ["call_c"]);
    assert.deepEqual(await by("booked", "fail"), []);
    const { analysis, cost } = await calls.analyse({});
    assert.deepEqual(analysis, {
      byState: { pending: 1, done: 3, skipped: 0, failed: 0 },
      passed: 2,
      failed: 1,
      criteria: { booked: { pass: 2, fail: 1 } },
      values: { guests: { 2: 2, 3: 1 }, terrace: { true: 2 } },
    });
    assert.deepEqual([cost.usd, cost.unknown], [2.02, 1]);
    const { cost: unpriced } = await calls.get("call_c") ?? {};
    assert.deepEqual([unpriced?.usd, unpriced?.parts.analysis], [null, null]);
  });

  test("an analysis is erased with its call, and nothing is written of it afterwards", async (store) => {
    const { analyses, erasure } = store;
    await begin(store, "call_a", "call_b");
    const claims = await analyses.claim(0, { limit: 2, leaseMs: 10 });
    const end = { state: "done", result: RESULT, counted } as const;
    const [first, second] = claims;
    assert.ok(first !== undefined && second !== undefined);
    await analyses.finish(first, end, { now: 1, spent: SPENT });
    await erasure.eraseBefore(1e9);
    assert.equal(await analyses.finish(second, end, { now: 2, spent: SPENT }), false);
    await analyses.enqueue("call_a", 3);
    for (const callId of ["call_a", "call_b"]) {
      assert.equal(await analyses.get(callId), undefined);
    }
    const byValue = { analysis: [{ kind: "field", name: "guests", value: "2" }] } as const;
    await store.calls.write([opened({ id: "call_a" })]);
    assert.deepEqual((await store.calls.list(byValue, { limit: 9 })).calls, []);
  });
}

async function begin({ calls, analyses }: Store, ...callIds: readonly string[]): Promise<void> {
  const cost = { usd: 0.5, parts: { text: 0.5, audio: 0, transcription: 0, telephony: 0 } };
  for (const id of callIds) {
    await calls.write([opened({ id }), ended(id, { cost })]);
    await analyses.enqueue(id, 0);
  }
}

async function finishAll({ analyses }: Store): Promise<void> {
  for (const claim of await analyses.claim(0, { limit: 9, leaseMs: 10 })) {
    const end = { state: "done", result: RESULT, counted } as const;
    await analyses.finish(claim, end, { now: 5, spent: SPENT });
    await analyses.markTold(claim);
  }
}
