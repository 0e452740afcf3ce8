import { doesNotMatch, match } from "node:assert/strict";
import { startMcpServer } from "../../src/sim/mcp/mcpServer.ts";
import { type AgentFolder, createAgentFolder } from "../support/agents/agentFolder.ts";
import { openClient, type WebClient } from "../support/browser/webClient.ts";
import { concurrentTests } from "../support/servers/concurrently.ts";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { get } from "../support/twilio/dialling.ts";
import { until } from "../support/until.ts";

const test = concurrentTests("tools without a key");

const agent = (fields: string) => `---\ntitle: Desk\ngreeting: Good day.\n${fields}\n---\nHelp.\n`;

const cancel = `
import { defineTool, z } from "parley";

export default defineTool({
  description: "Cancels an order.",
  input: z.object({ number: z.string() }),
  run({ number }) {
    return { cancelled: number };
  },
});
`;

test("typed text uses a tool with confirm in a call without a key, which runs after a typed yes", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent(
      `tools: [end_call, { name: cancel, confirm: "Shall I cancel {{number}}?" }]`,
    ),
    "tools/cancel.ts": cancel,
  });
  await using server = await started(folder);
  const client = await clientOf(server);
  await says(client, '/cancel {"number": "17"}', /^Shall I cancel 17\?$/);
  await says(client, "yes", /^The tool cancel answered: cancelled, 17\.$/);
  await says(client, "/cancle 17", /^There is no tool cancle\. There are: .*\bcancel\b/);
  await client.close();
});

test("a tool that waits for a sentence runs in a call without a key once that was heard", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent(`must_hear: { fee: { text: A fee of ten dollars applies., at: end } }
tools: [{ name: cancel, after_heard: [fee] }]`),
    "tools/cancel.ts": cancel,
  });
  await using server = await started(folder);
  const client = await clientOf(server);
  await says(client, "/cancel 17", /^A fee of ten dollars applies\.$/);
  await said(client, /^The tool cancel answered: cancelled, 17\.$/);
  doesNotMatch(linesOf(client).join("\n"), /not.heard/);
  await client.close();
});

test("typed text hands a call without a key to an agent that is told a summary", async () => {
  await using folder = await createAgentFolder({
    "receptionist.md": agent(
      "handoffs: { billing: { when: it is about an invoice, context: summary } }",
    ),
    "billing.md": agent("").replace("Good day", "Billing speaking"),
  });
  await using server = await started(folder);
  const client = await clientOf(server);
  await says(client, "say I owe you forty dollars", /^I owe you forty dollars$/);
  client.send({ type: "text", text: "/handoff billing a copy of the invoice" });
  await client.get("handoff");
  await client.close();
  const { callId } = await client.get("ready");
  const { handoffs } = await until(
    () => get(server, `/api/calls/${callId}`),
    (call) => call.handoffs?.length > 0,
  );
  match(handoffs[0].reason, /a copy of the invoice/);
  match(handoffs[0].summary, /Caller: say I owe .* Agent: I owe you forty dollars/);
});

test("typed text uses a tool of an MCP server that the model calls, after a yes", async () => {
  const shop = startMcpServer({
    tools: [{
      name: "cancel_order",
      inputSchema: {
        type: "object",
        properties: { number: { type: "string" } },
        required: ["number"],
      },
      run: ({ number }) => `cancelled ${number}`,
    }],
  });
  try {
    await using folder = await createAgentFolder({
      "receptionist.md": agent(`mcp_servers:
  - name: shop
    by: model
    url: "${shop.url}"
    tools: [{ name: cancel_order, confirm: "Shall I cancel {{number}}?" }]`),
    });
    await using server = await started(folder);
    const client = await clientOf(server);
    await until(
      () => server.logged.join("\n"),
      (logged) => logged.includes("MCP server listed by the model"),
    );
    await says(client, "/cancel_order 17", /^Shall I cancel 17\?$/);
    await says(client, "yes", /^The tool cancel order answered: cancelled 17\.$/);
    await client.close();
  } finally {
    await shop.close();
  }
});

function started(folder: AgentFolder): Promise<TestServer> {
  return startPhoneServer({
    env: { ...folder.env, API_KEYS: `ops:${apiKey};scopes=admin` },
    overrides: { ...folder.overrides, engine: { voice: "tone", speed: 50 } },
  });
}

async function clientOf(server: TestServer): Promise<WebClient> {
  const response = await server.post("/api/web/session");
  const client = openClient(server, (await response.json()).token);
  await said(client, /^Good day/);
  return client;
}

/** Types, and waits for a line of the agent that comes after it. */
async function says(client: WebClient, text: string, line: RegExp): Promise<void> {
  const before = linesOf(client).length;
  client.send({ type: "text", text });
  await client.inbox.when(() => linesOf(client).slice(before).some((said) => line.test(said)));
}

async function said(client: WebClient, line: RegExp): Promise<void> {
  await client.inbox.when(() => linesOf(client).some((said) => line.test(said)));
}

/** What the agent has said, line by line, as far as it is complete. */
function linesOf({ inbox }: WebClient): readonly string[] {
  return inbox.all.flatMap((message) =>
    message.type === "transcript" && message.role === "agent" && message.final ? [message.text] : []
  );
}
