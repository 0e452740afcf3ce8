import assert from "node:assert/strict";
import { failuresOf, openStage } from "../../support/scenarios/actOut.ts";

/** What is at the number that is called, and what comes of it. */
const CALLED: readonly (readonly [string, string])[] = [
  ["busy", "[{ outcome: busy }, { ended: not_answered }]"],
  ["failed", "[{ outcome: failed }]"],
  ["fax", "[{ answered_by: fax }, { ended: agent_hung_up }]"],
  ["mailbox-full", "[{ answered_by: machine }, { never_heard: good moment }]"],
  [
    "machine",
    "[{ outcome: voicemail }, { heard: There is no need to call back }, { never_heard: good moment }]",
  ],
  [
    "{ afterMs: 2500, callee: { kind: person, greeting: [Ada speaking.], hangsUpAfterMs: 9000 } }",
    "[{ answered_by: human }, { heard: Is this a good moment }]",
  ],
  [
    "{ afterMs: 1500, answer: human }",
    "[{ heard: Is this a good moment }, { ended: caller_hung_up }]",
  ],
];

Deno.test("who is called is busy, a fax, a machine, late, or a person", async () => {
  using stage = openStage("src/agents");
  const runs = await Promise.all(CALLED.map(([called, expect]) =>
    stage.act(`
title: ${JSON.stringify(called)}
agent: reminder
called: ${called}
variables: { name: Ada, appointment: "Tuesday at ten" }
max_seconds: 45
caller:
${
      called.includes("answer: human")
        ? "  - say_now: Hello?\n  - hears: good moment"
        : "  - silence_ms: 40000"
    }
expect: ${expect}
`)
  ));
  for (const run of runs) assert.deepEqual(failuresOf(run), [], run.scenario.title);
});

Deno.test("a screener is told who calls, and the person behind it is answered", async () => {
  using stage = openStage("src/agents");
  const run = await stage.act(`
title: A screener
agent: reminder
called: screener
variables: { name: Ada, appointment: "Tuesday at ten" }
max_seconds: 20
caller: [{ silence_ms: 18000 }]
expect: [{ answered_by: human }]
`);
  assert.deepEqual(failuresOf(run), []);
});
