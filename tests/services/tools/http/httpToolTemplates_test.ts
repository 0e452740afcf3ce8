import assert from "node:assert/strict";
import {
  createHttpTool,
  type HttpToolDefinition,
} from "../../../../src/services/tools/http/httpTool.ts";
import type { ShownRequest, ToolContext } from "../../../../src/services/tools/tool.ts";
import { runTool } from "../../../support/runTool.ts";
import { toolServices } from "../../../support/toolServices.ts";

const variables = { TOOL_SHOP_TOKEN: "s3cret/token+1", TOOL_SHOP: "shop-7" };
const number = { type: "string" };

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A service whose tool is defined by a path, and what it was asked. */
function withService(
  definition: Partial<HttpToolDefinition> & { readonly path: string },
  answer: (asked: Asked) => Response = () => new Response("ok"),
) {
  const asked: Asked[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    asked.push({
      method: request.method,
      path: pathname + search,
      headers: new Headers(request.headers),
      body: await request.text(),
    });
    return answer(asked.at(-1) ?? assert.fail());
  });
  const { path, ...rest } = definition;
  const tool = createHttpTool({
    name: "order",
    description: "Orders.",
    parameters: { properties: { number, note: { type: "string" } }, required: ["number"] },
    url: `http://127.0.0.1:${server.addr.port}${path}`,
    ...rest,
  }, toolServices(variables));
  return {
    tool,
    asked,
    run: (args: unknown, changes: Partial<ToolContext> = {}) =>
      runTool([tool], "order", JSON.stringify(args), changes),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

Deno.test("arguments stand in the path and query of a URL, and nowhere twice", async () => {
  await using service = withService({
    path: "/v1/orders/{{number}}/items?of={{ note }}&key={{env.TOOL_SHOP}}",
    method: "GET",
    parameters: {
      properties: { number, note: { type: "string" }, page: { type: "integer" } },
      required: ["number"],
    },
  });
  assert.equal((await service.run({ number: "17 a?#é", note: "x&y=1", page: 2 })).output, "ok");
  assert.equal(
    service.asked[0]?.path,
    "/v1/orders/17%20a%3F%23%C3%A9/items?of=x%26y%3D1&key=shop-7&page=2",
  );
  await service.run({ number: "17" });
  assert.equal(service.asked[1]?.path, "/v1/orders/17/items?of=&key=shop-7");
});

Deno.test("no argument changes the host of a URL or the parts of its path", async () => {
  await using service = withService({ path: "/orders/{{number}}/", method: "DELETE" });
  for (
    const bad of [
      "",
      ".",
      "..",
      "../admin",
      "a/b",
      "a\\b",
      "/",
      "%2e%2e/x",
      "a\u0000b",
      "a\nb",
      " ",
      "%2e%2e",
      "%2fadmin",
      "\uff0e\uff0e",
    ]
  ) {
    const { output } = await service.run({ number: bad });
    assert.equal(output.code, "invalid_arguments", JSON.stringify(bad));
  }
  assert.deepEqual(service.asked, []);
  for (const odd of ["@evil.example", "evil.example:80", "?x=1", "#x", "...", "\ud800"]) {
    await service.run({ number: odd });
  }
  assert.deepEqual(service.asked.map(({ path }) => path), [
    ..."/orders/%40evil.example/ /orders/evil.example%3A80/".split(" "),
    ..."/orders/%3Fx%3D1/ /orders/%23x/ /orders/.../ /orders/%EF%BF%BD/".split(" "),
  ]);
});

Deno.test("every method sends its arguments where it has them; what changes something has a key", async () => {
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"] as const) {
    await using service = withService({ path: "/orders/{{number}}", method });
    await service.run({ number: "1", note: "two" });
    const asked = service.asked[0] ?? assert.fail();
    const inQuery = method === "GET" || method === "DELETE";
    assert.deepEqual(
      [asked.method, asked.path, asked.body],
      [method, `/orders/1${inQuery ? "?note=two" : ""}`, inQuery ? "" : '{"note":"two"}'],
    );
    assert.equal(asked.headers.has("idempotency-key"), method !== "GET");
  }
});

Deno.test("secrets of the environment reach the service, and come back as dots", async () => {
  const echo = ({ headers, path }: Asked) =>
    new Response(`${headers.get("authorization")} ${headers.get("x-fixed")} ${path}`, {
      status: path.includes("fail") ? 422 : 200,
    });
  await using service = withService({
    path: "/orders/{{number}}?token={{env.TOOL_SHOP_TOKEN}}",
    headers: { Authorization: "Bearer {{env.TOOL_SHOP_TOKEN}}", "X-Fixed": "fixed-secret" },
  }, echo);
  const shown: ShownRequest[] = [];
  const onRequest = (request: ShownRequest) => void shown.push(request);
  const { output } = await service.run({ number: "7" }, { onRequest });
  assert.equal(service.asked[0]?.headers.get("authorization"), "Bearer s3cret/token+1");
  assert.equal(service.asked[0]?.path, "/orders/7?token=s3cret%2Ftoken%2B1");
  assert.equal(output, "Bearer •••• •••• /orders/7?token=••••");
  const failed = await service.run({ number: "fail" });
  assert.deepEqual(failed.output, {
    error: "The service answered 422: Bearer •••• •••• /orders/fail?token=••••",
    code: "http_422",
  });
  const [request = assert.fail()] = shown;
  assert.match(request.url, /\/orders\/7\?token=••••$/);
  assert.deepEqual(
    [request.headers["Authorization"], request.headers["X-Fixed"], request.body],
    ["Bearer ••••", "••••", "{}"],
  );
  const everything = JSON.stringify([service.tool.details, shown]);
  assert.ok(!/s3cret|fixed-secret/.test(everything), everything);
});

Deno.test("a template that cannot work is told with its tool and the remedy", () => {
  const define = (changes: Partial<HttpToolDefinition>) => () =>
    createHttpTool({
      name: "order",
      description: "Orders.",
      parameters: { properties: { number }, required: ["number"] },
      url: "https://shop.example/orders",
      ...changes,
    }, toolServices(variables));
  const cases: readonly (readonly [Partial<HttpToolDefinition>, RegExp])[] = [
    [{ url: "https://{{number}}.example/" }, /path and query only/],
    [{ url: "https://{{env.TOOL_SHOP}}/" }, /path and query only/],
    [{ url: "https://me:s3cret@shop.example/" }, /no name and password/],
    [{ url: "https://me@shop.example/" }, /no name and password/],
    [
      { url: "https://a.example/{{who}}" },
      /\{\{who\}\}, which parameters.properties does not describe/,
    ],
    [
      { url: "https://a.example/{{number}}", parameters: { properties: { number } } },
      /must name number/,
    ],
    [{ url: "https://a.example/{{a b}}" }, /neither an argument nor/],
    [{ url: "https://a.example/{{env.TOOL_NONE}}" }, /TOOL_NONE=\.\.\. to \.env/],
    [{ headers: { "X-A": "{{env.TOOL_NONE}}" } }, /\{\{env.TOOL_NONE\}\} is not set/],
    [{ headers: { "X-A": "{{number}}" } }, /X-A may have \{\{env.NAME\}\}, and no arguments/],
    [{ headers: { "Idempotency-Key": "1" } }, /Idempotency-Key follows from the request/],
  ];
  for (const [changes, expected] of cases) {
    assert.throws(define(changes), (error: Error) => {
      assert.match(error.message, /^Cannot offer the tool order: /);
      assert.match(error.message, expected);
      return true;
    });
  }
});

Deno.test("the result is taken out of a JSON answer by pointers", async () => {
  const body = { data: { orders: [{ id: 7, "a/b": true, none: null }] }, page: 1 };
  const json = () => Response.json(body);
  const cases = [
    ["/data/orders/0/id", "7"],
    ["/data/orders/0/a~1b", "true"],
    ["/data/orders/0", JSON.stringify(body.data.orders[0])],
    [{ id: "/data/orders/0/id", gone: "/data/x" }, '{"id":7,"gone":null}'],
  ] as const;
  for (const [result, expected] of cases) {
    await using service = withService({ path: "/", result }, json);
    const { output } = await service.run({ number: "1" });
    assert.equal(typeof output === "string" ? output : JSON.stringify(output), expected);
  }
  for (const result of ["/data/orders/1", { id: "/x", name: "/y" }, "/page/__proto__"]) {
    await using service = withService({ path: "/", result }, json);
    assert.equal((await service.run({ number: "1" })).output.code, "unexpected_answer");
  }
});
