import assert from "node:assert/strict";
import {
  callee,
  callUntil,
  initiate,
  ringing,
  startBeside,
  statusOf,
  temporaryDatabase,
} from "../support/twilio/dialling.ts";
import { otherKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";

const same = { requestKey: "order-17" };

Deno.test("100 identical requests at once place one call, and all get the same answer", async () => {
  await using server = await startPhoneServer(ringing);
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => initiate(server, undefined, same)),
  );
  const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())));
  assert.equal(bodies.size, 1);
  assert.ok(answers.every(({ status }) => status === 200));
  const later = await initiate(server, undefined, same);
  assert.equal(await later.text(), [...bodies][0]);
  assert.equal(server.network.calls.length, 1);
});

Deno.test("identical requests to two servers on one store place one call", async () => {
  await using database = await temporaryDatabase();
  const { env } = database;
  await using server = await startPhoneServer({ env, ...ringing });
  await using second = await startBeside(server, env);
  server.api.failNext({ kind: "slow", delayMs: 300 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => initiate(n % 2 === 0 ? server : second, undefined, same)),
  );
  const bodies = new Set(await Promise.all(answers.map((answer) => answer.text())));
  assert.equal(bodies.size, 1, [...bodies].join("\n"));
  assert.equal(server.network.calls.length, 1);
});

Deno.test("the same key with another request is refused, of another API key it is another one", async () => {
  await using server = await startPhoneServer(ringing);
  const first = await (await initiate(server, undefined, same)).json();
  const other = await initiate(server, { to: callee, context: "else" }, same);
  assert.deepEqual(await problemOf(other), [422, "idempotency_key_reused"]);
  server.api.failNext({ kind: "slow", delayMs: 300 });
  const races = await Promise.all(
    ["a", "b"].map((context) =>
      initiate(server, { to: callee, context }, { requestKey: "order-18" })
    ),
  );
  assert.deepEqual(races.map(({ status }) => status).sort(), [200, 422]);
  for (const race of races) await race.body?.cancel();
  const foreign = await (await initiate(server, undefined, { ...same, key: otherKey })).json();
  assert.notEqual(foreign.callId, first.callId);
  for (const requestKey of ["a b", "x".repeat(256), "é"]) {
    const init = { requestKey: requestKey === "é" ? "\u00e9" : requestKey };
    assert.deepEqual(await problemOf(await initiate(server, undefined, init)), [
      422,
      "invalid_request",
    ]);
  }
});

Deno.test("what was refused may be asked for again under the same key", async () => {
  await using server = await startPhoneServer(ringing);
  server.api.failNext({ kind: "refused", code: 21219, message: "not verified" });
  const refused = await initiate(server, undefined, same);
  assert.deepEqual(await problemOf(refused), [403, "destination_not_verified"]);
  assert.equal(await statusOf(initiate(server, undefined, same)), 200);
});

Deno.test("case 57: a create that times out is unknown, found again and never repeated", async () => {
  await using server = await startPhoneServer({
    ...ringing,
    overrides: { twilioTimeoutMs: 200, engine: { voice: "tone", speed: 20 } },
    network: { ...ringing.network, callbacks: { dropRate: 1 } },
  });
  server.api.failNext({ kind: "silent", placed: true });
  const answer = await initiate(server, undefined, same);
  assert.equal(answer.status, 504);
  const { code, details: { callId } } = await answer.json();
  assert.equal(code, "outcome_unknown");
  assert.deepEqual(await problemOf(await initiate(server, undefined, same)), [
    504,
    "outcome_unknown",
  ]);
  await callUntil(server, callId, ({ status }) => status === "unknown");

  const found = await callUntil(server, callId, ({ callSid }) => callSid !== undefined);
  assert.equal(found.callSid, server.network.calls[0]?.sid);
  const again = await initiate(server, undefined, same);
  assert.deepEqual(await again.json(), { success: true, callSid: found.callSid, callId });
  assert.equal(server.network.calls.length, 1);
});

Deno.test("case 57: a call of unknown outcome that rings after all is talked with", async () => {
  await using server = await startPhoneServer({
    overrides: { twilioTimeoutMs: 200, engine: { voice: "tone", speed: 20 } },
    network: { callbacks: { dropRate: 1 } },
  });
  server.api.failNext({ kind: "silent", placed: true });
  const answer = await initiate(server, undefined, same);
  const { details: { callId } } = await answer.json();
  const call = await server.network.nextCall();
  await call.next("media");
  const { callSid } = await (await initiate(server, undefined, same)).json();
  assert.equal(callSid, call.sid);
  assert.equal(server.app.registry.get(callId)?.callSid, call.sid);
});

Deno.test("a create without an answer counts as placed once a callback names the call", async () => {
  await using server = await startPhoneServer({
    ...ringing,
    overrides: { twilioTimeoutMs: 500, engine: { voice: "tone", speed: 20 } },
  });
  server.api.failNext({ kind: "silent", placed: true });
  const answer = await initiate(server, undefined, same);
  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).callSid, server.network.calls[0]?.sid);
});
