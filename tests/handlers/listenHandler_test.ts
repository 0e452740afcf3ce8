import assert from "node:assert/strict";
import { handleListenSocket } from "../../src/handlers/listenHandler.ts";
import { listenCodes } from "../../src/protocol/listen.ts";
import { upgradeSocket } from "../../src/routes/handshake.ts";

/** A second of sound: what the kernel takes in for a client that does not read is full soon. */
const audio = new Uint8Array(16_000).fill(0xff);

Deno.test("a listener that does not read is cut off with 1013, and its place is free at once", async () => {
  const opened = Promise.withResolvers<ReturnType<typeof handleListenSocket>>();
  const closed = Promise.withResolvers<void>();
  let closes = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = upgradeSocket(request, 30);
    const listener = handleListenSocket(socket, {
      signal: new AbortController().signal,
      onClose() {
        closes++;
        closed.resolve();
      },
    });
    socket.addEventListener("open", () => opened.resolve(listener));
    return response;
  });
  using client = await connectRaw(server.addr.port);
  const listener = await opened.promise;
  let heard = 0;
  for (; closes === 0 && heard < 3000; heard++) {
    listener.hear({ atMs: heard * 100, isSilenced: false, audio });
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(heard < 3000, `${heard} seconds were kept for a client that does not read`);
  await closed.promise;

  // What was sent before, and then the close frame.
  const frame = await lastBytes(client, 4);
  assert.deepEqual([frame[0], frame[1]! >= 2], [0x88, true]);
  assert.equal((frame[2]! << 8) | frame[3]!, listenCodes.slow);
  listener.hear({ atMs: 0, isSilenced: false, audio });
  listener.end("ended");
  client.close();
  await server.shutdown();
  assert.equal(closes, 1);
});

/** A connection whose WebSocket handshake is done, and of which nothing is read. */
async function connectRaw(port: number): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = [
    "GET / HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
  ];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  return connection;
}

/** The beginning of the close frame, which is the last thing that comes. */
async function lastBytes(connection: Deno.TcpConn, length: number): Promise<Uint8Array> {
  const reason = new TextEncoder().encode("too_slow");
  const tail = length + reason.length;
  let end = new Uint8Array();
  const chunk = new Uint8Array(65_536);
  for (;;) {
    const count = await connection.read(chunk);
    assert.ok(count !== null, "no close frame has come");
    end = Uint8Array.from([...end, ...chunk.subarray(0, count)]).slice(-tail);
    if (new TextDecoder().decode(end.slice(length)) === "too_slow") return end.slice(0, length);
  }
}
