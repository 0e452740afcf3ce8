import assert from "node:assert/strict";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { failuresOf, linesOf, openStage } from "../../support/scenarios/actOut.ts";
import type { CallRun } from "../../../src/scenarios/run/runScenario.ts";
import { desk } from "../../support/scenarios/desk.ts";

/** Nothing listens there. */
const TOOLS = `
http_tools:
  - name: get_order
    description: Finds an order.
    url: http://127.0.0.1:9/orders
    parameters: { type: object, properties: { id: { type: string } }, required: [id] }
mcp_servers:
  - { name: stock, url: "http://127.0.0.1:9/mcp", tools: [count, { name: find_shelf, as: shelf }] }
`;

const BACKENDLESS = `
title: An agent without its backend
agent: desk
tools:
  - { tool: get_order, with: { id: "41" }, fails: There is no such order. }
  - { tool: get_order, with: { id: "42" }, answers: { state: shipped, price: 40 }, delay_ms: 700, once: true }
  - { tool: count, answers: Seven. }
  - { tool: shelf, answers: [A, B] }
model:
  - { hears: forty one, calls: { get_order: { id: "41" } } }
  - { hears: forty two, calls: { get_order: { id: "42" } } }
  - { hears: once more, calls: { get_order: { id: "43" } } }
  - { hears: how many, calls: { count: { of: chairs }, shelf: {} } }
caller:
  - Where is order forty one?
  - And forty two?
  - And once more?
  - And how many are left?
expect:
  - tool: { name: get_order, times: 2 }
  - tool: { name: count, with: { of: chairs }, times: 1 }
  - heard: shipped
`;

Deno.test("tools are answered by the scenario: by arguments, late, once, and as a failure", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk(TOOLS) });
  using stage = openStage(folder.path);
  const logs: string[] = [];
  const { calls } = await stage.act(BACKENDLESS, { onLog: (line) => logs.push(line) });
  checkAnswers(calls);
  assert.deepEqual(logs, []);
});

function checkAnswers(calls: readonly CallRun[]): void {
  assert.deepEqual(failuresOf({ calls }), []);
  const [call] = calls;
  const heard = linesOf(call!).join("\n");
  assert.match(heard, /There is no such order/);
  assert.match(heard, /The scenario has no answer for these arguments/);
  assert.match(heard, /Seven/);
  const tools = call?.evidence.record?.tools ?? [];
  // What the scenario has no answer for was not carried out.
  const refused = tools.filter(({ output = "" }) => output.includes('"not_in_scenario"'));
  assert.deepEqual(refused.map((tool) => tool.arguments), [{ id: "43" }]);
  // The last two were called at once.
  assert.deepEqual(tools.map(({ name, ok }) => `${name} ${ok}`).toSorted(), [
    "count true",
    "get_order false",
    "get_order false",
    "get_order true",
    "shelf true",
  ]);
}

Deno.test("an answer for a tool that no agent has is refused", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk() });
  using stage = openStage(folder.path);
  await assert.rejects(
    stage.act(`
title: A tool that is not there
agent: desk
tools: [{ tool: get_ordr, answers: {} }]
caller: [Hello.]
`),
    new TypeError("Cannot stand in for the tool get_ordr: no agent has it"),
  );
});

Deno.test("a tool that is expected, or called by a rule, and that no agent has is refused", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk() });
  using stage = openStage(folder.path);
  for (
    const part of [
      "expect: [no_tool: get_curent_time]",
      "model: [{ hears: hello, calls: { get_curent_time: {} } }]",
    ]
  ) {
    await assert.rejects(
      stage.act(`title: Misspelt\nagent: desk\ncaller: [Hello.]\n${part}\n`),
      new TypeError("Cannot rehearse with the tool get_curent_time: no agent has it"),
    );
  }
});
