import { strict as assert } from "node:assert";
import type { AgentProblem } from "../../../src/config/agentProblem.ts";
import { agentFindings } from "../../../src/services/setup/agentFindings.ts";

const problem: AgentProblem = { line: 3, path: "greetng", message: "is not known" };

for (
  const [faulty, unusable, code] of [
    ["desk", ["desk"], "default_agent_unusable"],
    ["sales", ["sales"], "agent_unusable"],
    ["desk", [], "agent_faulty"],
  ] as const
) {
  Deno.test(`of the agents desk and sales, ${faulty} with a fault is told as ${code}`, () => {
    const [finding, ...others] = agentFindings(
      {
        names: ["desk", "sales"],
        problems: new Map([[faulty, [problem]]]),
        unusable: new Set<string>(unusable),
      },
      { dir: "agents", default: "desk" },
    );
    assert.deepEqual(others, []);
    assert.equal(finding?.code, code);
    assert.equal(finding.state, code === "agent_faulty" ? "warning" : "broken");
    assert.match(String(finding.values?.["problem"]), /agents\/\w+\.md: line 3: greetng/);
  });
}
