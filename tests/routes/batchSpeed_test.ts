import assert from "node:assert/strict";
import { apiKey, startPhoneServer, type TestServer } from "../support/servers/phoneServer.ts";

const path = "/api/outbound/batches";
const bossKey = "the-secret-of-who-may-do-all";
const LINES = 1500;

/** Every line has an id and another number. */
const table = [
  "phone,id",
  ...Array.from({ length: LINES }, (_, at) => `+1415666${String(at).padStart(4, "0")},crm-${at}`),
].join("\n");

function send(server: TestServer, to: string): Promise<Response> {
  return server.request(to, {
    method: "POST",
    headers: { "X-API-Key": apiKey, "Content-Type": "text/csv" },
    body: table,
  });
}

/** How many messages the store's thread gets while something is done. */
async function messagesOf(work: () => Promise<void>): Promise<number> {
  const { postMessage } = Worker.prototype;
  let sent = 0;
  Worker.prototype.postMessage = function (this: Worker, ...message: unknown[]): void {
    sent++;
    Reflect.apply(postMessage, this, message);
  };
  try {
    await work();
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
  return sent;
}

Deno.test("the store is asked once for hundreds of lines of a batch", async () => {
  await using server = await startPhoneServer({ env: { OUTBOUND_PER_NUMBER_DAILY: "3" } });
  const sent = await messagesOf(async () => {
    const { accepted } = await (await send(server, `${path}/preview`)).json();
    assert.equal(accepted, LINES);
    const options = encodeURIComponent(JSON.stringify({ paused: true }));
    const created = await (await send(server, `${path}?options=${options}`)).json();
    assert.equal(created.accepted, LINES);
  });
  assert.ok(sent < LINES / 10, `${sent} messages for ${LINES} lines`);
});

Deno.test("what the store knows of some lines holds for these alone", async () => {
  await using server = await startPhoneServer({
    env: { API_KEYS: `ops:${apiKey},boss:${bossKey};scopes=admin` },
  });
  const listed = `+1415666${String(LINES - 1).padStart(4, "0")}`;
  const entry = await server.request(`/api/do-not-call/${listed}`, {
    method: "PUT",
    headers: { "X-API-Key": bossKey },
  });
  assert.equal(entry.status, 200);
  await entry.body?.cancel();
  const { calls, refused } = await (await send(server, `${path}/preview`)).json();
  assert.equal(refused, 1);
  const { index, to, state, reason } = calls.at(-1);
  assert.deepEqual([index, to, state, reason], [LINES - 1, listed, "refused", "do_not_call"]);
});
