import assert from "node:assert/strict";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { failuresOf, openStage } from "../../support/scenarios/actOut.ts";
import { desk } from "../../support/scenarios/desk.ts";

const LINES = [
  "mobile",
  "lossy",
  "{ delay_ms: 60, jitter_ms: 40, loss_percent: 4, stall: { every_ms: 3000, ms: 250 } }",
];

Deno.test("callers are understood over late, uneven and lossy lines in noise, by phone and browser", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk() });
  using stage = openStage(folder.path);
  const runs = await Promise.all(
    (["phone", "browser"] as const).flatMap((leg) =>
      LINES.map((line) =>
        stage.act(`
title: "${leg}: ${line}"
agent: desk
leg: ${leg}
line: ${line}
noise: { kind: street, level_db: -45 }
model:
  - { hears: price, says: "A haircut costs forty dollars, and a shave costs twenty dollars." }
caller:
  - hears: How can I help you
  - What is the price?
  - hears: twenty dollars
expect:
  - answers_within_ms: 4000
`)
      )
    ),
  );
  for (const run of runs) assert.deepEqual(failuresOf(run), [], run.scenario.title);
  for (const { calls: [call], scenario } of runs) {
    const said = call?.evidence.record?.turns.filter(({ role }) => role === "caller");
    assert.equal(said?.[0]?.text, "What is the price?", scenario.title);
  }
});
