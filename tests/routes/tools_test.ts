import assert from "node:assert/strict";
import { runTool } from "../../src/cli/tool.ts";
import { createAgentFolder } from "../support/agents/agentFolder.ts";
import { problemOf } from "../support/problemOf.ts";
import { apiKey, otherKey, startPhoneServer } from "../support/servers/phoneServer.ts";

async function startShop() {
  const asked: { readonly url: string; readonly headers: Headers; readonly body: string }[] = [];
  const shop = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { url } = request;
    asked.push({ url, headers: new Headers(request.headers), body: await request.text() });
    return url.includes("/404") ? new Response("no such order", { status: 404 }) : Response.json({
      data: { state: "sent", key: request.headers.get("authorization"), pin: "1234-5678" },
    });
  });
  const url = `http://127.0.0.1:${shop.addr.port}`;
  const folder = await createAgentFolder({
    "desk.md": `---
title: Desk
tools: [end_call, count, { name: find_order, confirm: "Look up {{number}}?" }]
http_tools:
  - name: find_order
    description: Finds an order.
    url: "${url}/orders/{{number}}"
    headers: { Authorization: "Bearer {{env.TOOL_SHOP_TOKEN}}" }
    result: /data
    redact: [pin]
    parameters: { properties: { number: { type: string }, pin: { type: string } }, required: [number] }
---
Help.`,
    "broken.md": `---\ntitle: Broken\ntools: [end_cal]\n---\nHelp.`,
    "tools/count.ts": `import { defineTool, z } from "parley";
export default defineTool({
  description: "Counts.",
  input: z.object({ to: z.int() }),
  readOnly: true,
  run({ to }, { log, callId }) {
    log("counting for " + callId.slice(0, 4));
    if (to < 0) throw new RangeError("below zero: " + to);
    return to + 1;
  },
});`,
  });
  return {
    asked,
    url,
    folder,
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      await shop.shutdown();
    },
  };
}

const variables = { TOOL_SHOP_TOKEN: "shop-secret-1" };

Deno.test("an operator sees an agent's tools, tries them without a call, and never reads a secret", async () => {
  await using shop = await startShop();
  await using server = await startPhoneServer({
    env: {
      ...variables,
      ...shop.folder.env,
      DEFAULT_AGENT: "desk",
      API_KEYS: `ops:${apiKey};scopes=admin,other:${otherKey}`,
    },
    overrides: shop.folder.overrides,
  });
  const texts: string[] = [];
  const ask = async (path: string, body?: unknown) => {
    const answer = body === undefined
      ? await server.request(path, { headers: { "X-API-Key": apiKey } })
      : await server.post(path, body);
    assert.equal(answer.status, 200);
    texts.push(await answer.clone().text());
    return await answer.json();
  };

  const { tools, problems } = await ask("/api/agents/desk/tools");
  assert.deepEqual(problems, []);
  assert.deepEqual(tools.map(({ name, kind }: Record<string, string>) => [name, kind]), [
    ["end_call", "built_in"],
    ["count", "typescript"],
    ["find_order", "http"],
  ]);
  const [, count, order] = tools;
  assert.deepEqual(count.details, { file: "tools/count.ts", readOnly: true });
  assert.deepEqual(
    [order.options.confirm, order.options.once, order.options.timeout_ms, order.options.redact],
    ["Look up {{number}}?", true, 10_000, ["pin"]],
  );
  assert.deepEqual(order.details.headers, { Authorization: "Bearer ••••" });
  assert.deepEqual(order.details.variables, ["TOOL_SHOP_TOKEN"]);
  assert.equal(order.details.url, `${shop.url}/orders/{{number}}`);

  const path = "/api/agents/desk/tools/find_order/try";
  const found = await ask(path, { arguments: { number: "17", pin: "9999-0000" } });
  assert.match(found.callId, /^try_/);
  assert.deepEqual(
    [found.ok, JSON.parse(found.output), found.error, found.request.method],
    [true, { state: "sent", key: "Bearer ••••", pin: "••••" }, null, "POST"],
  );
  assert.equal(found.request.url, `${shop.url}/orders/17`);
  assert.deepEqual(JSON.parse(found.request.body), { pin: "••••" });
  assert.equal(found.request.headers.Authorization, "Bearer ••••");
  assert.equal(shop.asked[0]?.headers.get("authorization"), "Bearer shop-secret-1");
  assert.equal(shop.asked[0]?.body, '{"pin":"9999-0000"}');
  const again = await ask(path, { arguments: { number: "17" } });
  assert.equal(again.ok && shop.asked.length, 2);

  const refused = await ask(path, { arguments: { number: "404" } });
  assert.deepEqual([refused.ok, refused.error], [false, "http_404"]);
  const unfit = await ask(path, { arguments: {} });
  assert.deepEqual([unfit.error, unfit.request], ["invalid_arguments", null]);
  assert.match(unfit.output, /required property 'number'/);
  const counted = await ask("/api/agents/desk/tools/count/try", { arguments: { to: "1" } });
  assert.deepEqual([counted.output, counted.notes], ["2", ["counting for try_"]]);
  const threw = await ask("/api/agents/desk/tools/count/try", { arguments: { to: -1 } });
  assert.deepEqual([threw.ok, threw.error], [false, "tool_failed"]);
  assert.match(threw.fault, /^RangeError: below zero: -1\n.*count\.ts/);
  const ended = await ask("/api/agents/desk/tools/end_call/try", {});
  assert.deepEqual([ended.ok, ended.effect], [true, "endCall"]);
  assert.equal(server.app.registry.size, 0);
  for (const text of texts) assert.ok(!/shop-secret-1|9999-0000|1234-5678/.test(text), text);

  const broken = await ask("/api/agents/broken/tools");
  assert.deepEqual(broken.tools, []);
  assert.match(broken.problems[0], /^broken\.md: line 3: .*end_cal.*did you mean end_call\?/);
});

Deno.test("trying a tool takes the scope admin, an agent and a tool that there are", async () => {
  await using shop = await startShop();
  await using server = await startPhoneServer({
    env: {
      ...variables,
      ...shop.folder.env,
      DEFAULT_AGENT: "desk",
      API_KEYS: `ops:${apiKey};scopes=admin,other:${otherKey}`,
    },
    overrides: shop.folder.overrides,
  });
  const attempt = async (agent: string, tool: string, key?: string) =>
    (await problemOf(await server.post(`/api/agents/${agent}/tools/${tool}/try`, {}, key))).slice(
      0,
      2,
    );
  assert.deepEqual(await attempt("desk", "count", otherKey), [403, "scope_missing"]);
  assert.deepEqual(await attempt("nobody", "count"), [404, "unknown_agent"]);
  assert.deepEqual(await attempt("desk", "nothing"), [404, "unknown_tool"]);
  assert.deepEqual(await attempt("broken", "end_call"), [503, "agent_unusable"]);
  const list = await server.request("/api/agents/nobody/tools", {
    headers: { "X-API-Key": apiKey },
  });
  assert.deepEqual((await problemOf(list)).slice(0, 2), [404, "unknown_agent"]);
  assert.equal(shop.asked.length, 0);
});

Deno.test("deno task tool lists an agent's tools, tries one, and says what cannot be tried", async () => {
  await using shop = await startShop();
  const run = async (...args: string[]) => {
    const lines: string[] = [];
    const code = await runTool(args, {
      environment: { ...variables, ...shop.folder.env },
      print: (line) => lines.push(line),
    });
    assert.ok(!lines.join("\n").includes("shop-secret-1"));
    return [code, lines.join("\n")] as const;
  };
  const [listed, list] = await run("desk");
  assert.equal(listed, 0);
  assert.match(
    list,
    /^end_call \(built_in\): .*\ncount \(typescript\): Counts\.\nfind_order \(http\): Finds an order\.$/,
  );

  const [code, text] = await run("desk", "find_order", '{"number":"17"}');
  assert.equal(code, 0, text);
  assert.match(text, /^POST http:\/\/127\.0\.0\.1:\d+\/orders\/17\n/);
  assert.match(text, /Authorization: Bearer ••••\n/);
  assert.match(text, /ok, \d+ ms, the model reads:\n\{"state":"sent"/);

  const [failed, why] = await run("desk", "find_order", '{"number":"404"}');
  assert.deepEqual([failed, /failed: http_404/.test(why)], [1, true]);
  const [threw, stack] = await run("desk", "count", '{"to":-1}');
  assert.deepEqual([threw, /RangeError: below zero/.test(stack)], [1, true]);
  assert.match(
    (await run("desk", "find_ordr"))[1],
    /no tool of this name[\s\S]*find_order \(http\)/,
  );
  assert.match((await run("broken", "end_call"))[1], /broken\.md: line 3/);
  assert.match((await run("nobody"))[1], /^There is no agent nobody; there are: broken, desk\.$/);
  assert.deepEqual([(await run("desk", "count", "[1]"))[0], (await run())[0]], [2, 2]);
});
