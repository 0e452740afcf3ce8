import assert from "node:assert/strict";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { desk } from "../../support/scenarios/desk.ts";
import { rehearsed } from "../../support/scenarios/rehearsed.ts";

Deno.test("an answer that is to begin late does, and a rule that is never used is told", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk() });
  const file = `${folder.path}/late.yaml`;
  await Deno.writeTextFile(
    file,
    `
title: A late answer
agent: desk
model:
  - { hears: zebra, says: Never. }
  - { hears: price, says: It costs forty dollars., fault: slow-start:1500 }
caller: [{ hears: help you }, What is the price?, { hears: forty dollars }]
`,
  );
  const { code, printed, report } = await rehearsed({ AGENTS_DIR: folder.path }, file);
  assert.equal(code, 0, printed);
  assert.match(printed, /late: rule 1 of model was never used/);
  assert.doesNotMatch(printed, /rule 2 of model/);
  const [answer] = report.scenarios[0]?.runs[0]?.calls[0]?.answers ?? [];
  assert.ok(answer !== undefined && answer.ms > 1500, `${answer?.ms}`);
});
