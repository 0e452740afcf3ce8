import assert from "node:assert/strict";
import {
  BINARY,
  CLOSE,
  closeFrame,
  CONTINUATION,
  PING,
  PONG,
  serverFrame,
} from "../../support/servers/serverFrames.ts";
import { type ScriptedSocket, startScriptedSockets } from "../../support/servers/scriptedSocket.ts";
import {
  END_TIMEOUT_MS,
  MAX_MESSAGE_BYTES,
  openSocket,
} from "../../support/servers/socketWatch.ts";
import { settled, until } from "../../support/until.ts";

Deno.test("WebSocketClient and Deno's server exchange messages of every length, in order", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  });
  const { socket, opened, messages } = openSocket(`ws://127.0.0.1:${server.addr.port}/`);
  await opened;
  const lengths = [0, 1, 125, 126, 300, 16_384, 65_535, 65_536, 300_000, MAX_MESSAGE_BYTES - 2];
  const sent = lengths.flatMap((length) => ["x".repeat(length), `ä${"x".repeat(length)}`]);
  for (const text of sent) socket.send(text);
  await messages.when((all) => all.length === sent.length);
  assert.deepEqual(messages.all, sent);
  assert.equal(socket.bufferedAmount, 0);
  socket.close();
});

Deno.test("WebSocketClient sends a small message before the one ahead of it is acknowledged", async () => {
  using server = startScriptedSockets();
  const { socket, opened, messages } = openSocket(server.url);
  using peer = await server.accept();
  await peer.upgrade();
  await opened;
  // A kernel that takes part in a dialogue acknowledges with its next data, or else after 40 ms.
  const answer = async (count: number) => {
    await peer.write(serverFrame("answer"));
    await messages.when((all) => all.length === count);
  };
  for (let turn = 1; turn <= 3; turn++) {
    socket.send("question");
    await peer.frame();
    await answer(turn);
  }
  const waits: number[] = [];
  for (let turn = 4; turn <= 13; turn++) {
    socket.send("first");
    await peer.frame();
    const sentAt = performance.now();
    socket.send("second");
    await peer.frame();
    waits.push(performance.now() - sentAt);
    await answer(turn);
  }
  assert.ok(Math.min(...waits) < 20, `waited ${waits.map(Math.round).join(", ")} ms`);
  socket.close();
});

Deno.test("WebSocketClient answers pings, also between the fragments of a message", async () => {
  await using stage = await opened();
  const { peer, messages } = stage;
  await peer.write(serverFrame("one ", { final: false }));
  await peer.write(serverFrame("are you there?", { opcode: PING }));
  const { opcode, payload } = (await peer.frame())!;
  assert.equal(opcode, PONG);
  assert.equal(new TextDecoder().decode(payload), "are you there?");
  await peer.write(serverFrame("message", { opcode: CONTINUATION }));
  await peer.write(serverFrame("binary", { opcode: BINARY }));
  await messages.when((all) => all.length === 2);
  assert.deepEqual(messages.all, ["one message", undefined]);
});

Deno.test("WebSocketClient keeps no answers for a server that pings and does not read", async () => {
  await using stage = await opened();
  const pings = new Uint8Array(127 * 500);
  for (let at = 0; at < pings.length; at += 127) {
    pings.set(serverFrame("p".repeat(125), { opcode: PING }), at);
  }
  for (let round = 0; round < 400; round++) await stage.peer.write(pings);
  await stage.peer.write(serverFrame("done"));
  await stage.messages.find(() => true);
  // What one write may hold, what is collected meanwhile, and the answer that goes over it.
  assert.ok(stage.socket.bufferedAmount < 2 * 2 ** 16 + 200, `${stage.socket.bufferedAmount}`);
});

Deno.test("WebSocketClient tells how the server closes, and answers", async () => {
  for (const [code, reason] of [[1000, ""], [1008, "not any more"], [4003, "ä"]] as const) {
    await using stage = await opened();
    await stage.peer.write(closeFrame(code, reason));
    assert.deepEqual(await stage.end(), { type: "lost", code, reason });
    const answer = await stage.peer.frame();
    assert.equal(answer?.opcode, CLOSE);
    assert.deepEqual([...answer?.payload ?? []], [code >> 8, code & 0xff]);
    stage.socket.send("too late");
    stage.socket.close();
    assert.equal(await stage.peer.frame(), undefined);
    assert.equal(stage.ends.all.length, 1);
  }
});

Deno.test("WebSocketClient tells of a close without a code, and of an end without a close", async () => {
  {
    await using stage = await opened();
    await stage.peer.write(serverFrame("", { opcode: CLOSE }));
    assert.deepEqual(await stage.end(), { type: "lost", code: 1005, reason: "" });
    assert.equal((await stage.peer.frame())?.payload.length, 0);
  }
  await using stage = await opened();
  stage.peer[Symbol.dispose]();
  assert.deepEqual(await stage.end(), { type: "lost", code: 1006, reason: "" });
});

Deno.test("WebSocketClient reads what came before the end, though it cannot write any more", async () => {
  await using stage = await opened();
  await stage.peer.write(serverFrame("last words"));
  await stage.peer.write(closeFrame(1013, "restarting"));
  stage.peer[Symbol.dispose]();
  for (let count = 0; count < 50; count++) stage.socket.send("x".repeat(1000));
  assert.deepEqual(await stage.end(), { type: "lost", code: 1013, reason: "restarting" });
  assert.deepEqual(stage.messages.all, ["last words"]);
});

Deno.test("WebSocketClient closes on what is no protocol, and on a message that is too long", async () => {
  const faults = [
    [1002, serverFrame("x", { masked: true })],
    [1007, serverFrame(Uint8Array.of(0xff))],
    [1009, serverFrame("x", { announcedBytes: MAX_MESSAGE_BYTES + 1 })],
  ] as const;
  for (const [code, bytes] of faults) {
    await using stage = await opened();
    await stage.peer.write(serverFrame("fine"));
    await stage.peer.write(bytes);
    assert.deepEqual(await stage.end(), { type: "lost", code, reason: "" });
    const answer = await stage.peer.frame();
    assert.deepEqual([...answer?.payload ?? []], [code >> 8, code & 0xff]);
    assert.deepEqual(stage.messages.all, ["fine"]);
  }
});

Deno.test("WebSocketClient cuts a server that sends on after the end", async () => {
  await using stage = await opened();
  await stage.peer.write(serverFrame("x", { masked: true }));
  await stage.end();
  const endedAt = performance.now();
  const frame = serverFrame("x".repeat(1000));
  await assert.rejects(async () => {
    for (;;) await stage.peer.write(frame);
  });
  assert.ok(performance.now() - endedAt < 50 * END_TIMEOUT_MS);
  assert.deepEqual(stage.messages.all, []);
});

Deno.test("WebSocketClient is silent once it is closed, while messages still come", async () => {
  await using stage = await opened();
  stage.socket.send("before");
  stage.socket.close();
  stage.socket.send("after");
  stage.socket.close();
  await stage.peer.write(serverFrame("for nobody"));
  assert.equal(new TextDecoder().decode((await stage.peer.frame())?.payload), "before");
  assert.equal((await stage.peer.frame())?.opcode, CLOSE);
  await stage.peer.write(closeFrame(1000));
  assert.equal(await stage.peer.frame(), undefined);
  assert.deepEqual([stage.messages.all, stage.ends.all], [[], []]);
});

Deno.test("WebSocketClient closed by its listener reads on in silence", async () => {
  using server = startScriptedSockets();
  const watched = openSocket(server.url, { onMessage: () => watched.socket.close() });
  using peer = await server.accept();
  const both = Uint8Array.of(...serverFrame("one"), ...serverFrame("two"), ...closeFrame(1000));
  await peer.upgrade([], both);
  assert.equal((await peer.frame())?.opcode, CLOSE);
  assert.equal(await peer.frame(), undefined);
  assert.deepEqual(watched.messages.all, ["one"]);
  assert.deepEqual(watched.ends.all, []);
});

Deno.test("WebSocketClient closed before it is open lets go of the connection, silently", async () => {
  using server = startScriptedSockets();
  const early = openSocket(server.url);
  early.socket.close();
  early.socket.send("nothing");
  const { socket, ends } = openSocket(server.url);
  const peers = [await server.accept()];
  await Promise.race([peers[0]!.request(), peers[0]!.read()]).catch(() => {});
  socket.close();
  socket.close();
  for (const peer of peers) {
    while (await peer.read() !== undefined);
    peer[Symbol.dispose]();
  }
  await settled();
  assert.deepEqual([early.ends.all, ends.all], [[], []]);
});

Deno.test("WebSocketClient counts what a server does not read, until it does", async () => {
  await using stage = await opened();
  const text = "x".repeat(100_000);
  let sent = 0;
  await until(() => {
    stage.socket.send(text);
    sent++;
    return stage.socket.bufferedAmount;
  }, (bytes) => bytes > 2 ** 20);
  const reading = (async () => {
    for (let count = 0; count < sent; count++) {
      assert.equal((await stage.peer.frame())?.payload.length, text.length);
    }
  })();
  await until(() => stage.socket.bufferedAmount, (bytes) => bytes === 0);
  await reading;
});

/** A client with its server, both open; the client is closed at the end. */
async function opened() {
  const server = startScriptedSockets();
  const watched = openSocket(server.url);
  const peer = await server.accept();
  await peer.upgrade();
  await watched.opened;
  return {
    ...watched,
    peer,
    async [Symbol.asyncDispose]() {
      watched.socket.close();
      await readOut(peer);
      server[Symbol.dispose]();
    },
  };
}

/** Until the client is gone; a peer that the test has closed is left alone. */
async function readOut(peer: ScriptedSocket): Promise<void> {
  while (await peer.read() !== undefined);
  try {
    peer[Symbol.dispose]();
  } catch (error) {
    assert.ok(error instanceof Deno.errors.BadResource);
  }
}
