import assert from "node:assert/strict";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { startPhoneServer } from "../../support/servers/phoneServer.ts";
import { startSignInServer } from "../../support/servers/signInServer.ts";

/** `/api/outbound/batch/{id}` and `/api/outbound/{id}/hangup`: no id is "batch". */
const ACCEPTED = ["no-ambiguous-paths"];

Deno.test("case 180: a public linter finds nothing wrong with the OpenAPI document", async () => {
  await using server = await startPhoneServer();
  const source = await (await server.request("/openapi.json")).text();
  assert.deepEqual(await faultsOf(source), []);
});

Deno.test("where people sign in, the OpenAPI document names the cookie of their sessions", async () => {
  for (const PUBLIC_URL of ["", "https://calls.example.com"]) {
    await using server = await startSignInServer({ env: { PUBLIC_URL } });
    const source = await (await server.request("/openapi.json")).text();
    assert.deepEqual(await faultsOf(source), []);
    const { components, security } = JSON.parse(source);
    const { type, in: place, name } = components.securitySchemes.session;
    const expected = PUBLIC_URL === "" ? "parley_session" : "__Host-parley_session";
    assert.deepEqual([type, place, name], ["apiKey", "cookie", expected]);
    assert.deepEqual(security.at(-1), { session: [] });
  }
});

async function faultsOf(source: string): Promise<readonly string[]> {
  const problems = await lintFromString({
    source,
    absoluteRef: "openapi.json",
    config: await createConfig({ extends: ["recommended"] }),
  });
  return problems.filter(({ ruleId }) => !ACCEPTED.includes(ruleId))
    .map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`);
}

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
