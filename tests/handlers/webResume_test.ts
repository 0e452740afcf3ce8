import assert from "node:assert/strict";
import { handleWebSocket } from "../../src/handlers/webHandler.ts";
import { closeCodes, RESUME_MS, type ServerMessage } from "../../src/protocol/web.ts";
import { createAuthenticator, parseApiKeys } from "../../src/utils/auth.ts";
import { newToken } from "../../src/utils/ids.ts";
import { createWebTokens } from "../../src/routes/webTokens.ts";
import { setTimer } from "../../src/utils/clock.ts";
import {
  callFromClient,
  openClient,
  openResumed,
  type WebClient,
} from "../support/browser/webClient.ts";
import { sendLines } from "../support/servers/byHand.ts";
import { problemOf } from "../support/problemOf.ts";
import { RecordingSession } from "../support/call/recordingSession.ts";
import { openRawSocket } from "../support/servers/rawSocket.ts";
import { startWebServer, type WebServer, withWebServer } from "../support/servers/webServer.ts";
import { until } from "../support/until.ts";
import { turn } from "../support/store/storedCalls.ts";

/** A call whose client has said that it comes back, and has its token. */
async function resumableCall(server: WebServer) {
  const { client, call } = await callFromClient(server);
  return { client, call, resumeToken: await confirm(client, call) };
}

/** Says that the client has the token of its connection, and waits until the server has read that. */
async function confirm(client: WebClient, call: RecordingSession): Promise<string> {
  const { resumeToken = "" } = await client.get("ready");
  client.send({ type: "hello", binary: false, resume: true });
  await answered(client, call);
  return resumeToken;
}

async function answered(client: WebClient, call: RecordingSession): Promise<void> {
  const count = () => call.inputs.filter(({ type }) => type === "interruptAsked").length;
  const before = count();
  client.send({ type: "interrupt" });
  await call.until(() => count() > before);
}

function askToResume(server: WebServer, resumeToken: string, init: RequestInit = {}) {
  return server.fetch("/api/web/resume", {
    method: "POST",
    ...init,
    headers: { "content-type": "application/json", ...init.headers },
    body: JSON.stringify({ resumeToken }),
  });
}

async function comeBack(server: WebServer, resumeToken: string): Promise<WebClient> {
  const response = await askToResume(server, resumeToken);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  await response.body?.cancel();
  return openResumed(server, resumeToken);
}

/** What a handshake with the token is answered. */
async function handshake(server: WebServer, resumeToken: string): Promise<unknown> {
  const { status, code } = await sendLines(server.origin, "GET /web", [
    `Origin: ${server.origin}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    `Sec-WebSocket-Protocol: parley.v1, resume.${resumeToken}`,
  ]);
  return [status, code];
}

function countOf(call: RecordingSession, type: RecordingSession["inputs"][number]["type"]): number {
  return call.inputs.filter((input) => input.type === type).length;
}

async function hangUp(client: WebClient, call: RecordingSession): Promise<void> {
  await client.close();
  await call.given("left");
}

Deno.test("a client that has the resume token comes back to its call, and is shown what it missed", () =>
  withWebServer({}, async (server) => {
    const { client, call, resumeToken } = await resumableCall(server);
    client.close(closeCodes.away);
    assert.deepEqual(await call.given("lost"), {
      type: "lost",
      rejoinMs: RESUME_MS,
      end: { reason: "caller_hung_up" },
    });
    assert.ok(!call.hasLeg);
    const line = turn({ id: "a", position: 1, role: "agent", text: "Good day." });
    call.missed.push({ type: "turn", turn: line }, { type: "speaking", who: "agent", on: true });

    const again = await comeBack(server, resumeToken);
    const ready = await again.get("ready");
    assert.equal(ready.callId, call.id);
    assert.equal(ready.resumed, true);
    assert.notEqual(ready.resumeToken, resumeToken);
    const shown = await again.inbox.when((all) => all.length >= 3);
    assert.deepEqual(shown.slice(0, 3).map(({ type }) => type), [
      "ready",
      "transcript",
      "speaking",
    ]);
    again.send({ type: "played", itemId: "a", ms: 700, cleared: true });
    again.send({ type: "hello", binary: false, resume: true });
    await call.joined();
    // Where it fell silent is known before the agent goes on.
    assert.equal((await call.given("rendered")).ms, 700);
    call.leg.play({ itemId: "a", audio: "AAAA", durationMs: 1, offsetMs: 700 });
    call.leg.play({ itemId: "a", audio: "AAAA", durationMs: 1, offsetMs: 701 });
    const audio = (await again.inbox.when((all) => all.length >= 5)).slice(3);
    assert.deepEqual(audio, [
      { type: "audio", payload: "AAAA", itemId: "a", fromMs: 700 },
      { type: "audio", payload: "AAAA", itemId: "a" },
    ]);
    await hangUp(again, call);
    assert.equal(server.sessions.length, 1);
  }));

Deno.test("a client that comes back is joined even where it says nothing", () =>
  withWebServer({}, async (server) => {
    const { client, call, resumeToken } = await resumableCall(server);
    client.close(closeCodes.away);
    await call.given("lost");
    const again = await comeBack(server, resumeToken);
    await call.joined();
    await hangUp(again, call);
  }));

Deno.test("the call of a client that knows nothing of resuming ends with its connection", () =>
  withWebServer({}, async (server) => {
    const { client, call } = await callFromClient(server);
    const { resumeToken = "" } = await client.get("ready");
    client.send({ type: "hello", binary: true });
    client.close(3000);
    assert.deepEqual(await call.given("left"), {
      type: "left",
      end: { reason: "leg_failed", detail: "connection_lost" },
    });
    call.end({ reason: "leg_failed" });
    assert.deepEqual(await problemOf(await askToResume(server, resumeToken)), [410, "call_ended"]);
  }));

Deno.test("a connection that breaks without a word may be followed by another", () =>
  withWebServer({}, async (server) => {
    const next = server.nextCall();
    const socket = await openRawSocket(server.origin, "/web", {
      Origin: server.origin,
      "Sec-WebSocket-Protocol": `parley.v1, token.${await server.token()}`,
    });
    const call = await next;
    await socket.frame(JSON.stringify({ type: "hello", resume: true }));
    await socket.frame(JSON.stringify({ type: "interrupt" }));
    await call.given("interruptAsked");
    socket[Symbol.dispose]();
    const { rejoinMs, end } = await call.given("lost");
    assert.deepEqual([rejoinMs, end?.reason], [RESUME_MS, "leg_failed"]);
    assert.equal(countOf(call, "left"), 0);
  }));

Deno.test("what is no fault of the connection ends the call of any client", async () => {
  const server = startWebServer();
  const { client, call } = await resumableCall(server);
  for (let i = 0; i < 21; i++) client.sendRaw("nonsense");
  assert.equal((await client.closed).code, 1008);
  assert.equal((await call.given("left")).end.detail, "too_many_errors");
  assert.equal(countOf(call, "lost"), 0);
  await server.close();
});

Deno.test("the newest connection of a call takes the place of the one before", () =>
  withWebServer({}, async (server) => {
    const { client, call, resumeToken } = await resumableCall(server);
    const again = await comeBack(server, resumeToken);
    await again.get("ready");
    again.send({ type: "hello", binary: false, resume: true });
    assert.equal((await client.closed).code, closeCodes.replaced);
    await answered(again, call);
    assert.equal(countOf(call, "lost") + countOf(call, "left"), 0);
    await hangUp(again, call);
  }));

Deno.test("a resume token works until the client has the next one, and then no more", () =>
  withWebServer({}, async (server) => {
    const { client, call, resumeToken } = await resumableCall(server);
    client.close(closeCodes.away);
    await call.given("lost");
    // The connection breaks again before the client has got a token by it.
    const second = await comeBack(server, resumeToken);
    const lost = (await second.get("ready")).resumeToken ?? "";
    await call.joined();
    const third = await comeBack(server, resumeToken);
    const newest = await confirm(third, call);
    assert.equal((await second.closed).code, closeCodes.replaced);
    const unknown = { token: newToken(), code: "invalid_resume_token" };
    const used = [resumeToken, lost].map((token) => ({ token, code: "call_taken_over" }));
    for (const { token, code } of [unknown, ...used]) {
      assert.deepEqual(await problemOf(await askToResume(server, token)), [401, code]);
      assert.deepEqual(await handshake(server, token), [401, code]);
    }
    const fourth = await comeBack(server, newest);
    await confirm(fourth, call);
    await third.closed;
    await hangUp(fourth, call);
  }));

Deno.test("a client that could not say that it has its token comes back with it all the same", () =>
  withWebServer({}, async (server) => {
    const { client, call, resumeToken } = await resumableCall(server);
    client.close(closeCodes.away);
    await call.given("lost");
    const second = await comeBack(server, resumeToken);
    const kept = (await second.get("ready")).resumeToken ?? "";
    // What this connection brings does not reach the client.
    await (await comeBack(server, kept)).get("ready");
    const again = await comeBack(server, kept);
    await confirm(again, call);
    assert.deepEqual(await problemOf(await askToResume(server, resumeToken)), [
      401,
      "call_taken_over",
    ]);
    await hangUp(again, call);
  }));

Deno.test("a call that ended while its client was away says how", () =>
  withWebServer({}, async (server) => {
    const { client, call, resumeToken } = await resumableCall(server);
    client.close(closeCodes.away);
    await call.given("lost");
    call.end({ reason: "time_limit", detail: "sixty" });
    const response = await askToResume(server, resumeToken);
    assert.equal(response.status, 410);
    const { code, details } = await response.json();
    assert.deepEqual([code, details], ["call_ended", { reason: "time_limit", detail: "sixty" }]);
    assert.deepEqual(await handshake(server, resumeToken), [410, "call_ended"]);
  }));

Deno.test("only a page that may talk with the server gets back to its call", async () => {
  const authenticate = createAuthenticator(parseApiKeys("tests:correct-horse-battery"));
  let revoked = false;
  const tokens = createWebTokens({ isRevoked: () => revoked, now: Date.now, setTimer });
  await withWebServer({ authenticate, tokens }, async (server) => {
    const { token } = await (await server.fetch("/api/web/session", {
      method: "POST",
      headers: { authorization: "Bearer correct-horse-battery" },
    })).json();
    const next = server.nextCall();
    const client = openClient(server, token);
    const call = await next;
    const resumeToken = await confirm(client, call);
    const foreign = { headers: { origin: "https://elsewhere.example" } };
    assert.deepEqual(await problemOf(await askToResume(server, resumeToken, foreign)), [
      403,
      "origin_not_allowed",
    ]);
    // The page has the key no more: its token shows as much.
    const response = await askToResume(server, resumeToken);
    assert.equal(response.status, 200);
    await response.body?.cancel();
    revoked = true;
    assert.deepEqual(await problemOf(await askToResume(server, resumeToken)), [
      401,
      "invalid_resume_token",
    ]);
    await hangUp(client, call);
  });
});

Deno.test("a body without a resume token is refused", () =>
  withWebServer({}, async (server) => {
    for (const body of ["{}", '{"resumeToken":7}', '{"resumeToken":"short"}', "[]"]) {
      const response = await server.fetch("/api/web/resume", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      assert.deepEqual(await problemOf(response), [422, "invalid_body"], body);
    }
  }));

Deno.test("a client that answers pings stays, and one that vanished is given up", async () => {
  const sessions: RecordingSession[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (incoming) => {
    const { socket, response } = Deno.upgradeWebSocket(incoming);
    const session = new RecordingSession({ direction: "web", agent: "receptionist" });
    sessions.push(session);
    const log = { info() {}, warn() {} };
    const resumption = { resumeToken: newToken(), isResumed: false, onConfirmed() {} };
    handleWebSocket(socket, { session, resumption, log, limits: { pingMs: 50 } });
    return response;
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const hello = JSON.stringify({ type: "hello", resume: true });
  const client = new WebSocket(origin.replace("http", "ws"));
  const closed = new Promise<CloseEvent>((resolve) => client.onclose = resolve);
  let pings = 0;
  client.onmessage = ({ data }) => {
    const message: ServerMessage = JSON.parse(data);
    if (message.type === "ready") client.send(hello);
    if (message.type !== "ping") return;
    pings++;
    client.send(JSON.stringify({ type: "pong" }));
    if (pings === 1) client.send(JSON.stringify({ type: "interrupt" }));
  };
  const present = await until(() => sessions[0], (session) => session !== undefined);
  await present?.given("interruptAsked");

  // Half of a connection that is gone without a word: it reads, and answers nothing.
  const vanished = await openRawSocket(origin, "/");
  await vanished.frame(hello);
  const { end } = await sessions[1]!.given("lost");
  assert.deepEqual(end, { reason: "leg_failed", detail: "silent" });
  assert.equal(await vanished.closeCode(), closeCodes.silent);
  assert.equal(await vanished.closeCode(), undefined);
  vanished[Symbol.dispose]();

  assert.ok(pings >= 3, `${pings} pings`);
  assert.deepEqual(present?.inputs.map(({ type }) => type), ["interruptAsked"]);
  client.close(1000);
  await closed;
  await server.shutdown();
});

Deno.test("a client that takes nothing any more and answers nothing is given up", async () => {
  const session = new RecordingSession({ direction: "web", agent: "receptionist" });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (incoming) => {
    const { socket, response } = Deno.upgradeWebSocket(incoming);
    handleWebSocket(socket, { session, log: { info() {}, warn() {} }, limits: { pingMs: 50 } });
    return response;
  });
  const vanished = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  const lines = [
    "GET / HTTP/1.1",
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  await vanished.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  await session.joined();
  // More than the network between them holds, and less than what a slow reader may leave unread.
  const audio = new Uint8Array(1 << 20).toBase64();
  for (let i = 0; i < 5; i++) session.leg.play({ itemId: "a", audio, durationMs: 20_000 });
  assert.deepEqual((await session.given("left")).end, { reason: "leg_failed", detail: "silent" });
  // Its connection is cut, whatever is still unread of it.
  await vanished.readable.pipeTo(new WritableStream()).catch(() => {});
  await server.shutdown();
});
