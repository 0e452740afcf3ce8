import { deepEqual, equal, match, ok } from "node:assert/strict";
import { type SimMcpTool, startMcpServer } from "../../src/sim/mcp/mcpServer.ts";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { askForHandoff, deskFile } from "../support/servers/desks.ts";
import {
  heardSaying,
  parrot,
  type PhoneRig,
  published,
  recordOf,
  startPhoneRig,
  type Talk,
  voiceOf,
} from "../support/servers/phoneRig.ts";
import { agentsOf, get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { until } from "../support/until.ts";

const token = "tk-live-0123456789";

/** Answers to what a tool has returned with its output, and says all else as the parrot does. */
const repeats: Script = (turn) =>
  turn.request === undefined && turn.cause.type === "toolOutputs"
    ? { say: `It says: ${turn.cause.outputs.map(({ output }) => output).join(" ")}.` }
    : parrot(turn);

Deno.test("the model calls a tool by its own means, the caller hears of it, and the record has the call", async () => {
  await using shop = served({ token });
  await using rig = await rigWith(
    `${server(shop.url)}, tools: [find_order], description: Orders of the shop.`,
    { env: { TOOL_SHOP: token } },
  );
  const talk = await rig.ring();
  await listed(talk, ["find_order"]);
  const [tool] = mcpToolsIn(talk);
  equal(tool?.authorization, token);
  equal(tool?.server_description, "Orders of the shop.");
  equal(tool?.require_approval, "never");
  talk.model.say({ tools: [{ name: "find_order", arguments: '{"number":"17"}' }] });
  const ended = await published(rig, talk.callId, "toolEnded");
  deepEqual([ended.name, ended.ok, ended.output], ["find_order", true, "order 17: on its way"]);
  await heardSaying(rig, talk.callId, /^It says: order 17: on its way\.$/);
  await hangUp(talk.phone);
  await recordOf(rig, talk.callId);
  const { tools } = await get(rig.server, `/api/calls/${talk.callId}`);
  equal(tools.length, 1);
  deepEqual(
    [tools[0].name, JSON.stringify(tools[0].arguments), tools[0].result.ok],
    ["find_order", JSON.stringify(tools[0].arguments), true],
  );
  match(JSON.stringify(tools), /17.*on its way/);
  const shown = JSON.stringify([
    await get(rig.server, "/api/agents"),
    await get(rig.server, "/api/agents/receptionist/tools"),
    rig.events.all,
    rig.server.logged,
  ]);
  match(shown, /find_order.*"by":"model"/);
  const tried = await rig.server.post("/api/agents/receptionist/tools/find_order/try", {});
  match(await tried.text(), /run_by_model/);
  match(rig.server.logged.join("\n"), /MCP server listed by the model.*find_order/);
  ok(!rig.server.logged.join().includes("on its way"));
  ok(!shown.includes(token), "the token goes to the model's provider alone");
});

Deno.test("a tool with confirm does not run without a yes, though the model's provider runs it", async () => {
  const cancelled: unknown[] = [];
  await using shop = served({ cancelled });
  await using rig = await rigWith(
    `${
      server(shop.url)
    }, tools: [{ name: cancel_order, confirm: "Shall I cancel {{number}}?" }, find_order]`,
    {},
    eager,
  );
  const talk = await rig.ring();
  await listed(talk, ["cancel_order", "find_order"]);
  deepEqual(mcpToolsIn(talk)[0]?.require_approval, {
    always: { tool_names: ["cancel_order"] },
    never: { tool_names: ["find_order"] },
  });
  await talk.phone.speak(voiceOf(600));
  const asked = await published(rig, talk.callId, "toolEnded");
  deepEqual([asked.name, asked.ok, asked.waits], ["cancel_order", false, true]);
  await heardSaying(rig, talk.callId, /^Shall I cancel 17\?$/);
  deepEqual(cancelled, [], "the provider was not let run it");
  const [refused] = approvals(talk);
  equal(refused?.approve, false);
  match(refused?.reason ?? "", /confirmation_asked/);
  await talk.phone.sendDigits("1#");
  const done = await published(rig, talk.callId, "toolEnded", ({ ok }) => ok);
  deepEqual([done.name, done.output], ["cancel_order", "cancelled 17"]);
  deepEqual(cancelled, ["17"]);
  await heardSaying(rig, talk.callId, /^It says: cancelled 17\.$/);
  await hangUp(talk.phone);
});

Deno.test("a tool with once runs once for the same arguments", async () => {
  const cancelled: unknown[] = [];
  await using shop = served({ cancelled });
  await using rig = await rigWith(
    `${server(shop.url)}, tools: [{ name: cancel_order, once: true, redact: [number] }]`,
  );
  const talk = await rig.ring();
  await listed(talk, ["cancel_order"]);
  for (const times of [1, 2]) {
    talk.model.say({ tools: [{ name: "cancel_order", arguments: '{"number":"1789"}' }] });
    await rig.events.when((all) =>
      all.filter(({ event }) => event.type === "toolEnded").length === times
    );
    await until(() => approvals(talk).length, (count) => count === times);
    await until(() => talk.model.responding, (responding) => !responding);
  }
  deepEqual(cancelled, ["1789"]);
  const [first, again] = approvals(talk);
  deepEqual([first?.approve, again?.approve], [true, false]);
  match(again?.reason ?? "", /repeated.*cancelled/);
  ok(
    !JSON.stringify(rig.events.all.filter(({ event }) => event.type.startsWith("tool")))
      .includes("1789"),
    "the arguments are hidden",
  );
  await hangUp(talk.phone);
});

Deno.test("a server that cannot be listed costs its tools, and what fails there is an error", async () => {
  const away = startMcpServer({ tools: [] });
  await away.close();
  await using shop = served({});
  await using rig = await startPhoneRig({
    env: { TOOL_SHOP: token },
    agent: `greeting: Good day.\nmcp_servers:\n  - { ${
      server(away.url, "away")
    }, tools: all }\n  - { ${server(shop.url)}, tools: [break_it, find_order, gone] }`,
    model: { script: repeats },
  });
  const talk = await rig.ring();
  await heardSaying(rig, talk.callId, /Good day/);
  await listed(talk, ["find_order", "break_it"]);
  await until(() => health(rig), (text) => /mcp_server_away.*away \(model\)/.test(text));
  ok(!(await health(rig)).includes("shop (model)"));
  talk.model.say({ tools: [{ name: "break_it", arguments: "{}" }] });
  const ended = await published(rig, talk.callId, "toolEnded");
  equal(ended.ok, false);
  match(ended.output, /out of paper.*"code":"tool_failed"/);
  await heardSaying(rig, talk.callId, /^It says: out of paper\.$/);
  equal(rig.server.app.registry.size, 1);
  await hangUp(talk.phone);
});

Deno.test("the wait for a slow tool is bridged, and its answer is told when it comes", async () => {
  const answer = Promise.withResolvers<string>();
  await using shop = served({ answer: answer.promise });
  await using rig = await rigWith(`${server(shop.url)}, tools: [slow]`);
  const talk = await rig.ring();
  await listed(talk, ["slow"]);
  talk.model.say({ tools: [{ name: "slow", arguments: "{}" }] });
  await published(rig, talk.callId, "toolStarted");
  await rig.events.find(({ event }) => event.type === "notice" && event.code === "filler");
  answer.resolve("at last");
  await published(rig, talk.callId, "toolEnded", ({ ok }) => ok);
  await heardSaying(rig, talk.callId, /^It says: at last\.$/);
  await hangUp(talk.phone);
});

Deno.test("an agent that gets the call brings its own servers over the same connection, and a new one has them", async () => {
  await using shop = served({});
  await using rig = await startPhoneRig({
    env: { TOOL_SHOP: token },
    model: { script: repeats },
    overrides: {
      agentFiles: agentsOf({
        receptionist: deskFile("Desk", "handoffs: { sales: { when: an order } }", "Help."),
        sales: deskFile(
          "Sales",
          `mcp_servers:\n  - { ${server(shop.url)}, tools: [find_order] }`,
          "Sell.",
        ),
      }),
    },
  });
  const talk = await rig.ring();
  deepEqual(mcpToolsIn(talk), []);
  await askForHandoff(talk, { to: "sales", reason: "An order." });
  await listed(talk, ["find_order"]);
  deepEqual(rig.realtime.sessions, [talk.model]);
  await until(() => talk.model.responding, (responding) => !responding);
  talk.model.close(1011, "gone");
  const again = { ...talk, model: await rig.realtime.nextSession() };
  await listed(again, ["find_order"]);
  await until(() => again.model.responding, (responding) => !responding);
  again.model.say({ tools: [{ name: "find_order", arguments: '{"number":"9"}' }] });
  await heardSaying(rig, talk.callId, /^It says: order 9: on its way\.$/);
  await hangUp(talk.phone);
});

/** Calls the tool whenever the caller has done something, as a model does that believes in every yes. */
const eager: Script = (turn) =>
  turn.request === undefined && (turn.cause.type === "speech" || turn.cause.type === "text")
    ? { tools: [{ name: "cancel_order", arguments: '{"number":"17"}' }] }
    : repeats(turn);

function served({ token, cancelled = [], answer = "" }: {
  readonly token?: string;
  readonly cancelled?: unknown[];
  readonly answer?: string | Promise<string>;
}) {
  const inputSchema = { type: "object", properties: { number: { type: "string" } } };
  const tools: readonly SimMcpTool[] = [
    { name: "find_order", inputSchema, run: ({ number }) => `order ${number}: on its way` },
    {
      name: "cancel_order",
      inputSchema,
      run({ number }) {
        cancelled.push(number);
        return `cancelled ${number}`;
      },
    },
    {
      name: "break_it",
      inputSchema,
      run: () => ({ isError: true, content: [{ type: "text", text: "out of paper" }] }),
    },
    { name: "slow", inputSchema, run: async () => await answer },
  ];
  const started = startMcpServer({ tools, ...(token !== undefined && { token }) });
  return Object.assign(started, { [Symbol.asyncDispose]: () => started.close() });
}

function server(url: string, name = "shop"): string {
  return `name: ${name}, by: model, url: "${url}", headers: { Authorization: "Bearer {{env.TOOL_SHOP}}" }`;
}

function rigWith(
  entry: string,
  { env = {} }: { readonly env?: Readonly<Record<string, string>> } = {},
  script: Script = repeats,
): Promise<PhoneRig> {
  return startPhoneRig({
    agent: `mcp_servers:\n  - { ${entry} }`,
    env: { TOOL_SHOP: token, ...env },
    model: { script },
  });
}

/** Waits until the model has the list of a server's tools. */
async function listed({ model }: Talk, names: readonly string[]): Promise<void> {
  await until(
    () =>
      model.conversation.flatMap(({ item }) =>
        item.type === "mcp_list_tools" ? item.tools.map(({ name }) => name) : []
      ),
    (found) => [...found].sort().join() === [...names].sort().join(),
  );
}

function mcpToolsIn({ model }: Talk) {
  return model.config.tools.flatMap((tool) => tool.type === "mcp" ? [tool] : []);
}

/** What the model was answered to its requests, in order. */
function approvals({ model }: Talk) {
  return model.received.flatMap((event) =>
    event.type === "conversation.item.create" && event.item.type === "mcp_approval_response"
      ? [event.item]
      : []
  );
}

async function health(rig: PhoneRig): Promise<string> {
  const response = await rig.server.app.fetch(new Request("http://localhost/health"));
  return await response.text();
}
