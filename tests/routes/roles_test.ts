import assert from "node:assert/strict";
import { createApp } from "../../src/app.ts";
import { createLogger } from "../../src/utils/logger.ts";

const log = createLogger({ level: "silent", format: "json", write: () => {}, now: Date.now });
const secretOf = (name: string) => `${name}-secret-0123456789`;

Deno.test("a role decides what a key reads, and what it changes", async () => {
  await using server = await serve();
  const { ask } = server;
  const reading = [
    "/api/calls",
    "/api/calls.csv",
    "/api/analytics",
    "/api/agents",
    "/api/agents/receptionist/tools",
    "/api/appointments",
    "/api/messages",
    "/api/sms",
    "/api/do-not-call",
    "/api/setup",
    "/api/webhooks/deliveries",
  ];
  for (const path of reading) {
    for (const role of ["viewer", "operator", "admin"]) {
      assert.equal(await ask(role, "GET", path), "200", `${role} ${path}`);
    }
  }
  const call = "/api/calls/call_1";
  const number = "/api/do-not-call/+14155550123";
  const operating = [
    ["PUT", number],
    ["DELETE", number],
    ["POST", `${call}/listen`],
    ["PUT", `${call}/tags/vip`],
    ["DELETE", "/api/messages/msg_1"],
    ["DELETE", "/api/appointments/apt_1"],
    ["POST", `${call}/actions`, { type: "hangUp" }],
    ["POST", "/api/outbound/initiate", { to: "+14155550123" }],
  ] as const;
  for (const [method, path, body] of operating) {
    assert.equal(await ask("viewer", method, path, body), "403 scope_missing", path);
    for (const role of ["operator", "admin"]) {
      assert.doesNotMatch(await ask(role, method, path, body), /scope_missing/, `${role} ${path}`);
    }
  }
  const administering = [
    ["DELETE", call],
    ["DELETE", "/api/callers/+14155550123"],
    ["DELETE", `${call}/recording`],
    ["GET", `${call}/journal`],
    ["GET", "/api/keys"],
    ["GET", "/api/agents/receptionist/versions/0123456789ab"],
    ["POST", "/api/agents/receptionist/versions/0123456789ab/restore"],
  ] as const;
  for (const [method, path] of administering) {
    for (const role of ["viewer", "operator"]) {
      assert.equal(await ask(role, method, path), "403 scope_missing", `${role} ${path}`);
    }
    assert.doesNotMatch(await ask("admin", method, path), /scope_missing/, path);
  }
});

Deno.test("a key without a role keeps its own calls, and listens to them", async () => {
  await using server = await serve();
  assert.equal(await server.ask("plain", "GET", "/api/calls"), "200");
  assert.equal(await server.ask("plain", "GET", "/api/calls?key=viewer"), "403 scope_missing");
  assert.equal(await server.ask("viewer", "GET", "/api/calls?key=plain"), "200");
  const listening = server.ask("plain", "POST", "/api/calls/call_1/listen");
  assert.equal(await listening, "404 unknown_call");
  for (const path of ["/api/do-not-call", "/api/setup", "/api/messages", "/api/appointments"]) {
    assert.equal(await server.ask("plain", "GET", path), "403 scope_missing", path);
  }
});

Deno.test("GET /api/me says whose key it is, and what it may do", async () => {
  await using server = await serve();
  const me = async (name: string) => await (await server.request(name, "GET", "/api/me")).json();
  const viewer = await me("viewer");
  assert.deepEqual([viewer.name, viewer.role], ["viewer", "viewer"]);
  assert.deepEqual(viewer.may, viewer.scopes);
  const admin = await me("admin");
  assert.deepEqual([admin.role, admin.scopes], ["admin", ["admin"]]);
  assert.ok(admin.may.includes("calls:listen"));
  const plain = await me("plain");
  assert.equal(plain.role, null);
  assert.deepEqual(plain.may, ["calls:create", "calls:read", "calls:listen"]);
  assert.equal(await server.ask("unknown", "GET", "/api/me"), "401 invalid_key");
});

/** A server with a key of each role, and one without. */
async function serve() {
  const app = await createApp({
    DATABASE_URL: "sqlite::memory:",
    API_KEYS: ["viewer", "operator", "admin"].map((role) =>
      `${role}:${secretOf(role)};role=${role}`
    )
      .concat(`plain:${secretOf("plain")}`).join(","),
  }, { log, engine: { voice: "tone" } });
  async function request(name: string, method: string, path: string, body?: unknown) {
    return await app.fetch(
      new Request(`http://127.0.0.1${path}`, {
        method,
        headers: { "X-API-Key": secretOf(name), "Content-Type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
      { remoteAddress: "127.0.0.1" },
    );
  }
  return {
    request,
    /** The status, and the code of an error. */
    async ask(name: string, method: string, path: string, body?: unknown): Promise<string> {
      const response = await request(name, method, path, body);
      if (response.ok) {
        await response.body?.cancel();
        return String(response.status);
      }
      return `${response.status} ${(await response.json()).code}`;
    },
    [Symbol.asyncDispose]: () => app.close(),
  };
}
