import assert from "node:assert/strict";
import fc from "fast-check";
import { liveThrough } from "../support/call/callChaos.ts";
import { policies, steps } from "../support/call/callSteps.ts";

const RUNS = { seed: 20_260_722, numRuns: 1000 };

Deno.test("whatever happens in whatever order, a call keeps its promises", () => {
  // One response at a time, nothing after the end, no more heard or cut than was produced, every tool
  // run once and answered once, and never woken without having something to do: see callChaos.ts.
  fc.assert(
    fc.property(policies, steps, (policy, all) => {
      liveThrough(policy, all);
    }),
    RUNS,
  );
});

Deno.test("whatever happens, a call with something to be heard before its greeting keeps them too", () => {
  // As the model of this test speaks.
  const opening = ["disclosure", "recording"].map((name) => ({ name, text: "Some words!" }));
  fc.assert(
    fc.property(policies, steps, fc.boolean(), (policy, all, isKept) => {
      const kept = isKept && { kept: { opening: { text: opening[1]!.text, ms: 1500 } } };
      const rules = { modelResponds: false, modelInterrupts: false };
      liveThrough({ ...policy, ...rules, opening, ...kept }, all);
    }),
    RUNS,
  );
});

Deno.test("pieces of speech that follow each other are played alike, however they name their place", () => {
  fc.assert(
    fc.property(policies, steps, (policy, all) => {
      // Sums of fractions depend on their order.
      const shared = liveThrough({ ...policy, wholeMs: true }, all);
      const fresh = liveThrough({ ...policy, wholeMs: true, freshRefs: true }, all);
      assert.deepEqual(shared.commands, fresh.commands);
      const rounded = ({ times }: typeof shared) => times.map((time) => time.toFixed(3));
      assert.deepEqual(rounded(shared), rounded(fresh));
    }),
    RUNS,
  );
});
