import assert from "node:assert/strict";
import fc from "fast-check";
import { HearingCall, hearingSteps } from "../../support/call/hearingCall.ts";

const step = fc.record({ kind: fc.constantFrom(...hearingSteps), pick: fc.nat(9999) });

const options = fc.record({
  reports: fc.constantFrom("marks" as const, "positions" as const),
  startUpMs: fc.constantFrom(0, 120),
  modelResponds: fc.boolean(),
  modelInterrupts: fc.boolean(),
  interruptAfterMs: fc.constantFrom(0, 400),
  pausesOnSpeech: fc.boolean(),
});

/** The caller has heard what is said first, and asks for something. */
const BEGINNING = [
  "respond",
  "finish",
  "hearOut",
  "callerStarts",
  "pass",
  "callerStops",
  "words",
  "lookUp",
] as const;

/** The caller hears the price and the question, and agrees. */
const ORDERING = [
  "order",
  ...["respond", "finish", "hearOut", "order", "respond", "finish", "hearOut"] as const,
  ...["callerStarts", "pass", "callerStops", "words", "order"] as const,
] as const;

Deno.test("what is proven was played, what a tool brings late is told, whatever is cut off when", () => {
  let [proofs, told, runs] = [0, 0, 0];
  fc.assert(
    fc.property(options, fc.array(step, { maxLength: 60, size: "max" }), (how, steps) => {
      const one = new HearingCall(how);
      if (steps.length % 3 !== 0) { for (const kind of BEGINNING) one.take({ kind, pick: 1 }); }
      const half = steps.length / 2;
      for (const each of steps.slice(0, half)) one.take(each);
      if (steps.length % 2 === 0) { for (const kind of ORDERING) one.take({ kind, pick: 0 }); }
      for (const each of steps.slice(half)) one.take(each);
      one.close(steps.length % 4 !== 1);
      proofs += one.proofs;
      told += one.told;
      runs += one.runs;
    }),
    { seed: 20_261_129, numRuns: 800 },
  );
  const seen = `${proofs} proofs, ${told} results, ${runs} orders`;
  assert.ok(proofs > 300 && told > 100 && runs > 5, `${seen} show too little`);
});
