import assert from "node:assert/strict";
import type { Script } from "../../src/sim/openai/scripts.ts";
import { agentsOf, callee, get, initiate, statusOf } from "../support/twilio/dialling.ts";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

const admin = "the-admin-secret-0123456789";
const env = { API_KEYS: `ops:${apiKey},boss:${admin};scopes=admin` };
const path = `/api/do-not-call/${callee}`;

Deno.test("a number on the do-not-call list is not dialled until it is taken off", async () => {
  await using server = await startPhoneServer({ env });
  const ask = (method: string, key: string, body?: string) =>
    server.request(path, {
      method,
      headers: {
        "X-API-Key": key,
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body }),
    });
  assert.deepEqual(await problemOf(await ask("PUT", apiKey)), [403, "scope_missing"]);
  assert.deepEqual(await problemOf(await ask("GET", admin)), [404, "not_listed"]);
  const put = await (await ask("PUT", admin, '{"reason":"asked by letter"}')).json();
  assert.deepEqual([put.number, put.addedBy, put.reason], [callee, "boss", "asked by letter"]);
  assert.deepEqual(await problemOf(await initiate(server)), [403, "do_not_call"]);
  assert.equal((await get(server, "/api/do-not-call", admin)).numbers[0].number, callee);
  const batch = await server.post("/api/outbound/batch", { calls: [{ to: callee }] });
  assert.equal((await batch.json()).refused[0].code, "do_not_call");

  assert.equal(await statusOf(ask("PUT", admin)), 200, "without a body");
  assert.equal(await statusOf(ask("PUT", admin, "")), 200, "with nothing that is called JSON");
  assert.equal(await statusOf(ask("PUT", admin, '{"reason":5}')), 422);
  assert.equal(await statusOf(ask("DELETE", admin)), 204);
  assert.deepEqual(await problemOf(await ask("DELETE", admin)), [404, "not_listed"]);
  assert.equal(await statusOf(initiate(server)), 200);
  const odd = await server.request("/api/do-not-call/911", { headers: { "X-API-Key": admin } });
  assert.deepEqual(await problemOf(odd), [422, "invalid_request"]);
});

Deno.test("the agent puts its caller on the list when asked to during a call", async () => {
  await using server = await startAsked();
  const call = server.network.call({ from: callee });
  await call.next("streamStarted");
  server.app.registry.byCallSid(call.sid)?.input({ type: "typed", text: "Do not call me again." });
  const entry = await until(() => get(server, path, admin), ({ number }) => number === callee);
  assert.equal(entry.addedBy, "receptionist");
  assert.deepEqual(await problemOf(await initiate(server)), [403, "do_not_call"]);
  await hangUp(call);
});

const unproven = "asked in a call from a number that the phone network does not vouch for";

for (
  const [stirVerstat, reason] of [
    ["TN-Validation-Passed-A", "asked in a call"],
    ["TN-Validation-Passed-A-Passthrough", "asked in a call"],
    ["TN-Validation-Passed-B", unproven],
    ["TN-Validation-Failed-A", unproven],
    ["No-TN-Validation", unproven],
    [undefined, unproven],
  ] as const
) {
  Deno.test(`case 130: who asks under a number with ${stirVerstat} is listed as ${reason}`, async () => {
    await using server = await startAsked();
    const call = server.network.call({
      from: callee,
      ...(stirVerstat !== undefined && { stirVerstat }),
    });
    await call.next("streamStarted");
    server.app.registry.byCallSid(call.sid)?.input({ type: "typed", text: "Never again." });
    const entry = await until(() => get(server, path, admin), ({ number }) => number === callee);
    assert.equal(entry.reason, reason);
    await hangUp(call);
  });
}

Deno.test("no call is placed outside the calling hours of the callee's zone", async () => {
  const minute = new Date().toLocaleTimeString("en-GB", {
    timeZone: "America/Los_Angeles",
    hour: "2-digit",
    minute: "2-digit",
  });
  const hour = Number(minute.slice(0, 2));
  const text = (at: number) => String(at).padStart(2, "0");
  const closed = hour >= 12 ? "00:00-08:00" : "16:00-20:00";
  await using server = await startPhoneServer({ env: { OUTBOUND_HOURS: closed } });
  const answer = await initiate(server);
  assert.equal(answer.status, 403);
  const { code, details } = await answer.json();
  assert.equal(code, "outside_calling_hours");
  assert.ok(Date.parse(details[0].opensAt) > Date.now());
  assert.equal(server.network.calls.length, 0);

  const open = `${text(Math.max(0, hour - 1))}:00-${text(Math.min(24, hour + 2))}:00`;
  await using other = await startPhoneServer({ env: { OUTBOUND_HOURS: open } });
  assert.equal(await statusOf(initiate(other)), 200);
});

/** An agent that puts every caller who writes on the list. */
function startAsked() {
  const asked: Script = ({ cause }) =>
    cause.type === "text"
      ? { tools: [{ name: "do_not_call", arguments: "{}" }] }
      : { say: "You are on the list." };
  const receptionist = "---\ntitle: Desk\ntools: [do_not_call]\n---\nHelp.";
  return startPhoneServer({
    env,
    overrides: {
      agentFiles: agentsOf({ receptionist }),
      engine: { voice: "tone", speed: 20, script: asked },
    },
  });
}
