import { strict as assert } from "node:assert";
import { startMcpServer } from "../../src/sim/mcp/mcpServer.ts";
import { type PhoneRig, startPhoneRig } from "../support/servers/phoneRig.ts";
import { apiKey } from "../support/servers/phoneServer.ts";

interface Check {
  readonly part: string;
  readonly code: string;
  readonly state: string;
  readonly values: Readonly<Record<string, string | number>>;
}

async function checksOf({ server }: Pick<PhoneRig, "server">): Promise<ReadonlyMap<string, Check>> {
  const headers = { Authorization: `Bearer ${apiKey}` };
  const { checks } = await (await server.request("/api/setup", { headers })).json();
  return new Map(checks.map((check: Check) => [check.code, check]));
}

/** A service that notes how it is asked, and answers with a status. */
function serve(status: number) {
  const asked: string[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    ({ method, url, headers }) => {
      const signs = [...headers.keys()].filter((name) => /signature|authorization/.test(name));
      asked.push([method, new URL(url).pathname, ...signs].join(" "));
      return new Response(null, { status, headers: { location: "https://elsewhere.example/" } });
    },
  );
  return {
    asked,
    url: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

for (
  const [status, code] of [
    [200, undefined],
    [405, undefined],
    [308, "service_redirects"],
    [503, "service_failing"],
  ] as const
) {
  Deno.test(`an endpoint of webhooks that answers HEAD with ${status} is told as ${code ?? "ok"}`, async () => {
    await using endpoint = serve(status);
    await using rig = await startPhoneRig({
      env: {
        WEBHOOK_URL: `${endpoint.url}/events`,
        WEBHOOK_SECRET: `whsec_${btoa("s".repeat(32))}`,
      },
    });
    const checks = await checksOf(rig);
    assert.deepEqual(endpoint.asked, ["HEAD /events"], "no event, no secret, once");
    assert.equal(checks.has("webhook_ok"), code === undefined);
    if (code !== undefined) {
      assert.equal(checks.get(code)?.part, "webhooks");
      assert.equal(checks.get(code)?.values["place"], "WEBHOOK_URL");
    }
  });
}

Deno.test("services of tools are reached without running a tool; what MCP servers lack is told", async () => {
  await using host = serve(404);
  const mcp = startMcpServer({
    tools: [{ name: "find", inputSchema: { type: "object" }, run: () => assert.fail("was run") }],
  });
  const agent = (tools: string) =>
    [
      "http_tools:",
      `  - { name: order, description: Orders., url: "${host.url}/orders/{{id}}", parameters: ${PARAMETERS} }`,
      "mcp_servers:",
      `  - { name: shop, url: "${mcp.url}", tools: ${tools} }`,
    ].join("\n");
  try {
    await using good = await startPhoneRig({ agent: agent("[find]") });
    const checks = await checksOf(good);
    assert.equal(checks.get("tools_ok")?.values["count"], 2);
    assert.deepEqual(host.asked, ["HEAD /"]);
    await using bad = await startPhoneRig({ agent: agent("[find, sell]") });
    const missing = (await checksOf(bad)).get("mcp_tools_missing");
    assert.deepEqual(missing?.values, {
      place: "shop (receptionist.md)",
      tools: "sell",
      listed: "find",
    });
  } finally {
    await mcp.close();
  }
});

const PARAMETERS = "{ type: object, properties: { id: { type: string } }, required: [id] }";
