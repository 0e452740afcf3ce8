import assert from "node:assert/strict";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { openStage } from "../../support/scenarios/actOut.ts";
import { callsOf, onSlowerTime, type Wrong } from "../../support/scenarios/onSlowerTime.ts";
import type { CallRun } from "../../../src/scenarios/run/runScenario.ts";
import { desk } from "../../support/scenarios/desk.ts";

const ANALYSIS = `
analysis:
  fields:
    topic: { type: string, enum: [refund, complaint], description: What it is about }
    guests: { type: integer, description: For how many people }
`;

/** What is expected, and what a report says of it: beginning with its state. */
const EXPECTED: readonly (readonly [string, RegExp])[] = [
  ["heard: forty dollars", /^held heard "forty dollars": heard at \d+\.\d\d s$/],
  ["heard: { text: $40, within_ms: 60000 }", /^held heard "\$40" within 60\.00 s: heard at/],
  [
    "heard: { text: forty dollars, within_ms: 1000 }",
    /^failed heard "forty dollars" within 1\.00 s: heard at/,
  ],
  ["heard: free of charge", /^failed heard "free of charge": it was cut off before its end$/],
  ["heard: tulips", /^failed heard "tulips": it was not said$/],
  ["never_heard: free of charge", /^held never heard "free of charge": not heard$/],
  ["never_heard: forty dollars", /^failed never heard "forty dollars": heard at/],
  ["meant: the price", /^skipped meant: the price: there is no judge without a key$/],
  ["first_sound_within_ms: 8000", /^held the first sound within 8\.00 s: at/],
  ["first_sound_within_ms: 1", /^failed the first sound within 0\.00 s: at/],
  ["answers_within_ms: 8000", /^held every answer within 8\.00 s: the slowest of \d after/],
  ["answers_within_ms: 10", /^failed every answer within 0\.01 s: the slowest of \d after/],
  ["cut_within_ms: 1500", /^held silent within 1\.50 s of being interrupted, and nothing after/],
  ["cut_within_ms: 1", /^failed silent within 0\.00 s of being interrupted, and nothing after/],
  ["dead_air_under_ms: 9000", /^held dead air under 9\.00 s: the longest is/],
  ["dead_air_under_ms: 20", /^failed dead air under 0\.02 s: the longest is/],
  ["tool: get_current_time", /^held get_current_time is called: at/],
  [
    "tool: { name: get_current_time, times: 2 }",
    /^failed get_current_time is called 2 times: 1 such calls of 1$/,
  ],
  [
    "tool: { name: get_current_time, times: 1, after_heard: forty dollars }",
    /^held get_current_time is called once after "forty dollars" was heard: called at/,
  ],
  [
    "tool: { name: get_current_time, after_heard: The answer is }",
    /^failed get_current_time is called after "The answer is" was heard: called at .*, heard by/,
  ],
  ["tool: { name: end_call, with: { reason: bored } }", /^failed .*: called with \{/],
  ["tool: take_message", /^failed take_message is called: called were /],
  ["no_tool: take_message", /^held take_message is not called: not called$/],
  ["no_tool: end_call", /^failed end_call is not called: 1 such calls of 1$/],
  ["transferred_to: sales", /^failed the caller is put through to sales: no such transfer$/],
  ["ended: [idle, agent_hung_up]", /^held the end is idle or agent_hung_up: agent_hung_up/],
  ["ended: idle", /^failed the end is idle: agent_hung_up/],
  ["outcome: human", /^failed the outcome is human: none$/],
  ["answered_by: human", /^failed who answered is human: none$/],
  ["analysis: { topic: refund, guests: 4 }", /^held the analysis has .*: \{.*"topic":"refund"/],
  ["analysis: { topic: complaint }", /^failed the analysis has \{"topic":"complaint"\}: \{/],
  ["cost_under_usd: 1", /^held it costs less than \$1: \$0/],
  ["record_is_heard: { within_ms: 300 }", /^held the record says what was heard: 5 lines/],
];

Deno.test("every expectation holds or fails in a real call, and says what was there instead", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk(ANALYSIS) });
  using stage = openStage(folder.path);
  const act = () =>
    stage.act(`
title: A caller who wants a refund for four
agent: desk
model:
  - hears: refund
    says: A haircut costs forty dollars, colouring costs eighty, and a consultation is free of charge.
  - { hears: thank you, says: You are welcome. }
caller:
  - hears: help you
  - I want a refund for 4 people.
  - cut_in: { say: Thank you., at_word: eighty }
  - What time is it?
  - Goodbye.
expect:
${EXPECTED.map(([expectation]) => `  - ${expectation}`).join("\n")}
`);
  const acted = await onSlowerTime({ "every expectation": act }, wrongOf);
  assert.deepEqual(wrongOf(callsOf(acted.get("every expectation"))), {
    unexpected: [],
    missing: [],
  });
});

/** What this machine was too busy to tell is neither held nor failed: it is missing, and all else is wrong. */
function wrongOf([call]: readonly CallRun[]): Wrong {
  const verdicts = call?.verdicts ?? [];
  const wrong = EXPECTED.flatMap(([expectation, pattern], index) => {
    const { state, expected, found, timing } = verdicts[index] ?? {};
    const told = `${state} ${expected}: ${found}`;
    if (pattern.test(told)) return [];
    return [{ is: `${expectation} is told as: ${told}`, isUntold: timing === "untold" }];
  });
  const besides = verdicts.slice(EXPECTED.length).map(({ expected }) => `${expected} is not meant`);
  return {
    unexpected: [...wrong.flatMap(({ is, isUntold }) => isUntold ? [] : [is]), ...besides],
    missing: wrong.flatMap(({ is, isUntold }) => isUntold ? [is] : []),
  };
}
