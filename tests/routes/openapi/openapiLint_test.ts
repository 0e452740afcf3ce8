import assert from "node:assert/strict";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { startPhoneServer } from "../../support/servers/phoneServer.ts";

/** `/api/outbound/batch/{id}` and `/api/outbound/{id}/hangup`: no id is "batch". */
const ACCEPTED = ["no-ambiguous-paths"];

Deno.test("case 180: a public linter finds nothing wrong with the OpenAPI document", async () => {
  await using server = await startPhoneServer();
  const source = await (await server.request("/openapi.json")).text();
  const problems = await lintFromString({
    source,
    absoluteRef: "openapi.json",
    config: await createConfig({ extends: ["recommended"] }),
  });
  const told = problems.filter(({ ruleId }) => !ACCEPTED.includes(ruleId))
    .map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`);
  assert.deepEqual(told, []);
});

Deno.test("case 180: every operation has a name that a client's method can have, and no two the same", async () => {
  await using server = await startPhoneServer();
  const { paths, webhooks } = await (await server.request("/openapi.json")).json();
  const names = Object.values<Record<string, { readonly operationId?: string }>>({
    ...paths,
    ...webhooks,
  }).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId ?? ""));
  assert.ok(names.length > 30);
  for (const name of names) assert.match(name, /^[a-z]+([A-Z][a-z]+)+$/);
  assert.equal(new Set(names).size, names.length);
  for (const name of ["listCalls", "getCall", "placeCall", "placeBatch", "createWebSession"]) {
    assert.ok(names.includes(name), name);
  }
});
