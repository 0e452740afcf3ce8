import assert from "node:assert/strict";
import { describeProblem } from "../../src/config/agentProblem.ts";
import { readAgent } from "../../src/config/agents.ts";
import { findToolProblems } from "../../src/services/tools.ts";

Deno.test("options that only this server could keep are problems, each with its line and a remedy", () => {
  const read = agent(
    "    identity: true\n    tools:\n      - find\n      - { name: buy, as: order }\n      - { name: ask, async: true, timeout_ms: 500 }",
  );
  const problems = read.ok ? [] : read.problems.map((it) => describeProblem("desk.md", it));
  assert.equal(problems.length, 4);
  for (
    const [at, pattern] of [[0, /line 7: .*identity.*by: server/], [
      1,
      /line 10: .*as.*by: server/,
    ]] as const
  ) {
    assert.match(problems[at] ?? "", pattern);
  }
  assert.match(problems.join("\n"), /line 11: .*async[^]*line 11: .*timeout_ms/);
  const fine = agent(
    '    tools:\n      - { name: buy, confirm: "Shall I?", once: true, redact: [card], say: One moment., filler_after_ms: 0 }',
  );
  assert.ok(fine.ok, JSON.stringify(fine));
});

Deno.test("a description is only for the model's own connection", () => {
  const read = agent("    tools: all\n    description: Orders.", "server");
  assert.ok(!read.ok && JSON.stringify(read.problems).includes("by: model"));
  assert.ok(agent("    tools: all\n    description: Orders.").ok);
});

Deno.test("a server that the model's provider cannot reach is a problem, unless the model is here too", async () => {
  for (
    const [url, isModelLocal, isFine] of [
      ["https://mcp.example.com/mcp", false, true],
      ["https://8.8.8.8/mcp", false, true],
      ["https://10.0.0.7/mcp", false, false],
      ["https://[fd00::1]/mcp", false, false],
      ["https://shop.internal/mcp", false, false],
      ["https://shop/mcp", false, false],
      ["https://localhost:8443/mcp", false, false],
      ["http://127.0.0.1:8080/mcp", false, false],
      ["http://127.0.0.1:8080/mcp", true, true],
    ] as const
  ) {
    const found = await problems("    tools: all", { url, isModelLocal });
    assert.deepEqual(
      found.map(({ path }) => path),
      isFine ? [] : ["mcp_servers.0.url"],
      url,
    );
    if (!isFine) assert.match(found[0]?.message ?? "", /https.*by: server/);
  }
});

Deno.test("a tool that the model runs cannot have another's name", async () => {
  const found = await problems("    tools: [find, end_call]\ntools: [end_call]");
  assert.deepEqual(found.map(({ path }) => path), ["mcp_servers.0.tools.1"]);
  assert.match(found[0]?.message ?? "", /end_call is the name of another tool.*by: server/);
});

function agent(more: string, by = "model", url = "https://mcp.example.com/mcp") {
  const entry = `mcp_servers:\n  - name: shop\n    by: ${by}\n    url: "${url}"\n${more}`;
  return readAgent("desk", `---\ntitle: Desk\n${entry}\n---\nBe kind.`);
}

async function problems(
  more: string,
  { url, isModelLocal = false }: { readonly url?: string; readonly isModelLocal?: boolean } = {},
) {
  const read = agent(more, "model", url);
  assert.ok(read.ok, JSON.stringify(read));
  return await findToolProblems(read.agent, () => ({ state: "unset" }), { isModelLocal });
}
