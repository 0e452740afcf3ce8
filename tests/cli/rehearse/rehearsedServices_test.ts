import assert from "node:assert/strict";
import { withoutUnneeded } from "../../../src/cli/rehearse/server/rehearsedServices.ts";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { rehearsed } from "../../support/scenarios/rehearsed.ts";

const AGENT = `---
title: Desk
greeting: Hello there.
analysis:
  summary: true
  fields:
    topic: { type: string, description: What it is about }
---
Help.`;
const CALL = "agent: desk\ncaller: [{ hears: Hello there }, What is the price?]\n";

Deno.test("calls are analysed where a scenario expects it, until the dollars are spent", async () => {
  let asked = 0;
  await using chat = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    asked++;
    const content = JSON.stringify({ summary: "A price.", fields: { topic: "price" } });
    return Response.json({
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content } }],
      usage: { prompt_tokens: 1_000_000, completion_tokens: 1000, total_tokens: 1_001_000 },
    });
  });
  await using folder = await createAgentFolder({
    "desk.md": AGENT,
    "scenarios/a.yaml": `title: Plain\n${CALL}`,
    "scenarios/b.yaml": `title: Analysed\n${CALL}expect: [{ analysis: { topic: price } }]\n`,
  });
  const environment = {
    ...folder.env,
    ANALYSIS_MODEL: "gpt-4o",
    ANALYSIS_URL: `http://127.0.0.1:${chat.addr.port}/v1/chat/completions`,
    ANALYSIS_API_KEY: "sk-real",
  };
  const flags = ["--built-in", "--max-usd", "1", "--repeat", "2", "--concurrency", "1"];
  const { report, printed } = await rehearsed(environment, ...flags);
  // An answer that does not fit is asked for once more.
  assert.ok(asked === 1 || asked === 2, printed);
  const [plain, analysed] = report.scenarios;
  assert.equal(plain?.runs[0]?.state, "passed", printed);
  assert.match(printed, /--max-usd 1 is used up/);
  assert.equal(analysed?.runs.length, 2);
});

Deno.test("the built-in engine searches documents by their words alone", () => {
  const environment = { KNOWLEDGE_EMBEDDINGS_KEY: "sk-real", AGENTS_DIR: "agents" };
  const options = { expect: [], maxUsd: 5 };
  assert.deepEqual(withoutUnneeded(environment, { ...options, isReal: false }), {
    AGENTS_DIR: "agents",
  });
  assert.deepEqual(withoutUnneeded(environment, { ...options, isReal: true }), environment);
});

Deno.test("the dollars of analysing are the operator's, within those of the rehearsal", () => {
  const daily = (own: string) =>
    withoutUnneeded(
      { ANALYSIS_MODEL: "gpt-4o", ANALYSIS_DAILY_USD: own },
      { isReal: false, expect: [{ type: "analysis", fields: {} }], maxUsd: 5 },
    )["ANALYSIS_DAILY_USD"];
  assert.deepEqual(["0.2", "9", "", "off", "abc"].map(daily), ["0.2", "1", "1", "1", "abc"]);
});
