import assert from "node:assert/strict";
import { connect } from "node:net";
import { handleWebSocket } from "../../src/handlers/webHandler.ts";
import { callFromClient, openClient } from "../support/browser/webClient.ts";
import { startWebServer } from "../support/servers/webServer.ts";
import { RecordingSession } from "../support/call/recordingSession.ts";

const pcm = (samples: number) => new Uint8Array(samples * 2).fill(7);

async function withCall(
  run: (call: Awaited<ReturnType<typeof callFromClient>>) => Promise<void>,
): Promise<void> {
  const server = startWebServer();
  try {
    const call = await callFromClient(server);
    await run(call);
    await call.client.close();
    await call.call.given("left");
  } finally {
    await server.close();
  }
}

Deno.test("handleWebSocket() sends the browser its call, agent and format first", () =>
  withCall(async ({ client }) => {
    const ready = await client.get("ready");
    const { callId, resumeToken, ...rest } = ready;
    assert.deepEqual(rest, { type: "ready", agent: "receptionist", format: "pcm24k" });
    assert.match(callId, /^call_/);
    assert.match(resumeToken ?? "", /^[\w-]{43}$/);
    assert.equal(client.inbox.all[0], ready);
  }));

Deno.test("handleWebSocket() closes a socket that opens after its call has ended", async () => {
  const request = {
    agent: "receptionist",
    format: "pcm24k",
    channel: "web",
    direction: "inbound",
  } as const;
  const session = new RecordingSession(request);
  session.onInput = (input) => input.type === "left" && session.end(input.end);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (incoming) => {
    const { socket, response } = Deno.upgradeWebSocket(incoming);
    const log = { info() {}, warn() {} };
    handleWebSocket(socket, { session, log, watch: (_socket, onCut) => onCut() });
    await session.ended;
    return response;
  });
  const client = new WebSocket(`ws://127.0.0.1:${server.addr.port}/`);
  const closed = new Promise<CloseEvent>((resolve) => client.onclose = resolve);
  const told = new Promise<MessageEvent>((resolve) => client.onmessage = resolve);
  assert.deepEqual(JSON.parse((await told).data), {
    type: "ended",
    reason: "leg_failed",
    detail: "too_big",
  });
  assert.equal((await closed).code, 1000);
  await server.shutdown();
});

Deno.test("handleWebSocket() hands audio over, binary or base64, in order and unchanged", () =>
  withCall(async ({ client, call }) => {
    client.sendRaw(pcm(480));
    client.send({ type: "input_audio_buffer.append", audio: "AQACAA==" });
    client.sendRaw(new Uint8Array([3, 0]));
    await call.until(() => call.frames.length === 3);
    assert.deepEqual(call.frames, [pcm(480).toBase64(), "AQACAA==", "AwA="]);
  }));

Deno.test("handleWebSocket() hands over what the caller does beside speaking", () =>
  withCall(async ({ client, call }) => {
    client.send({ type: "text", text: "good morning" });
    client.send({ type: "dtmf", digit: "5" });
    client.send({ type: "interrupt" });
    client.send({ type: "input_audio_buffer.commit" });
    client.send({ type: "input_audio_buffer.clear" });
    client.send({ type: "played", itemId: "a", ms: 20, cleared: true });
    await call.given("rendered");
    assert.deepEqual(call.inputs, [
      { type: "typed", text: "good morning" },
      { type: "digit", digit: "5" },
      { type: "interruptAsked" },
      { type: "turnCommitted" },
      { type: "turnCleared" },
      { type: "rendered", itemId: "a", ms: 20, cleared: true },
    ]);
  }));

Deno.test("WebLeg.play() sends base64 unless the client asked for binary", () =>
  withCall(async ({ client, call }) => {
    const audio = pcm(3).toBase64();
    call.leg.play({ itemId: "a", audio, durationMs: 1 });
    assert.deepEqual(await client.get("audio"), { type: "audio", payload: audio, itemId: "a" });

    client.send({ type: "hello", binary: true });
    client.send({ type: "interrupt" });
    await call.given("interruptAsked");
    call.leg.play({ itemId: "a", audio, durationMs: 1 });
    call.leg.play({ itemId: "a", audio, durationMs: 1 });
    call.leg.clear();
    call.leg.play({ itemId: "a", audio, durationMs: 1 });
    call.leg.play({ itemId: "b", audio, durationMs: 1 });
    const bytes = { type: "binary", bytes: pcm(3) };
    const all = await client.inbox.when((all) => all.length >= 10);
    assert.deepEqual(all.slice(2), [
      { type: "speech", itemId: "a" },
      bytes,
      bytes,
      { type: "clear" },
      { type: "speech", itemId: "a" },
      bytes,
      { type: "speech", itemId: "b" },
      bytes,
    ]);
  }));

Deno.test("WebLeg.notify() shows the caller the conversation and nothing of the tools' contents", () =>
  withCall(async ({ client, call }) => {
    const { leg } = call;
    const turn = {
      id: "t",
      role: "agent",
      position: 1,
      text: "Of course",
      final: true,
      interrupted: true,
      by: "voice",
    } as const;
    leg.notify({ type: "started", direction: "web", agent: "receptionist" });
    leg.notify({ type: "turn", turn: { ...turn, startedMs: 1 } });
    leg.notify({
      ...{ type: "handoff", from: "receptionist", to: "billing", title: "Billing" },
      ...{ reason: "secret", facts: "secret" },
    });
    leg.notify({ type: "turn", turn: { ...turn, agent: "billing", startedMs: 1 } });
    leg.notify({ type: "toolStarted", toolCallId: "x", name: "look_up", arguments: "secret" });
    leg.notify({
      type: "toolEnded",
      toolCallId: "x",
      name: "look_up",
      ok: false,
      output: "secret",
      durationMs: 12,
    });
    leg.notify({ type: "digits", digits: "1234", sensitive: true });
    leg.notify({ type: "turn", turn: { ...turn, text: "secret", by: "whisper", startedMs: 1 } });
    leg.notify({ type: "listeningStarted", id: "l", by: "secret" });
    leg.notify({ type: "listeningEnded", id: "l", by: "secret" });
    leg.notify({ type: "modelLost", code: "closed", recovering: true });
    leg.notify({ type: "modelReady", afterMs: 5, again: true });
    leg.notify({ type: "speaking", who: "agent", on: false });
    const all = await client.inbox.when((all) => all.length >= 9);
    assert.deepEqual(all.slice(1), [
      { type: "transcript", ...turn },
      { type: "handoff", agent: "billing", title: "Billing" },
      { type: "transcript", ...turn, agent: "billing" },
      { type: "tool", id: "x", name: "look_up", state: "started" },
      { type: "tool", id: "x", name: "look_up", state: "failed", durationMs: 12 },
      { type: "notice", code: "model_lost" },
      { type: "notice", code: "model_back" },
      { type: "speaking", who: "agent", on: false },
    ]);
  }));

Deno.test("handleWebSocket() answers what it cannot understand and goes on", () =>
  withCall(async ({ client, call }) => {
    client.sendRaw("nonsense");
    client.sendRaw(new Uint8Array([1, 2, 3]));
    client.sendRaw(new Uint8Array());
    client.sendRaw('{"type":"response.create"}');
    client.send({ type: "interrupt" });
    await call.given("interruptAsked");
    const all = await client.inbox.when((all) => all.length >= 4);
    const codes = all.slice(1).map((message) => message.type === "error" && message.code);
    assert.deepEqual(codes, ["invalid_json", "invalid_audio", "unknown_type"]);
    assert.deepEqual(call.frames, []);
  }));

Deno.test("handleWebSocket() closes 1008 when nonsense keeps coming", async () => {
  const server = startWebServer();
  const { client, call } = await callFromClient(server);
  for (let i = 0; i < 21; i++) client.sendRaw("nonsense");
  assert.equal((await client.closed).code, 1008);
  const { end } = await call.given("left");
  assert.deepEqual(end, { reason: "leg_failed", detail: "too_many_errors" });
  await server.close();
});

for (
  const [what, message] of [
    ["text", JSON.stringify({ type: "text", text: "x".repeat(300 * 1024) })],
    ["a binary message", new Uint8Array(300 * 1024)],
  ] as const
) {
  Deno.test(`handleWebSocket() closes 1009 when ${what} is too big`, async () => {
    const server = startWebServer();
    const { client, call } = await callFromClient(server);
    client.sendRaw(message);
    assert.equal((await client.closed).code, 1009);
    assert.equal((await call.given("left")).end.detail, "too_big");
    assert.deepEqual(call.frames, []);
    await server.close();
  });
}

Deno.test("handleWebSocket() refuses audio that comes faster than real time", () =>
  withCall(async ({ client, call }) => {
    const fiveSeconds = pcm(5 * 24_000);
    for (let i = 0; i < 16; i++) client.sendRaw(fiveSeconds);
    const error = await client.get("error");
    assert.equal(error.code, "too_fast");
    client.send({ type: "interrupt" });
    await call.given("interruptAsked");
    assert.ok(call.frames.length >= 12 && call.frames.length < 16, `${call.frames.length} frames`);
  }));

Deno.test("case 184: audio in too many tiny messages is not passed on, and ends the connection", async () => {
  const server = startWebServer();
  const { client, call } = await callFromClient(server);
  const given = (type: string) => call.inputs.filter((input) => input.type === type).length;
  let sent = 0;
  // A slow machine admits most of the first ones, as time goes by while it reads them.
  for (let batch = 1; batch < 20 && given("left") === 0; batch++) {
    for (let i = 0; i < 9_000; i++) client.sendRaw(pcm(sent++ % 2));
    client.send({ type: "interrupt" });
    await call.until(() => given("left") > 0 || given("interruptAsked") >= batch);
  }
  assert.equal(given("left"), 1, `${call.frames.length} of ${sent} frames`);
  await client.closed;
  assert.equal((await client.get("error")).code, "too_fast");
  assert.equal((await call.given("left")).end.detail, "too_many_errors");
  assert.ok(call.frames.length < sent / 2, `${call.frames.length} of ${sent} frames`);
  await server.close();
});

Deno.test("case 184: a message of many nested parts is refused unread", () =>
  withCall(async ({ client, call }) => {
    client.sendRaw(`{"type":"interrupt","x":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
    assert.equal((await client.get("error")).code, "invalid_message");
    client.send({ type: "text", text: "still here" });
    await call.given("typed");
    assert.equal(call.inputs.length, 1);
  }));

Deno.test("case 60: the call ends once when the browser leaves", async () => {
  const server = startWebServer();
  const { client, call } = await callFromClient(server);
  await client.close();
  assert.deepEqual((await call.given("left")).end, { reason: "caller_hung_up" });
  await server.close();
  assert.equal(call.inputs.filter(({ type }) => type === "left").length, 1);
});

Deno.test("WebLeg.close() says why, once, and closes in order", async () => {
  const server = startWebServer();
  const { client, call } = await callFromClient(server);
  call.end({ reason: "model_failed", detail: "invalid_api_key" });
  assert.equal((await client.closed).code, 1000);
  const said = client.inbox.all.filter((message) => message.type === "ended");
  assert.deepEqual(said, [{ type: "ended", reason: "model_failed", detail: "invalid_api_key" }]);
  call.leg.play({ itemId: "a", audio: "AAAA", durationMs: 1 });
  call.leg.clear();
  await server.close();
});

Deno.test("handleWebSocket() gives the reason when the call ended before the browser came", async () => {
  const server = startWebServer({
    onOpen(session) {
      session.refusesLegs = true;
      session.end({ reason: "model_failed", detail: "invalid_api_key" });
    },
  });
  const client = openClient(server, await server.token());
  const { reason, detail } = await client.get("ended");
  assert.deepEqual([reason, detail], ["model_failed", "invalid_api_key"]);
  assert.equal((await client.closed).code, 1000);
  await server.close();
});

Deno.test("WebLeg.play() gives up a browser that has stopped reading", async () => {
  const server = startWebServer();
  const { hostname, port, host } = new URL(server.origin);
  const token = await server.token();
  const next = server.nextCall();
  const socket = connect({ host: hostname, port: Number(port) }).pause();
  const headers = {
    Host: host,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Protocol": `parley.v1, token.${token}`,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET /web HTTP/1.1\r\n${lines.join("")}\r\n`);
  const call = await next;
  const audio = pcm(1 << 19).toBase64();
  for (let i = 0; i < 40; i++) call.leg.play({ itemId: "a", audio, durationMs: 20_000 });
  assert.deepEqual(await call.given("left"), {
    type: "left",
    end: { reason: "leg_failed", detail: "slow_reader" },
  });
  socket.destroy();
  await server.close();
});
