import assert from "node:assert/strict";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { rehearsed } from "../../support/scenarios/rehearsed.ts";

const AGENT = `---
title: Desk
greeting: Hello.
tools: [compute]
---
You are at the desk.`;

/** Keeps the process, and with it the caller, from doing anything else. */
const COMPUTES_FOR_LONG = `
import { defineTool, z } from "parley";

export default defineTool({
  description: "Computes the price.",
  input: z.object({}),
  run() {
    const until = performance.now() + 3000;
    while (performance.now() < until);
    return "Forty dollars.";
  },
});
`;

const SCENARIO = `
title: A caller asks for a price that takes long to compute
agent: desk
model:
  - { hears: price, calls: { compute: {} } }
caller:
  - hears: Hello
  - What is the price?
  - hears: Forty dollars
  - hang_up: true
expect:
  - heard: Forty dollars
  - answers_within_ms: 2800
`;

Deno.test("a rehearsal on a machine that is too busy to tell does not end as one that held", async () => {
  await using folder = await createAgentFolder({
    "desk.md": AGENT,
    "tools/compute.ts": COMPUTES_FOR_LONG,
    "scenarios/asks.yaml": SCENARIO,
  });
  const { code, report, printed } = await rehearsed(folder.env, "--speed", "1");
  assert.equal(report.scenarios[0]?.runs[0]?.state, "passed", printed);
  assert.equal(code, 2, printed);
  assert.match(printed, /figures could not be told: this machine is too busy/);
});
