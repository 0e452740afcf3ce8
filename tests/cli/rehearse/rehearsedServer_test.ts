import assert from "node:assert/strict";
import { startRehearsedServer } from "../../../src/cli/rehearse/server/rehearsedServer.ts";
import { modelScript } from "../../../src/scenarios/run/model/modelScript.ts";
import { startEmbeddingServer } from "../../../src/sim/embeddings/embeddingServer.ts";
import { createToneVoice } from "../../../src/sim/voice/toneVoice.ts";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { desk } from "../../support/scenarios/desk.ts";

const HOURS = `
hours:
  open: { mon-fri: "09:00-09:01" }
  outside: { agent: night }
`;

Deno.test("tools that an agent's file names are known while their server is away, which is asked once", async () => {
  let begun = 0;
  await using away = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if ((await request.text()).includes('"initialize"')) begun++;
      return new Response(null, { status: 503 });
    },
  );
  const stock = `mcp_servers: [{ name: stock, url: "http://127.0.0.1:${away.addr.port}/mcp", ` +
    "tools: [count, { name: find_shelf, as: shelf }] }]";
  await using folder = await createAgentFolder({
    "desk.md": desk(stock + HOURS),
    "night.md": desk(),
  });
  await started(folder.path, { mentioned: ["count", "shelf"] });
  const once = begun;
  assert.ok(once > 0);
  await started(folder.path, { mentioned: ["count"], at: "2030-01-02T09:00" });
  assert.equal(begun, 2 * once, "a time of its own opens no second server");
  await assert.rejects(
    started(folder.path, { mentioned: ["find_shelf"] }),
    new TypeError("Cannot rehearse with the tool find_shelf: no agent has it"),
  );
});

Deno.test("a transfer that the operator's own limits refuse is acted out, and told", async () => {
  await using folder = await createAgentFolder({ "desk.md": desk() });
  const numbers = {
    "+4930901820": { answer: "human" },
    "+12125550123": { answer: "human" },
  } as const;
  assert.deepEqual(await started(folder.path, { numbers }), [
    "a call to +4930901820 is acted out, which the settings refuse (country_not_allowed)",
  ]);
  assert.deepEqual(await started(folder.path, { numbers }, { OUTBOUND_COUNTRIES: "US,DE" }), []);
  const denied = {
    "+12125550123": { answer: "human" },
    "+19005550123": { answer: "human" },
  } as const;
  assert.deepEqual(await started(folder.path, { numbers: denied }, { OUTBOUND_DENY: "+1212" }), []);
});

Deno.test("what vectors of documents cost is told as it is spent", async () => {
  const embeddings = startEmbeddingServer({ apiKey: "sk-of-the-test" });
  await using folder = await createAgentFolder({
    "desk.md": desk("knowledge: [docs]"),
    "docs/prices.md": "# Prices\n\nA haircut costs forty dollars.",
  });
  const spent = Promise.withResolvers<number>();
  await using _server = await serverOf(folder.path, { spent: spent.resolve }, {
    KNOWLEDGE_EMBEDDINGS_KEY: "sk-of-the-test",
    KNOWLEDGE_EMBEDDINGS_URL: embeddings.url,
  });
  assert.ok(await spent.promise > 0);
  await embeddings.close();
});

/** Opens a server and closes it; resolves with its notes. */
async function started(
  agentsDir: string,
  options: Partial<Parameters<typeof startRehearsedServer>[0]>,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const notes: string[] = [];
  const note = (what: string) => notes.push(what);
  await using _server = await serverOf(agentsDir, { note, ...options }, environment);
  return notes;
}

function serverOf(
  agentsDir: string,
  options: Partial<Parameters<typeof startRehearsedServer>[0]>,
  environment: Readonly<Record<string, string>>,
) {
  return startRehearsedServer({
    environment: { AGENTS_DIR: agentsDir, ...environment },
    ...{
      isReal: false,
      agent: "desk",
      numbers: {},
      script: modelScript([]),
      tools: [],
      maxMs: 1000,
      seed: 1,
    },
    faults: { first: [], every: [] },
    voices: { slt: createToneVoice() },
    log: () => {},
    ...options,
  });
}
