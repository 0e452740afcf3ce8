import assert from "node:assert/strict";
import Ajv from "ajv/dist/2020.js";
import { pagesRoutes } from "../../../src/routes/pages.ts";
import { openapiRoutes } from "../../../src/routes/openapi/openapiRoutes.ts";
import { type ApiDocument, operationsOf, resolve } from "../../../src/web/docs/document.ts";
import { exampleOf, writeCurl } from "../../../src/web/docs/example.ts";
import {
  ALICE,
  type ApiServer,
  type ApiServerOptions,
  withApi,
} from "../../support/servers/apiServer.ts";

const options: ApiServerOptions = {
  mount(router) {
    router.route("/", pagesRoutes());
    router.route("/", openapiRoutes(router, true));
  },
};

async function describe({ ask }: ApiServer): Promise<ApiDocument> {
  const response = await ask("/openapi.json");
  assert.equal(response.status, 200);
  return await response.json();
}

Deno.test("GET /openapi.json describes every route that checks its requests, without a key", () =>
  withApi(options, async (server) => {
    const api = await describe(server);
    for (
      const [method, path] of [
        ["get", "/api/calls"],
        ["get", "/api/calls/{id}"],
        ["get", "/api/calls/{id}/transcript"],
        ["post", "/api/calls/{id}/actions"],
        ["get", "/api/calls/{id}/events"],
        ["get", "/api/events"],
        ["get", "/api/analytics"],
        ["delete", "/api/callers/{number}"],
        ["get", "/health"],
      ] as const
    ) assert.ok(api.paths[path]?.[method]?.summary, `${method} ${path}`);
    assert.deepEqual(Object.keys(api.webhooks ?? {}).sort(), [
      ...["appointment.booked", "appointment.cancelled", "appointment.moved"],
      ...["batch.cancelled", "batch.done", "batch.paused", "batch.resumed", "batch.started"],
      ...["call.analyzed", "call.answered", "call.ended", "call.started", "call.transferred"],
      ...["message.taken", "sms.delivered", "sms.failed", "tool.failed", "transfer.progress"],
      "webhook.test",
    ]);
  }));

Deno.test("GET /openapi.json refers only to what it holds, and needs a key where it says so", () =>
  withApi(options, async (server) => {
    const text = await (await server.ask("/openapi.json")).text();
    const api = JSON.parse(text);
    assert.equal(api.openapi, "3.1.0");
    for (const [, name = ""] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      assert.ok(api.components.schemas[name], name);
    }
    const schemes = new Set(Object.keys(api.components.securitySchemes));
    assert.deepEqual(api.security, [...schemes].map((name) => ({ [name]: [] })));
    assert.deepEqual(api.paths["/health"].get.security, []);
  }));

Deno.test("GET /openapi.json describes answers as they really are", () =>
  withApi(options, async (server) => {
    const api = await describe(server);
    await server.remember({ id: "call_a", keyName: "alice" }, {});
    await server.remember({ id: "call_b", keyName: "alice" });
    const validator = new Ajv.Ajv2020({ strict: false, validateFormats: false });
    validator.addSchema({ $id: "api", ...api });
    for (
      const [path, pattern] of [
        ["/api/calls", "/api/calls"],
        ["/api/calls/call_a", "/api/calls/{id}"],
        ["/api/calls/call_b", "/api/calls/{id}"],
        ["/api/calls/call_a/transcript", "/api/calls/{id}/transcript"],
        ["/api/analytics", "/api/analytics"],
        ["/api/calls/call_nothing", "Error"],
      ] as const
    ) {
      const schema = pattern === "Error"
        ? { $ref: "#/components/schemas/Error" }
        : api.paths[pattern]?.["get"]?.responses?.["200"]?.content?.["application/json"]?.schema;
      const validate = validator.compile({ $ref: `api${schema?.$ref}` });
      const answer = await (await server.ask(path, ALICE)).json();
      assert.ok(validate(answer), `${path}: ${JSON.stringify(validate.errors)}`);
    }
  }));

Deno.test("GET /openapi.json is not sent again to who has it", () =>
  withApi(options, async ({ ask }) => {
    const first = await ask("/openapi.json");
    const etag = first.headers.get("etag") ?? "";
    await first.body?.cancel();
    for (const held of [etag, `W/${etag}`, `"other", W/${etag}`]) {
      const again = await ask("/openapi.json", undefined, { headers: { "if-none-match": held } });
      assert.deepEqual([again.status, await again.text()], [304, ""], held);
    }
    const other = await ask("/openapi.json", undefined, { headers: { "if-none-match": 'W/"x"' } });
    assert.equal(other.status, 200);
    await other.body?.cancel();
  }));

Deno.test("the page of the API shows every operation once, under a tag that is known", () =>
  withApi(options, async (server) => {
    const api = await describe(server);
    const shown = operationsOf(api).flatMap(({ operations }) => operations);
    const paths = Object.values(api.paths).flatMap((methods) => Object.keys(methods));
    assert.equal(shown.length, paths.length + Object.keys(api.webhooks ?? {}).length);
    assert.equal(new Set(shown.map(({ id }) => id)).size, shown.length);
    assert.ok(!operationsOf(api).some(({ name }) => name === "Other"));
  }));

Deno.test("the page of the API shows examples that the server takes", () =>
  withApi(options, async (server) => {
    const api = await describe(server);
    const action = operationsOf(api).flatMap(({ operations }) => operations)
      .find(({ path }) => path === "/api/calls/{id}/actions");
    assert.ok(action);
    const command = writeCurl(api, action, "http://localhost");
    assert.match(command, /^curl -X POST 'http:\/\/localhost\/api\/calls\/call_\w+\/actions' \\\n/);
    const schema = action.description.requestBody?.content?.["application/json"]?.schema ?? {};
    assert.equal(resolve(api, schema).name, "CallAction");
    const response = await server.ask("/api/calls/call_a/actions", ALICE, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(exampleOf(api, schema)),
    });
    // Only the call is unknown, the action is not.
    assert.equal(response.status, 404);
    await response.body?.cancel();
  }));

Deno.test("GET /docs loads nothing from elsewhere", () =>
  withApi(options, async ({ ask }) => {
    const page = await ask("/docs");
    const policy = page.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
    const html = await page.text();
    assert.ok(!/(src|href)="(https?:)?\/\//.test(html));
    const addresses = [...html.matchAll(/(?:src|href)="(\/assets\/docs\/[^"]+)"/g)];
    assert.equal(addresses.length, 2);
    for (const [, address = ""] of addresses) {
      const file = await ask(address);
      assert.equal(file.status, 200, address);
      assert.ok(!/https?:\/\//.test(await file.text()), address);
    }
    for (const name of ["nothing.ts", "../index.html", "docs.js", "..%2findex.html"]) {
      assert.equal((await ask(`/docs/${name}`)).status, 404, name);
    }
    for (const name of ["nothing.ts", "docs.js", "..%2findex.html"]) {
      assert.equal((await ask(`/assets/docs/${name}`)).status, 404, name);
    }
  }));
