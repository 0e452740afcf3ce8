import assert from "node:assert/strict";
import { createApp } from "../src/app.ts";
import { AgentsError } from "../src/config/agents.ts";
import { SettingsError } from "../src/config/env.ts";
import { type ApiDocument, operationsOf } from "../src/web/docs/document.ts";
import { account, apiKey, startPhoneServer } from "./support/servers/phoneServer.ts";
import { agentsOf } from "./support/twilio/dialling.ts";
import { hangUp } from "./support/twilio/hangUp.ts";

Deno.test("a phone call in hears the agent and ends with the caller", async () => {
  await using server = await startPhoneServer();
  const call = server.network.call();
  await call.next("streamStarted");
  await call.next("media");
  await call.next("echo");
  assert.equal(server.app.registry.size, 1);
  await hangUp(call);
  assert.deepEqual(call.errors, []);
  assert.equal(server.app.registry.endOf(call.sid)?.end.reason, "caller_hung_up");
  assert.equal(server.app.registry.size, 0);
});

Deno.test("a phone call out is answered by a human and ends up in the same conversation", async () => {
  await using server = await startPhoneServer();
  const answer = await server.post("/api/outbound/initiate", { to: "+14155550123" });
  const placed = await answer.json();
  assert.equal(answer.status, 200);
  assert.equal(placed.success, true);
  assert.match(placed.callSid, /^CA[0-9a-f]{32}$/);
  assert.match(placed.callId, /^call_/);

  const call = await server.network.nextCall();
  await call.next("streamStarted");
  await call.next("media");
  const state = await (await server.request(`/api/outbound/${placed.callSid}`, {
    headers: { "X-API-Key": apiKey },
  })).json();
  assert.equal(state.status, "in-progress");
  assert.equal(state.callId, placed.callId);

  const ended = await server.post(`/api/outbound/${placed.callSid}/hangup`);
  assert.equal((await ended.json()).status, "completed");
  await call.settled;
  assert.equal(server.app.registry.endOf(call.sid)?.end.reason, "operator_hung_up");
});

Deno.test("closing a server twice at once waits for the one end", async () => {
  await using server = await startPhoneServer();
  const { app } = server;
  let closed = false;
  const first = app.close().then(() => closed = true);
  await app.close();
  assert.equal(closed, true);
  await first;
});

Deno.test("a limit in dollars is refused at start where a model's price is not known", async () => {
  const env = { DATABASE_URL: "sqlite::memory:", OPENAI_MODEL: "own-model" };
  for (const name of ["MAX_CALL_USD", "OUTBOUND_DAILY_USD"]) {
    const starting = createApp({ ...env, [name]: "2" }, { engine: { voice: "tone" } });
    await assert.rejects(starting, (error) => {
      assert.ok(error instanceof SettingsError);
      assert.match(error.message, new RegExp(`${name} cannot be kept: .*own-model.*PRICES_FILE`));
      return true;
    });
  }
  const agentFiles = agentsOf({ desk: "---\ntitle: Desk\ntranscription: own-ears\n---\nHelp." });
  await assert.rejects(
    createApp({ DATABASE_URL: env.DATABASE_URL, DEFAULT_AGENT: "desk", MAX_CALL_USD: "2" }, {
      agentFiles,
    }),
    /MAX_CALL_USD cannot be kept: .*own-ears/,
  );
  for (const settings of [env, { ...env, OPENAI_MODEL: "gpt-realtime-2.1", MAX_CALL_USD: "2" }]) {
    await (await createApp(settings, { engine: { voice: "tone" } })).close();
  }
});

Deno.test("case 61: logs of a call show no number, no key and no token", async () => {
  await using server = await startPhoneServer({ env: { LOG_LEVEL: "debug" } });
  const request = { to: "+14155550123", context: "about his knee" };
  const placed = await server.post("/api/outbound/initiate", request);
  assert.equal(placed.status, 200, await placed.text());
  const call = await server.network.nextCall();
  await call.next("media");
  await hangUp(call);
  const lines = server.logged.join("\n");
  assert.match(lines, /Call ended/);
  for (const secret of ["4155550123", "4155550100", account.authToken, apiKey, "knee"]) {
    assert.equal(lines.includes(secret), false, secret);
  }
});

Deno.test("every operation of the API has its place on the page of the API, and is open to listed origins", async () => {
  await using server = await startPhoneServer({
    env: { ALLOWED_ORIGINS: "https://app.example.com" },
  });
  const api: ApiDocument = await (await server.request("/openapi.json")).json();
  assert.deepEqual(operationsOf(api).filter(({ name }) => name === "Other"), []);
  const methods = new Set(Object.values(api.paths).flatMap((path) => Object.keys(path)));
  for (const method of methods) {
    const preflight = await server.request("/api/calls", {
      method: "OPTIONS",
      headers: {
        Origin: "https://app.example.com",
        "Access-Control-Request-Method": method.toUpperCase(),
      },
    });
    const allowed = preflight.headers.get("access-control-allow-methods") ?? "";
    assert.ok(allowed.split(", ").includes(method.toUpperCase()), method);
  }
});

Deno.test("createApp() reports agents with tools that do not exist and a missing default", async () => {
  const agentFiles = agentsOf({ sales: "---\ntitle: Sales\ntools: [fly]\n---\nSell." });
  await assert.rejects(createApp({}, { agentFiles }), (error) => {
    assert.ok(error instanceof AgentsError);
    assert.match(error.message, /sales\.md: line 3: tools\.0: Cannot find the tool fly/);
    assert.match(error.message, /DEFAULT_AGENT is receptionist/);
    return true;
  });
});
