import assert from "node:assert/strict";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { rehearsed } from "../../support/scenarios/rehearsed.ts";

const AGENT = "---\ntitle: Desk\ngreeting: Hello.\n---\nYou are at the desk.";
const SCENARIO = `
title: A caller is silent for long, and asks for the price
agent: desk
model:
  - hears: price
    says: Forty dollars.
caller:
  - hears: Hello
  - silence_ms: 15000
  - What is the price?
  - hears: Forty dollars
  - hang_up: true
expect:
  - heard: Forty dollars
  - answers_within_ms: 4000
  - ended: caller_hung_up
`;

Deno.test("--speed has a call take less time than it lasts, with the figures of the call", async () => {
  await using folder = await createAgentFolder({
    "desk.md": AGENT,
    "scenarios/asks.yaml": SCENARIO,
  });
  let { code, report, printed } = await rehearsed(folder.env, "--speed", "4");
  // The faster time runs, the longer computing takes by it: a busy machine cannot tell the figures, and says so.
  if (code === 2) ({ code, report, printed } = await rehearsed(folder.env, "--speed", "2"));
  if (code === 2) ({ code, report, printed } = await rehearsed(folder.env, "--speed", "1.5"));
  assert.equal(code, 0, printed);
  const [call] = report.scenarios[0]?.runs[0]?.calls ?? [];
  assert.ok(call !== undefined && call.endMs > 17_000, printed);
  assert.ok(report.tookMs < call.endMs, `${report.tookMs} ms for ${call.endMs}`);
  const [answer] = call.answers;
  assert.ok(answer !== undefined && answer.ms > 200, "no answer comes at once");
});

Deno.test("--speed has a call take longer than it lasts, with the figures of the call", async () => {
  await using folder = await createAgentFolder({
    "desk.md": AGENT,
    "scenarios/asks.yaml": SCENARIO.replace("15000", "300"),
  });
  const { code, report, printed } = await rehearsed(folder.env, "--speed", "0.5");
  assert.equal(code, 0, printed);
  const [call] = report.scenarios[0]?.runs[0]?.calls ?? [];
  assert.ok(call !== undefined && report.tookMs > 2 * call.endMs, printed);
  const [answer] = call.answers;
  assert.ok(answer !== undefined && answer.ms < 4000, printed);
});

Deno.test("--speed hurries nobody who is not in this process", async () => {
  await using folder = await createAgentFolder({
    "desk.md": AGENT,
    "scenarios/asks.yaml": SCENARIO,
  });
  const environment = { ...folder.env, OPENAI_API_KEY: "sk-test" };
  await assert.rejects(rehearsed(environment, "--speed", "2"), /--speed needs the built-in engine/);
  const against = rehearsed(folder.env, "--speed", "2", "--against", "http://127.0.0.1:1");
  await assert.rejects(against, /--speed needs the built-in engine/);
  const called = rehearsed(folder.env, "--speed", "2", "--call", "+12025550123", "--yes");
  await assert.rejects(called, /--speed needs the built-in engine/);
  await assert.rejects(rehearsed(folder.env, "--speed", "11"), /--speed must be a number/);
  await assert.rejects(rehearsed(folder.env, "--speed", "0.05"), /--speed must be a number/);
});
