import assert from "node:assert/strict";
import {
  createHttpTool,
  type HttpToolDefinition,
} from "../../../../src/services/tools/http/httpTool.ts";
import type { ToolContext } from "../../../../src/services/tools/tool.ts";
import type { ToolRegistryOptions } from "../../../../src/services/tools/toolRegistry.ts";
import { toolServices } from "../../../support/toolServices.ts";
import { runTool } from "../../../support/runTool.ts";

async function overHttp(
  answer: (request: Request) => Response | Promise<Response>,
  args: string,
  definition: Partial<HttpToolDefinition> = {},
  changes: Partial<ToolContext> = {},
  options: Partial<ToolRegistryOptions> = {},
) {
  const asked: { method: string; search: string; headers: Headers; body: string }[] = [];
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { method, url } = request;
      const headers = new Headers(request.headers);
      asked.push({ method, search: new URL(url).search, headers, body: await request.text() });
      return await answer(request);
    },
  );
  const http = createHttpTool({
    name: "book",
    description: "Books.",
    parameters: { type: "object", additionalProperties: true },
    url: `http://127.0.0.1:${server.addr.port}/book`,
    ...definition,
  }, toolServices());
  return { ...await runTool([http], "book", args, changes, options), asked };
}

Deno.test("createHttpTool() posts the arguments and gives the answer as it is", async () => {
  const answer = () => new Response("Table 7");
  const headers = { Authorization: "Bearer x" };
  const { output, ok, asked } = await overHttp(answer, '{"people":2}', { headers });
  assert.deepEqual([output, ok], ["Table 7", true]);
  const [{ method, headers: sent, body } = assert.fail()] = asked;
  assert.deepEqual(
    [method, sent.get("authorization"), sent.get("content-type")],
    ["POST", "Bearer x", "application/json"],
  );
  assert.equal(body, '{"people":2}');
});

Deno.test("createHttpTool() puts the arguments of a GET into the query", async () => {
  const answer = () => new Response("ok");
  const { asked } = await overHttp(answer, '{"q":"a&b","n":2}', { method: "GET" });
  assert.equal(asked[0]?.search, "?q=a%26b&n=2");
});

Deno.test("createHttpTool() leaves the query that its URL has as it was written", async () => {
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ url }) => new Response(new URL(url).search),
  );
  const http = (path: string) =>
    createHttpTool({
      name: "book",
      description: "Books.",
      parameters: { properties: { q: {} } },
      method: "GET",
      url: `http://127.0.0.1:${server.addr.port}${path}`,
    }, toolServices());
  const cases = [
    ["/?sig=a%2Fb%20c&flag", '{"q":"é&x=1"}', "?sig=a%2Fb%20c&flag&q=%C3%A9%26x%3D1"],
    ["/?flag", "{}", "?flag"],
    ["/", '{"q":null}', ""],
    ["/", "{}", ""],
    ["/#part", '{"q":1}', "?q=1"],
  ] as const;
  for (const [path, args, expected] of cases) {
    assert.equal((await runTool([http(path)], "book", args)).output, expected);
  }
});

Deno.test("createHttpTool() refuses URLs that strangers could read", () => {
  const definition = { name: "t", description: "", parameters: {} };
  for (const url of ["http://example.com/", "ftp://localhost/", "file:///etc/passwd", "x", ""]) {
    assert.throws(() => createHttpTool({ ...definition, url }, toolServices()), TypeError, url);
  }
  for (const url of ["https://example.com/", "http://localhost:1/", "http://[::1]/"]) {
    createHttpTool({ ...definition, url }, toolServices());
  }
});

Deno.test("createHttpTool() reports what was wrong with the request, not with the server", async () => {
  const bad = await overHttp(() => new Response("no such day", { status: 422 }), "{}");
  assert.deepEqual(bad.output, {
    error: "The service answered 422: no such day",
    code: "http_422",
  });
  const broken = await overHttp(() => new Response("stack trace", { status: 500 }), "{}");
  assert.deepEqual(broken.output, { error: "The service answered 500", code: "http_500" });
});

Deno.test("createHttpTool() follows redirects on the same host only", async () => {
  const answer = ({ url }: Request) =>
    url.endsWith("/book")
      ? new Response(null, { status: 307, headers: { location: "/moved" } })
      : new Response("here");
  const { output, asked } = await overHttp(answer, '{"a":1}');
  assert.deepEqual([output, asked[1]?.body], ["here", '{"a":1}']);

  for (const location of ["http://localhost:1/", "//example.com/", "http://", "/book"]) {
    const astray = () => new Response(null, { status: 302, headers: { location } });
    const outcome = await overHttp(astray, "{}");
    assert.deepEqual([outcome.output.code, outcome.ok], ["redirected", false], location);
  }
});

Deno.test("createHttpTool() reads no more than it needs of an endless answer", async () => {
  const endless = () =>
    new Response(
      new ReadableStream({
        pull: (stream) => stream.enqueue(new TextEncoder().encode("x".repeat(16_384))),
      }),
    );
  const { output, ok } = await overHttp(endless, "{}");
  assert.deepEqual([output.truncated, output.text.length, ok], [true, 16_000, true]);
});

Deno.test("createHttpTool() is stopped by its own time limit", async () => {
  const released = Promise.withResolvers<Response>();
  const { output } = await overHttp(
    ({ signal }) => {
      signal.addEventListener("abort", () => released.resolve(new Response()));
      return released.promise;
    },
    "{}",
    {},
    {},
    { timeLimitMs: 30 },
  );
  assert.equal(output.code, "timeout");
});

Deno.test("createHttpTool() reports that no server answers", async () => {
  const { output } = await overHttp(() => new Response(), "{}", { url: "http://127.0.0.1:1/" });
  assert.deepEqual(output, { error: "The service cannot be reached.", code: "unreachable" });
});
