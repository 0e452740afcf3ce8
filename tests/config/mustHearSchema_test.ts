import assert from "node:assert/strict";
import { readAgent } from "../../src/config/agents.ts";

const agent = (fields: string) => readAgent("desk", `---\ntitle: Desk\n${fields}\n---\nBe kind.`);

Deno.test("must_hear takes a sentence, or a text and its place, and names what is wrong", () => {
  const read = agent(
    "must_hear: { recording: This call is recorded., price: { text: It costs 40 dollars., at: asked } }",
  );
  assert.ok(read.ok);
  assert.deepEqual(read.agent.must_hear, {
    recording: { text: "This call is recorded.", at: "start" },
    price: { text: "It costs 40 dollars.", at: "asked" },
  });
  const wrong = agent("must_hear: { price: { text: Hi, at: later } }");
  assert.ok(
    !wrong.ok && wrong.problems.some((problem) => JSON.stringify(problem).includes("must_hear")),
  );
});

Deno.test("a tool of any kind may wait only for a sentence that there is", () => {
  const url = "url: https://shop.example.com";
  const lists = {
    "tools.0": "tools: [{ name: end_call, after_heard: [price] }]",
    "http_tools.0": `http_tools: [{ name: buy, description: Buys., ${url}, after_heard: [price] }]`,
    "client_tools.0": "client_tools: [{ name: show, description: Shows., after_heard: [price] }]",
    "mcp_servers.0.tools.1":
      `mcp_servers: [{ name: shop, ${url}, tools: [find, { name: buy, after_heard: [price] }] }]`,
  };
  for (const [tool, fields] of Object.entries(lists)) {
    const wrong = agent(fields);
    assert.deepEqual(wrong.ok ? [] : wrong.problems, [{
      ...{ line: 3, path: `${tool}.after_heard` },
      message: "price is no name under must_hear",
    }]);
    const near = agent(`${fields}\nmust_hear: { prize: It costs 40 dollars. }`);
    assert.equal(near.ok ? "" : near.problems[0]?.nearest, "prize");
    assert.ok(agent(`${fields}\nmust_hear: { price: It costs 40 dollars. }`).ok);
  }
});
