import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { apiKey, otherKey, publicUrl, startPhoneServer } from "../support/servers/phoneServer.ts";
import { get } from "../support/twilio/dialling.ts";
import { hangUp } from "../support/twilio/hangUp.ts";
import { EventReader } from "../support/eventReader.ts";
import { Inbox } from "../support/inbox.ts";
import { until } from "../support/until.ts";

interface ReceivedWebhook {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const admin = "the-admin-secret-0123456789";

/** A whole server that sends webhooks to a receiver. */
async function startWithReceiver() {
  const told = new Inbox<ReceivedWebhook>();
  const receiver = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      told.add(await request.json());
      return new Response(null, { status: 204 });
    },
  );
  const server = await startPhoneServer({
    env: {
      API_KEYS: `ops:${apiKey},other:${otherKey},admin:${admin};scopes=admin`,
      PUBLIC_URL: publicUrl,
      WEBHOOK_URL: `http://127.0.0.1:${receiver.addr.port}/`,
      WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString("base64")}`,
    },
  });
  const ask = (path: string, key: string) =>
    server.request(path, { headers: { "x-api-key": key } });
  return {
    server,
    told,
    ask,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await receiver.shutdown();
    },
  };
}

async function statusOf(asked: Promise<Response>): Promise<number> {
  const response = await asked;
  await response.body?.cancel();
  return response.status;
}

Deno.test("a call is observed, found and reported by its own key only", async () => {
  await using setup = await startWithReceiver();
  const { server, told, ask } = setup;
  const watching = new EventReader(await ask("/api/events", apiKey));
  const placed = await server.post("/api/outbound/initiate", { to: "+14155550123" });
  const { callId } = await placed.json();
  const call = await server.network.nextCall();
  while (call.playedMs < 1000) await call.next("echo");

  assert.equal((await watching.next())?.name, "started");
  const live = await until(
    () => get(server, "/api/calls?status=live"),
    ({ calls }) => calls.length > 0,
  );
  assert.deepEqual(live.calls.map(({ id }: { id: string }) => id), [callId]);

  const action = { type: "hangup" };
  const path = `/api/calls/${callId}/actions`;
  assert.equal(await statusOf(server.post(path, action, otherKey)), 404);
  assert.equal(await statusOf(server.post(path, action)), 202);
  await call.settled;

  const ended = await told.find(({ type }) => type === "call.ended");
  const record = await (await ask(`/api/calls/${callId}`, apiKey)).json();
  // Those are of live calls alone.
  const { costSoFar, transferNames, ...rest } = record;
  assert.deepEqual([costSoFar, transferNames], [null, []]);
  assert.deepEqual(ended.data, rest);
  assert.equal(record.end.reason, "operator_hung_up");
  assert.equal(record.direction, "outbound");
  assert.equal(record.to, "+14155550123");
  assert.ok(record.turns.length > 0, "the greeting was heard");
  assert.ok(told.all.some(({ type }) => type === "call.answered"));
  assert.equal(told.all.filter(({ type }) => type === "call.ended").length, 1);

  assert.equal(await statusOf(ask(`/api/calls/${callId}`, otherKey)), 404);
  assert.equal(await statusOf(ask(`/api/calls/${callId}`, admin)), 200);
  const figures = await (await ask("/metrics", admin)).text();
  assert.match(figures, /parley_calls_ended_total\{reason="operator_hung_up"\} 1\n/);
  await watching.close();
});

Deno.test("an inbound call is visible to admins, and its caller can be erased", async () => {
  await using setup = await startWithReceiver();
  const { server, told, ask } = setup;
  const call = server.network.call();
  await call.next("media");
  await hangUp(call);
  await told.find(({ type }) => type === "call.ended");
  const { calls: [record] } = await (await ask("/api/calls", admin)).json();
  assert.equal(record.direction, "inbound");
  assert.deepEqual((await (await ask("/api/calls", apiKey)).json()).calls, []);
  const erased = await server.request(`/api/callers/${encodeURIComponent(record.from)}`, {
    method: "DELETE",
    headers: { "x-api-key": admin },
  });
  assert.equal((await erased.json()).calls, 1);
  assert.equal(await statusOf(ask(`/api/calls/${record.id}`, admin)), 404);
});

Deno.test("a revoked key is refused everywhere", async () => {
  await using setup = await startWithReceiver();
  const { server, ask } = setup;
  const revoke = await server.post("/api/keys/ops/revoke", undefined, admin);
  assert.deepEqual(await revoke.json(), {
    name: "ops",
    role: null,
    scopes: ["calls:create", "calls:read", "calls:listen"],
    expiresAt: null,
    origins: null,
    revoked: true,
    liveCalls: 0,
    endingCalls: 0,
  });
  const { keys } = await (await ask("/api/keys", admin)).json();
  assert.deepEqual(keys.map(({ revoked }: { revoked: boolean }) => revoked), [true, false, false]);
  const refusals = await Promise.all([
    ask("/api/calls", apiKey),
    server.post("/api/outbound/initiate", { to: "+14155550123" }),
    server.post("/api/web/session"),
  ]);
  for (const refused of refusals) {
    assert.deepEqual([refused.status, (await refused.json()).code], [401, "key_revoked"]);
  }
  assert.equal(await statusOf(server.post("/api/keys/nobody/revoke", undefined, admin)), 404);
  const unclear = server.post("/api/keys/other/revoke?endCalls=yes", undefined, admin);
  assert.equal(await statusOf(unclear), 422);
  assert.equal(await statusOf(server.post("/api/keys/other/revoke", undefined, otherKey)), 403);
});
