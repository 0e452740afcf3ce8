import fc from "fast-check";
import { liveThrough, policies, steps } from "../support/callChaos.ts";

const RUNS = { seed: 20_260_722, numRuns: Number(Deno.env.get("RUNS") ?? 400) };

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
