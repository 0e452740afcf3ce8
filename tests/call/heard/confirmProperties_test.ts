import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfirmingCall, confirmSteps } from "../../support/call/confirmingCall.ts";

const step = fc.record({ kind: fc.constantFrom(...confirmSteps), pick: fc.nat(9999) });

const options = fc.record({
  reports: fc.constantFrom("marks" as const, "positions" as const),
  startUpMs: fc.constantFrom(0, 120),
  modelResponds: fc.boolean(),
  modelInterrupts: fc.boolean(),
  interruptAfterMs: fc.constantFrom(0, 400),
  pausesOnSpeech: fc.boolean(),
});

/** A caller who is asked and agrees, amid whatever else happens. */
const agreement = [
  { kind: "hearOut", pick: 0 },
  { kind: "callTool", pick: 0 },
  { kind: "sayAsked", pick: 0 },
  { kind: "hearOut", pick: 0 },
  { kind: "callerStarts", pick: 0 },
  { kind: "pass", pick: 400 },
  { kind: "callerStops", pick: 0 },
  { kind: "words", pick: 0 },
  { kind: "callTool", pick: 0 },
] as const;

Deno.test("no confirmed tool runs but for a yes that began after the whole question, and every sentence is proven or reported", () => {
  let runs = 0;
  fc.assert(
    fc.property(options, fc.array(step, { maxLength: 60, size: "max" }), (how, steps) => {
      const one = new ConfirmingCall(how);
      for (const each of steps.slice(0, 20)) one.take(each);
      if (steps.length % 2 === 0) { for (const each of agreement) one.take(each); }
      for (const each of steps.slice(20)) one.take(each);
      one.close();
      runs += one.runs;
    }),
    { seed: 20_261_128, numRuns: 1500 },
  );
  assert.ok(runs > 100, `the tool has run ${runs} times only: nothing is shown by that`);
});
