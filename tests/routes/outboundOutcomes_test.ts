import assert from "node:assert/strict";
import {
  callee,
  get,
  initiate,
  initiateDialled,
  ringing,
  slowPace,
  startBeside,
  statusOf,
  temporaryDatabase,
} from "../support/twilio/dialling.ts";
import {
  apiKey,
  otherKey,
  startPhoneServer,
  type TestServer,
} from "../support/servers/phoneServer.ts";
import { until } from "../support/until.ts";

const API_KEYS = `ops:${apiKey};scopes=admin,other:${otherKey}`;
const last = "+14155550124";
const retry = { on: ["failed"], times: 1, afterMinutes: 1 };

/** A call that waits for its turn, behind another one. */
async function queued(server: TestServer, key = otherKey): Promise<string> {
  await initiateDialled(server, { to: callee }, { key: apiKey });
  const answer = await initiate(server, { to: last, retry }, { key });
  assert.equal(answer.status, 202);
  return (await answer.json()).callId;
}

async function assertNotDialled(
  server: Pick<TestServer, "request">,
  callId: string,
  detail: string,
): Promise<void> {
  const call = await until(
    () => get(server, `/api/outbound/${callId}`, apiKey),
    ({ outcome }) => outcome !== undefined,
  );
  assert.deepEqual([call.status, call.outcome, call.detail], ["failed", "failed", detail]);
  assert.equal(call.retriedBy, undefined, "it would come to the same");
}

Deno.test("a call whose key is revoked while it waits is not dialled", async () => {
  const pace = slowPace();
  await using server = await startPhoneServer({
    ...pace,
    env: { ...pace.env, API_KEYS },
    ...ringing,
  });
  const callId = await queued(server);
  assert.equal(await statusOf(server.post("/api/keys/other/revoke")), 200);
  pace.nextSecond();
  await assertNotDialled(server, callId, "key_revoked");
  assert.deepEqual(server.network.calls.map(({ to }) => to), [callee]);
});

Deno.test("a call whose number comes on the do-not-call list while it waits is not dialled", async () => {
  const pace = slowPace();
  await using server = await startPhoneServer({
    ...pace,
    env: { ...pace.env, API_KEYS },
    ...ringing,
  });
  const callId = await queued(server);
  const put = server.request(`/api/do-not-call/${last}`, {
    method: "PUT",
    headers: { "X-API-Key": apiKey },
  });
  assert.ok(await statusOf(put) < 300);
  pace.nextSecond();
  await assertNotDialled(server, callId, "do_not_call");
  assert.deepEqual(server.network.calls.map(({ to }) => to), [callee]);
});

const meanwhile = {
  "whose key has expired": {
    env: { API_KEYS: `ops:${apiKey};scopes=admin,other:${otherKey};expires=2020-01-01` },
    detail: "key_expired",
  },
  "whose key has been taken away": {
    env: { API_KEYS: `ops:${apiKey};scopes=admin` },
    detail: "key_removed",
  },
  "for which the hours are over": {
    env: { OUTBOUND_HOURS: closedHours() },
    detail: "outside_hours",
  },
};

for (const [what, { env, detail }] of Object.entries(meanwhile)) {
  Deno.test(`a call ${what} when its turn comes is not dialled`, async () => {
    await using database = await temporaryDatabase();
    const pace = slowPace();
    const before = { ...pace.env, API_KEYS, DATABASE_URL: database.url };
    await using server = await startPhoneServer({ ...pace, env: before, ...ringing });
    const callId = await queued(server);
    await server.app.close();
    await using next = await startBeside(server, { ...before, ...env });
    await assertNotDialled(next, callId, detail);
    assert.deepEqual(server.network.calls.map(({ to }) => to), [callee]);
  });
}

Deno.test("the calls of a batch wait for the hours of the day", async () => {
  await using server = await startPhoneServer({
    env: { OUTBOUND_PER_SECOND: "1", API_KEYS, OUTBOUND_HOURS: closedHours() },
    ...ringing,
  });
  const batch = await (await server.post("/api/outbound/batch", { calls: [{ to: last }] })).json();
  const { results: [item] } = await until(
    () => get(server, `/api/outbound/batches/${batch.batchId}/results`),
    ({ results }) => results[0].dueAt !== null,
  );
  assert.ok(item.state === "pending" && Date.parse(item.dueAt) > Date.now());
  assert.equal(server.network.calls.length, 0);
});

/** Some hours of the day that it is not now where the callee is. */
function closedHours(): string {
  const hour = Number(
    new Date().toLocaleTimeString("en-GB", { timeZone: "America/Los_Angeles", hour: "2-digit" }),
  );
  return hour >= 12 ? "00:00-08:00" : "16:00-20:00";
}
