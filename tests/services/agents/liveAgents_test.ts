import assert from "node:assert/strict";
import { type Agent, readAgent } from "../../../src/config/agents.ts";
import { type AgentEntry, LiveAgents } from "../../../src/services/agents/liveAgents.ts";

const agent = (title: string): Agent => {
  const read = readAgent("desk", `---\ntitle: ${title}\n---\nHelp.`);
  assert.ok(read.ok);
  return read.agent;
};

function setOf(...agents: readonly Agent[]): readonly AgentEntry[] {
  return agents.map((agent) => ({
    name: agent.name,
    agent,
    reading: {
      name: agent.name,
      companions: [],
      result: { ok: true, agent, lineOf: () => undefined },
    },
  }));
}

Deno.test("LiveAgents: a listener that throws keeps no other from hearing of a change", () => {
  const faults: unknown[] = [];
  const agents = new LiveAgents(setOf(agent("First")), [], (error) => faults.push(error));
  let changes = 0;
  agents.onChange(() => {
    throw new Error("no");
  });
  agents.onChange(() => changes++);
  agents.replace(setOf(agent("Second")));
  assert.deepEqual([changes, faults.length, agents.get("desk")?.title], [1, 1, "Second"]);
});

Deno.test("LiveAgents: a call keeps its definition, also of an agent that is gone", () => {
  const first = agent("First");
  const agents = new LiveAgents(setOf(first));
  const request = { agent: "desk" };
  agents.pin(request, first);
  let changes = 0;
  const stop = agents.onChange(() => changes++);

  agents.replace(setOf(agent("Second")));
  assert.equal(agents.ofCall(request), first);
  assert.equal(agents.ofCall({ agent: "desk" })?.title, "Second");
  assert.equal(agents.get("desk")?.title, "Second");

  agents.replace(setOf());
  assert.deepEqual(agents.names, []);
  assert.equal(agents.ofCall(request), first);
  assert.equal(agents.ofCall({ agent: "desk" }), undefined);
  stop();
  agents.replace(setOf(first));
  assert.equal(changes, 2);
});
