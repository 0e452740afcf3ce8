import assert from "node:assert/strict";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { failuresOf, openStage } from "../../support/scenarios/actOut.ts";
import { desk } from "../../support/scenarios/desk.ts";

Deno.test("what is typed and pressed is answered, and left without an answer, as what is said is", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk("idle_seconds: 600") });
  using stage = openStage(folder.path);
  const caller = (step: string) => `
agent: desk
leg: browser
caller: [{ hears: help you }, ${step}, { hears: forty dollars }]
model: [{ hears: price, says: It costs forty dollars. }, { hears: "12", says: Forty dollars. }]
expect: [{ answers_within_ms: 8000 }]`;
  const [typed, pressed, deaf] = await Promise.all([
    stage.act(`title: typed${caller("{ type: What is the price? }")}`),
    stage.act(`title: pressed${caller('{ keys: "12" }')}`),
    stage.act(`
title: Nothing that is said is heard
agent: desk
model_faults: [{ every_connection: deaf }]
caller: [{ hears: help you }, What is the price?, Are you there?, { hang_up: true }]
expect: [{ dead_air_under_ms: 3000 }]
`),
  ]);
  for (const run of [typed, pressed]) {
    assert.deepEqual(failuresOf(run), []);
    assert.equal(run.calls[0]?.evidence.taking.answers.length, 1, run.scenario.title);
  }
  assert.match(
    failuresOf(deaf).join(),
    /^0: dead air under 3\.00 s: the longest is [7-9]\.\d\d s$/,
  );
});
