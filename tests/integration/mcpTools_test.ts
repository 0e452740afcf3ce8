import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type SimMcpTool, startMcpServer } from "../../src/sim/mcp/mcpServer.ts";
import { Inbox } from "../support/inbox.ts";
import { callTool } from "../support/servers/callTool.ts";
import { type PhoneRig, startPhoneRig, type Talk } from "../support/servers/phoneRig.ts";
import { get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const find: SimMcpTool = {
  name: "orders.find",
  description: "Finds an order.",
  inputSchema: { type: "object", properties: { number: { type: "string" } } },
  readOnly: true,
  run: ({ number }) => `order ${number}: on its way`,
};

Deno.test("the model has the tools that the agent's file allows, and gets their answers", async () => {
  const metas = new Inbox<unknown>();
  const told: SimMcpTool = {
    ...find,
    name: "told",
    run: (_, { meta }) => {
      metas.add(meta);
      return "yes";
    },
  };
  await using server = served([find, told, { ...find, name: "erase_all" }]);
  await using rig = await startPhoneRig({
    agent: mcp(server.url, "tools: [orders.find, { name: told, as: is_told }], identity: true"),
    env: { WEBHOOK_SECRET: `whsec_${new Uint8Array(32).fill(7).toBase64()}` },
  });
  const talk = await rig.ring();
  deepEqual(offered(talk), ["orders_find", "is_told"]);
  equal(await callTool(talk, "orders_find", { number: "17" }), "order 17: on its way");
  equal(await callTool(talk, "is_told", {}), "yes");
  const [meta] = await metas.when((all) => all.length === 1);
  match(JSON.stringify(meta), new RegExp(`parley/call.*${talk.callId}.*webhook-signature`));
  match(await callTool(talk, "erase_all", {}), /unknown_tool/);
  await hangUp(talk.phone);
});

Deno.test("a tool that no model would take costs itself, and what fails is an error that the model reads", async () => {
  const broken: SimMcpTool = { ...find, name: "broken", inputSchema: { type: "string" } };
  const refusing: SimMcpTool = {
    ...find,
    name: "refusing",
    run: () => ({ isError: true, content: [{ type: "text", text: "no such order" }] }),
  };
  const picture: SimMcpTool = {
    ...find,
    name: "picture",
    run: () => ({ content: [{ type: "image", data: "AAAA", mimeType: "image/png" }] }),
  };
  await using server = served([broken, refusing, picture]);
  await using rig = await startPhoneRig({ agent: mcp(server.url, "tools: all") });
  const talk = await rig.ring();
  deepEqual(offered(talk), ["refusing", "picture"]);
  match(await callTool(talk, "refusing", {}), /no such order.*tool_failed/);
  match(await callTool(talk, "picture", {}), /an image/);
  await hangUp(talk.phone);
});

Deno.test("tools that a server lists under one name cost themselves, and not the call", async () => {
  const twice = ["x.y", "x_y", "x y"].map((name) => ({ ...find, name }));
  await using server = served([...twice, find]);
  await using rig = await startPhoneRig({ agent: mcp(server.url, "tools: all") });
  const talk = await rig.ring();
  deepEqual(offered(talk), ["x_y", "shop_x_y", "orders_find"]);
  match(await callTool(talk, "orders_find", { number: "17" }), /on its way/);
  await hangUp(talk.phone);
});

Deno.test("a server that is away costs its tools, not the agent; when it is back, the next call has them", async () => {
  const first = startMcpServer({ tools: [find] });
  await first.close();
  await using rig = await startPhoneRig({ agent: mcp(first.url, "tools: all") });
  const without = await rig.ring();
  deepEqual(offered(without), []);
  match(await health(rig), /mcp_server_away.*shop is away: it cannot be reached/);
  await using server = served([find], first.port);
  await until(() => health(rig), (text) => !text.includes("mcp_server_away"));
  await hangUp(without.phone);
  const talk = await rig.ring();
  deepEqual(offered(talk), ["orders_find"]);
  // In the middle of a call it goes away again, or offers something else.
  await server.offer([{ ...find, name: "other" }]);
  match(await callTool(talk, "orders_find", { number: "1" }), /unknown_tool|no such tool/);
  await server.close();
  match(await callTool(talk, "orders_find", { number: "1" }), /error/);
  equal(rig.server.app.registry.size, 1);
  await hangUp(talk.phone);
});

Deno.test("a tool that the MCP server does not have is told with the one that was meant", async () => {
  await using server = served([find]);
  await using rig = await startPhoneRig({ agent: mcp(server.url, "tools: [orders.fnd]") });
  const { problems } = await get(rig.server, "/api/agents/receptionist/tools");
  deepEqual(problems, ["The MCP server shop has no tool orders.fnd: did you mean orders.find?"]);
  match(await health(rig), /mcp_tools_missing.*receptionist.*did you mean orders\.find\?/);
  await server.offer([{ ...find, name: "orders.fnd" }]);
  await until(() => health(rig), (text) => !text.includes("mcp_tools_missing"));
});

function mcp(url: string, more: string): string {
  return `mcp_servers:\n  - { name: shop, url: "${url}", ${more} }`;
}

function served(tools: readonly SimMcpTool[], port = 0) {
  const server = startMcpServer({ tools, port });
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.close() });
}

function offered({ model }: Talk): readonly string[] {
  const update = model.received.find(({ type }) => type === "session.update");
  ok(update !== undefined);
  return (update as { session: { tools: { name: string }[] } }).session.tools
    .map(({ name }) => name);
}

async function health(rig: PhoneRig): Promise<string> {
  const response = await rig.server.app.fetch(new Request("http://localhost/health"));
  return await response.text();
}
