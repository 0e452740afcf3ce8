import { deepEqual, equal, match } from "node:assert/strict";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { openClient, type WebClient } from "../support/browser/webClient.ts";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { onlyAgent } from "../support/twilio/dialling.ts";

const agent = `client_tools:
  - name: show_page
    description: Shows a page of the shop.
    parameters: { type: object, properties: { path: { type: string } }, required: [path] }
    timeout_ms: 500`;

/** Has the tool run for every typed line, and says what came of it. */
const script: Script = ({ cause, tools }) => {
  if (cause.type === "text") {
    if (!tools.some(({ name }) => name === "show_page")) return { say: "I cannot show pages." };
    const args = JSON.stringify({ path: cause.text });
    return { tools: [{ name: "show_page", arguments: args }] };
  }
  if (cause.type !== "toolOutputs") return { say: "Good day." };
  return { say: cause.outputs.map(({ output }) => output).join() };
};

Deno.test("a tool runs in the client, which tells the agent what came of it", async () => {
  await using server = await started();
  const client = await clientOf(server, ["show_page"]);
  client.send({ type: "text", text: "/shoes" });
  const { type: _, id, ...call } = await client.get("tool_call");
  deepEqual(call, { name: "show_page", arguments: { path: "/shoes" } });
  client.send({ type: "tool_result", id: "of another", output: "wrong" });
  client.send({ type: "tool_result", id, output: { shown: 12 } });
  match(await said(client), /\{"shown":12\}/);
  await client.close();
});

Deno.test("a client that fails, does not answer or does not offer the tool costs the tool, not the call", async () => {
  await using server = await started();
  const client = await clientOf(server, ["show_page"]);
  client.send({ type: "text", text: "/a" });
  const { id } = await client.get("tool_call");
  client.send({ type: "tool_result", id, error: "there is no such page" });
  match(await said(client, /client_failed/), /there is no such page/);
  // Not answered at all.
  client.send({ type: "text", text: "/b" });
  match(await said(client, /timeout/), /took too long/);
  client.send({ type: "hello", binary: false, tools: [] });
  client.send({ type: "text", text: "/c" });
  match(await said(client, /not_offered/), /does not offer/);
  await client.close();
  const other = await clientOf(server, undefined);
  other.send({ type: "text", text: "/d" });
  match(await said(other, /not_offered/), /does not offer/);
  await other.close();
});

Deno.test("the result of a client is bounded, and a malformed one is refused", async () => {
  await using server = await started();
  const client = await clientOf(server, ["show_page"]);
  client.send({ type: "text", text: "/a" });
  const { id } = await client.get("tool_call");
  client.sendRaw(JSON.stringify({ type: "tool_result", output: 1 }));
  equal((await client.get("error")).code, "invalid_result");
  client.send({ type: "tool_result", id, output: "x".repeat(100_000) });
  match(await said(client, /x{100}/), /truncated/);
  await client.close();
});

Deno.test("a result that is far too large costs the tool, not the call", async () => {
  await using server = await started();
  const client = await clientOf(server, ["show_page"]);
  for (const output of ["x".repeat(5_000_000), Array.from({ length: 6000 }, () => ({}))]) {
    client.send({ type: "text", text: "/a" });
    const { id } = await client.get("tool_call");
    client.send({ type: "tool_result", id, output });
    equal((await client.get("error")).code, "invalid_result");
    match(await said(client, /client_failed/), /too large/);
  }
  await client.close();
});

function started(): Promise<TestServer> {
  return startPhoneServer({
    overrides: { agentFiles: onlyAgent(agent), engine: { voice: "tone", speed: 50, script } },
  });
}

async function clientOf(
  server: TestServer,
  tools: readonly string[] | undefined,
): Promise<WebClient> {
  const response = await fetch(`${server.origin}/api/web/session`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}` },
  });
  const client = openClient(server, (await response.json()).token);
  await client.get("ready");
  client.send({ type: "hello", binary: false, ...(tools !== undefined && { tools }) });
  return client;
}

/** The agent's line that fits, when it is complete. */
async function said({ inbox }: WebClient, fits = /./): Promise<string> {
  const line = await inbox.find((message) =>
    message.type === "transcript" && message.role === "agent" && fits.test(message.text)
  );
  return line.type === "transcript" ? line.text : "";
}
