import assert from "node:assert/strict";
import type { ClientMessage, ServerMessage } from "../../src/protocol/web.ts";
import { Inbox } from "../support/inbox.ts";
import { until } from "../support/until.ts";
import { apiKey } from "../support/servers/phoneServer.ts";
import {
  runServerProcess,
  type ServerProcess,
  startServerProcess,
} from "../support/servers/serverProcess.ts";
import { voiceOf } from "../support/servers/phoneRig.ts";
import { detail, heard, liveCalls, ring, startProcessRig } from "../support/servers/processRig.ts";
import { hangUp } from "../support/twilio/hangUp.ts";

Deno.test("started as an operator does, the server talks with browsers and phones, and keeps records", async () => {
  await using rig = await startProcessRig();
  const { server } = rig;
  assert.match(server.screen, /Phone +on: \+14155550100/);
  assert.match(server.screen, /API +on/);

  const phone = await ring(rig);
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  await hangUp(phone);
  assert.deepEqual(phone.errors, []);

  const talk = await openWebCall(server, { Authorization: `Bearer ${apiKey}` });
  await talk.inbox.find(({ type }) => type === "audio");
  talk.send({ type: "text", text: "this" });
  await talk.inbox.find((message) =>
    message.type === "transcript" && message.text === "You wrote this."
  );
  await talk.close();

  const calls = await until(
    async () => (await (await server.get("/api/calls?status=ended")).json()).calls,
    (calls) => calls.length === 2,
  );
  assert.deepEqual(
    calls.map(({ direction, end }: { direction: string; end: { reason: string } }) => [
      direction,
      end.reason,
    ]),
    [["web", "caller_hung_up"], ["inbound", "caller_hung_up"]],
  );
  const { turns } = await detail(server, calls[1].id);
  assert.deepEqual(turns.map(({ role }: { role: string }) => role), ["agent", "caller", "agent"]);
  server.signal("SIGTERM");
  assert.equal(await server.ended(), 0);
});

Deno.test("answers are compressed for clients that accept it, and known ones are not sent again", async () => {
  await using server = await startServerProcess();
  const url = `${server.origin}/openapi.json`;
  const first = await fetch(url, { headers: { "Accept-Encoding": "gzip" } });
  assert.equal((await first.json()).openapi, "3.1.0");
  const etag = first.headers.get("ETag") ?? "";
  assert.match(etag, /^W\/"/);
  assert.match(first.headers.get("Vary") ?? "", /Accept-Encoding/);
  const again = await fetch(url, {
    headers: { "Accept-Encoding": "gzip", "If-None-Match": etag },
  });
  await again.body?.cancel();
  assert.equal(again.status, 304);
});

Deno.test("placed from outside, a phone call works with the permissions that the server has", async () => {
  await using rig = await startProcessRig();
  const placed = await rig.server.post("/api/outbound/initiate", { to: "+14155550123" });
  assert.equal(placed.ok, true, await placed.clone().text());
  const { callId } = await placed.json();
  const phone = await rig.network.nextCall();
  await phone.next("speaking");
  const hungUp = await rig.server.post(`/api/calls/${callId}/actions`, {
    type: "hangup",
    goodbye: "Bye for now.",
  });
  assert.equal(hungUp.ok, true, await hungUp.text());
  await phone.ended;
  const record = await until(
    () => detail(rig.server, callId),
    ({ status }) => status === "ended",
  );
  assert.equal(record.end.reason, "operator_hung_up");
  assert.equal(record.turns.at(-1).text, "Bye for now.");
});

const inMemory = { DATABASE_URL: "sqlite::memory:" };

Deno.test("without a database to hand over by, a live call goes on to its end, and no other is accepted", async () => {
  await using rig = await startProcessRig({ env: inMemory });
  const { server } = rig;
  const phone = await ring(rig);
  server.signal("SIGTERM");
  await server.lines.find((line) => line.includes('"Stopping"'));

  const ready = await server.get("/ready");
  assert.equal(ready.status, 503);
  assert.equal((await ready.json()).status, "draining");
  const other = rig.network.call();
  assert.equal((await other.ended).status, "busy");
  const session = await server.post("/api/web/session");
  assert.equal(session.status, 503);
  await session.body?.cancel();

  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  await hangUp(phone);
  assert.equal(await server.ended(), 0);
  assert.deepEqual(phone.errors, []);
});

Deno.test("when the time to drain is over, callers who are left hear an apology", async () => {
  await using rig = await startProcessRig({
    env: { ...inMemory, DRAIN_SECONDS: "0" },
    line: { fromApp: { delayMs: 250 } },
  });
  const phone = await ring(rig);
  rig.server.signal("SIGTERM");
  assert.match((await phone.next("said")).text, /technical problem/);
  assert.equal(await rig.server.ended(), 0);
  assert.deepEqual(phone.errors, []);
});

Deno.test("without a database to hand over by, a second signal stops the server at once", async () => {
  await using rig = await startProcessRig({ env: inMemory });
  await ring(rig);
  rig.server.signal("SIGINT");
  await rig.server.lines.find((line) => line.includes("1 call goes on"));
  rig.server.signal("SIGTERM");
  assert.equal(await rig.server.ended(), 1);
});

Deno.test("a signal that comes twice at once is one: calls go on", async () => {
  await using rig = await startProcessRig({ env: inMemory });
  const phone = await ring(rig);
  rig.server.signal("SIGINT");
  rig.server.signal("SIGINT");
  await rig.server.lines.find((line) => line.includes("1 call goes on"));
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  await hangUp(phone);
  assert.equal(await rig.server.ended(), 0);
});

Deno.test("a media socket that breaks is followed by another, in the same call", async () => {
  // A bridge would be recorded over a connection of its own.
  await using rig = await startProcessRig({ agent: "greeting: Good day.\nbridge: off" });
  const phone = await ring(rig);
  phone.breakConnection();
  await phone.next("streamStarted");
  await phone.speak(voiceOf(600));
  await phone.next("speaking");
  assert.equal((await liveCalls(rig.server)).length, 1);
  assert.equal(rig.realtime.stats.connections, 1);
  await hangUp(phone);
});

Deno.test("all problems of the settings are reported at once", async () => {
  const { code, printed } = await runServerProcess({
    PORT: "80000",
    HOST: "0.0.0.0",
    PUBLIC_URL: "voice.example.com",
    TWILIO_ACCOUNT_SID: "AC1",
    LOG_LEVEL: "loud",
    DATABASE_URL: "mysql://x",
    OPENAI_KEY: "sk-planted-secret",
    TWILLIO_AUTH_TOKEN: "x",
    TWILO_PHONE_NUMBER: "x",
  });
  assert.equal(code, 1);
  for (
    const name of [
      "PORT",
      "API_KEYS",
      "PUBLIC_URL",
      "TWILIO_ACCOUNT_SID",
      "LOG_LEVEL",
      "DATABASE_URL",
      "OPENAI_KEY .*OPENAI_API_KEY",
      "TWILLIO_AUTH_TOKEN .*TWILIO_AUTH_TOKEN",
      "TWILO_PHONE_NUMBER .*TWILIO_PHONE_NUMBER",
    ]
  ) assert.match(printed, new RegExp(`^- .*${name}`, "m"));
  assert.doesNotMatch(printed, /sk-planted-secret|at file:/);
});

Deno.test("a port in use, and a folder that may not be written, are reported in a sentence", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const first = await runServerProcess({
    PORT: String(taken.addr.port),
    DATABASE_URL: "sqlite::memory:",
  });
  assert.equal(first.code, 1);
  assert.match(first.printed, /^Cannot listen: port \d+ is taken by another program\..*$/m);
  assert.doesNotMatch(first.printed, /at file:/);
  const second = await runServerProcess({ PORT: "0", DATABASE_URL: "sqlite:/tmp/parley.db" });
  assert.equal(second.code, 1);
  assert.match(second.printed, /DATABASE_URL/);
  assert.doesNotMatch(second.printed, /at file:/);
});

Deno.test("without any settings the built-in engine speaks to this machine's page, and to no other", async () => {
  const env = {
    API_KEYS: undefined,
    PUBLIC_URL: undefined,
    TWILIO_ACCOUNT_SID: undefined,
    TWILIO_AUTH_TOKEN: undefined,
    TWILIO_PHONE_NUMBER: undefined,
  };
  await using server = await startServerProcess({ env });
  const foreign = { Origin: "https://evil.example" };
  for (const path of ["/api/calls", "/api/web/session"]) {
    const method = path.endsWith("session") ? "POST" : "GET";
    const refused = await fetch(server.origin + path, { method, headers: foreign });
    assert.equal(refused.status, 403, await refused.text());
  }
  const talk = await openWebCall(server, { Origin: server.origin });
  const speech = await talk.inbox.find(({ type }) => type === "audio");
  assert.ok(speech.type === "audio" && speech.payload.length > 0);
  await talk.close();
});

Deno.test("with Deno's own client towards the model a call goes just as well", async () => {
  await using rig = await startProcessRig({ env: { OPENAI_SOCKET: "native" } });
  const phone = await ring(rig);
  await phone.speak(voiceOf(600));
  await heard(rig, phone);
  await hangUp(phone);
  assert.deepEqual(phone.errors, []);
});

/** A call from a browser's page. */
async function openWebCall(server: ServerProcess, headers: Readonly<Record<string, string>>) {
  const answer = await fetch(`${server.origin}/api/web/session`, { method: "POST", headers });
  const { token } = await answer.json();
  const socket = new WebSocket(`${server.origin.replace("http", "ws")}/web`, {
    protocols: ["parley.v1", `token.${token}`],
    headers,
  });
  const inbox = new Inbox<ServerMessage>();
  socket.onmessage = ({ data }) => inbox.add(JSON.parse(data));
  const closed = new Promise((resolve) => socket.onclose = resolve);
  return {
    inbox,
    send: (message: ClientMessage) => socket.send(JSON.stringify(message)),
    async close() {
      socket.close(1000);
      await closed;
    },
  };
}
