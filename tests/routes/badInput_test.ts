import assert from "node:assert/strict";
import { type Operation, operationsOf } from "../../src/web/docs/document.ts";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";

const env = {
  API_KEYS: ["", "-1", "-2", "-3", "-4"]
    .map((end) => `boss${end}:${apiKey}${end};scopes=admin`).join(","),
  WEBHOOK_URL: "http://127.0.0.1:9/",
  WEBHOOK_SECRET: `whsec_${btoa("x".repeat(24))}`,
};
const withKey = { "X-API-Key": apiKey };

/** What no id, number, name, date, cursor or count can be, in a path or a query. */
const nonsense = [
  "%00",
  "%ff%fe",
  "%ED%A0%80",
  "a%20b%27%22%3C%3E",
  "..%2f..%2fetc%2fpasswd",
  "%D9%A1%D9%A4%D9%A1%D9%A5",
  "%2B%D9%A1%D9%A4%D9%A1%D9%A5%D9%A5%D9%A5%D9%A5%D9%A0%D9%A1%D9%A2%D9%A3",
  "%2B14155550123%20ext%205",
  "x".repeat(3000),
];
/** Parameters that mean something by whatever people write. */
const freeTexts: ReadonlySet<string> = new Set(["words", "tag"]);
/** Names that every object inherits: they may be well-formed, and are nothing to find. */
const inherited = ["__proto__", "constructor", "toString"];

const bodies: readonly (readonly [what: string, body: BodyInit, status: number, code: string])[] = [
  ["no JSON", "{", 400, "malformed_json"],
  ["deep JSON", "[".repeat(500), 400, "json_too_deep"],
  ["__proto__", '{"__proto__":{"to":"+14155550123"}}', 400, "forbidden_key"],
  ["__proto__ further down", '{"a":[{"__proto__":1}]}', 400, "forbidden_key"],
  ["half a character", '{"a":"\\ud800"}', 400, "invalid_unicode"],
  ["bytes that are no text", new Uint8Array([0x22, 0xff, 0xfe, 0x22]), 400, "invalid_utf8"],
  ["a huge body", JSON.stringify("x".repeat(5_000_000)), 413, "body_too_large"],
];
const wrongKinds = ["[]", "null", "7", '"to"', "true", '{"unheard_of":1}'];

async function operationsAt(server: TestServer): Promise<readonly Operation[]> {
  const api = await (await server.request("/openapi.json")).json();
  return operationsOf(api).flatMap(({ operations }) => operations)
    .filter(({ method }) => method !== "EVENT");
}

/** An address with something well-formed for each parameter, or with `value` for the given one. */
function addressOf({ path }: Operation, name?: string, value = ""): string {
  const usual = {
    id: "call_none",
    number: "%2B14155550199",
    name: "nobody",
    version: "0123456789ab",
    tool: "nothing",
    tag: "none",
  };
  return path.replaceAll(
    /\{(\w+)\}/g,
    (_, each: keyof typeof usual) => each === name ? value : usual[each],
  );
}

function parametersOf({ description }: Operation, where: string): readonly string[] {
  return (description.parameters ?? []).filter((each) => each.in === where)
    .map(({ name }) => name);
}

/** Nothing was placed, begun, listed or kept by all that. */
async function assertUntouched(server: TestServer): Promise<void> {
  assert.equal(server.network.calls.length, 0);
  assert.equal(server.app.registry.size, 0);
  const list = async (path: string) =>
    await (await server.request(path, { headers: withKey })).json();
  assert.deepEqual((await list("/api/calls")).calls, []);
  assert.deepEqual((await list("/api/do-not-call")).numbers, []);
  assert.deepEqual((await list("/api/keys")).keys.filter((key: object) => "revokedAt" in key), []);
  assert.deepEqual(server.logged.filter((line) => line.includes("Request failed")), []);
}

Deno.test("every route with an id, a number or a name in its path refuses what can be none", async () => {
  await using server = await startPhoneServer({ env });
  let tried = 0;
  for (const operation of await operationsAt(server)) {
    for (const name of parametersOf(operation, "path")) {
      for (const value of [...nonsense, ...inherited]) {
        const address = addressOf(operation, name, value);
        // One key alone may not ask so often.
        const headers = { "X-API-Key": `${apiKey}-${tried % 4 + 1}` };
        const answer = await server.request(address, {
          method: operation.method,
          headers: { ...headers, "Content-Type": "application/json" },
          ...(operation.description.requestBody !== undefined && { body: '{"type":"hangup"}' }),
        });
        const [status] = await problemOf(answer);
        const refused = [400, 404, 414, 422].includes(status);
        assert.ok(refused, `${operation.method} ${address.slice(0, 80)}: ${status}`);
        tried++;
      }
    }
  }
  assert.ok(tried > 100, `${tried}`);
  await assertUntouched(server);
});

Deno.test("every route with a query refuses what it cannot mean, and what it does not know", async () => {
  await using server = await startPhoneServer({ env });
  let tried = 0;
  for (const operation of await operationsAt(server)) {
    const names = parametersOf(operation, "query").filter((name) => !freeTexts.has(name));
    for (const name of names.length > 0 ? [...names, "unheard_of", "__proto__"] : []) {
      for (const value of nonsense) {
        const address = `${addressOf(operation)}?${name}=${value}`;
        // One key alone may not ask so often.
        const headers = { "X-API-Key": `${apiKey}-${tried % 4 + 1}` };
        const answer = await server.request(address, { headers });
        const [status] = await problemOf(answer);
        const refused = status === 422 || (status === 404 && operation.path.includes("{"));
        assert.ok(refused, `${operation.method} ${address.slice(0, 80)}: ${status}`);
        tried++;
      }
    }
  }
  assert.ok(tried > 100, `${tried}`);
  await assertUntouched(server);
});

Deno.test("every route that takes a body refuses those that are none, and does nothing", async () => {
  await using server = await startPhoneServer({ env });
  const takers = (await operationsAt(server))
    .filter(({ description }) => description.requestBody !== undefined);
  assert.ok(takers.length >= 5);
  for (const operation of takers) {
    const send = (body: BodyInit, type = "application/json") =>
      server.request(addressOf(operation), {
        method: operation.method,
        headers: { ...withKey, "Content-Type": type },
        body,
      });
    for (const [what, body, ...expected] of bodies) {
      assert.deepEqual(await problemOf(await send(body)), expected, `${operation.path}: ${what}`);
    }
    for (const body of wrongKinds) {
      const [status] = await problemOf(await send(body));
      assert.equal(status, 422, `${operation.path}: ${body}`);
    }
    for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
      const [status] = await problemOf(await send('{"to":"+14155550123"}', type));
      assert.equal(status, 415, `${operation.path}: ${type}`);
    }
  }
  await assertUntouched(server);
});

Deno.test("no route but those for everybody answers without a key, whatever hosts and addresses are claimed", async () => {
  await using server = await startPhoneServer({ env });
  const open = new Set(["/health", "/ready"]);
  for (const operation of await operationsAt(server)) {
    if (open.has(operation.path)) continue;
    for (const key of [undefined, "a-guess-of-sixteen-or-more", "", "\u00e9".repeat(20)]) {
      const answer = await server.request(addressOf(operation), {
        method: operation.method,
        headers: {
          "X-Forwarded-For": "127.0.0.1",
          "X-Forwarded-Host": "localhost",
          "Forwarded": "for=127.0.0.1;host=localhost",
          ...(key !== undefined && { "X-API-Key": key }),
        },
      });
      const [status] = await problemOf(answer);
      assert.ok(status === 401 || status === 429, `${operation.path}: ${status}`);
    }
  }
  assert.equal(server.network.calls.length, 0);
  assert.equal(server.app.registry.size, 0);
});

Deno.test("case 59: calls over SIP are not offered: a webhook that tells of one finds nobody and opens nothing", async () => {
  await using server = await startPhoneServer({ env });
  for (const type of ["realtime.call.incoming", "live.call.incoming"]) {
    for (const path of ["/openai", "/openai/webhook", "/api/openai/webhook", "/webhooks/openai"]) {
      const answer = await server.request(path, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "webhook-id": "wh_1",
          "webhook-timestamp": "1",
          "webhook-signature": "v1,AAAA",
        },
        body: JSON.stringify({ type, data: { call_id: "rtc_1" } }),
      });
      assert.deepEqual(await problemOf(answer), [404, "not_found"]);
    }
  }
  await assertUntouched(server);
});
