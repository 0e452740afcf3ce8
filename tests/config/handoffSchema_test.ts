import assert from "node:assert/strict";
import { findReferenceProblems } from "../../src/config/agentReferences.ts";
import { type Agent, readAgent } from "../../src/config/agents.ts";
import { createHandoff } from "../../src/services/tools/builtin/handoff.ts";
import type { ToolContext } from "../../src/services/tools/tool.ts";

const file = (fields: string) => `---\ntitle: Desk\n${fields}\n---\nHelp.`;

function agent(name: string, fields = ""): Agent {
  const read = readAgent(name, file(fields));
  assert.ok(read.ok, JSON.stringify(read));
  return read.agent;
}

function problemsOf(fields: string): readonly string[] {
  const read = readAgent("desk", file(fields));
  return read.ok ? [] : read.problems.map(({ path, message }) => `${path}: ${message}`);
}

Deno.test("a handoff is to the agent of its name, unless another is given, with all of the conversation", () => {
  const { handoffs } = agent(
    "desk",
    `handoffs:
  billing: { when: it is about an invoice }
  workshop: { agent: repairs-2, when: it is broken, say: One moment., context: "last:6", carry: [part] }`,
  );
  assert.deepEqual(handoffs, {
    billing: { agent: "billing", when: "it is about an invoice", carry: [] },
    workshop: {
      ...{ agent: "repairs-2", when: "it is broken", say: "One moment." },
      ...{ lastLines: 6, carry: ["part"] },
    },
  });
});

Deno.test("what is wrong with a handoff is said with its place", () => {
  assert.match(problemsOf("handoffs: { billing: {} }").join(), /^handoffs\.billing\.when: /);
  const context = problemsOf("handoffs: { billing: { when: a, context: last:99 } }").join();
  assert.match(context, /^handoffs\.billing\.context: must be all, summary, or last:1 to last:50/);
  assert.match(problemsOf("handoffs: { billing: { when: a, sai: b } }").join(), /sai/);
});

Deno.test("agents that do not exist, and the agent itself, are no agents to hand over to", () => {
  const desk = agent("desk", "handoffs: { biling: { when: a }, self: { agent: desk, when: b } }");
  const peers = { agents: new Map([["desk", desk]]), names: new Set(["desk", "billing"]) };
  assert.deepEqual(findReferenceProblems(desk, peers), [
    {
      path: "handoffs.biling",
      message: "must be one of billing",
      sentence: { text: "must be one of {names}", values: { names: "billing" } },
      nearest: "billing",
    },
    { path: "handoffs.self.agent", message: "must be another agent" },
  ]);
});

Deno.test("the tool passes on what is to be carried, and nothing else, within bounds", async () => {
  const { handoffs } = agent(
    "desk",
    `handoffs:
  billing: { when: it is about an invoice, say: "Bye, {{name}}.", carry: [invoice] }
  sales: { when: it is about a price }`,
  );
  const tool = createHandoff(handoffs);
  assert.match(tool.description, /- billing: when it is about an invoice/);
  // The tool uses no more of its call.
  const context = { variables: { name: "Ann" } } as unknown as ToolContext;
  const facts = { invoice: "4711", caller: "+1", other: "x".repeat(900) };
  const run = async (args: Readonly<Record<string, unknown>>) =>
    (await tool.run(args, context)).effect;
  const effect = await run({ to: "billing", reason: " Wrong. ", facts });
  assert.ok(effect?.type === "handoff");
  assert.deepEqual({ ...effect, facts: undefined }, {
    ...{ type: "handoff", agent: "billing", say: "Bye, Ann.", why: "Wrong." },
    facts: undefined,
  });
  assert.deepEqual(JSON.parse(effect.facts ?? ""), { invoice: "4711", other: "x".repeat(500) });
  const words = await run({ to: "sales", facts: '{"caller":"+1"}' });
  assert.ok(words?.type === "handoff" && words.facts?.startsWith('"caller"'));
});
