import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { openNativeSocket } from "../../../src/services/openai/nativeSocket.ts";
import type { OpenSocket } from "../../../src/services/openai/socket.ts";
import { openNoDelaySocket } from "../../../src/services/openai/noDelaySocket.ts";

const openers: Readonly<Record<string, OpenSocket>> = {
  native: openNativeSocket,
  nodelay: openNoDelaySocket,
};

/** A model's server that completes the handshake, and from then on only reads. */
function startSilentModel() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const read = async () => {
    using connection = await listener.accept();
    let head = "";
    const buffer = new Uint8Array(4096);
    const next = async () => await connection.read(buffer).catch(() => null);
    while (!head.includes("\r\n\r\n")) {
      head += new TextDecoder().decode(buffer.subarray(0, await next() ?? 0));
    }
    const key = /sec-websocket-key: (.*)\r\n/i.exec(head)?.[1] ?? "";
    const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
    await connection.write(new TextEncoder().encode(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept.digest("base64")}\r\n\r\n`,
    ));
    let frames = 0;
    while (await next() !== null) frames++;
    return frames;
  };
  return {
    url: `ws://127.0.0.1:${listener.addr.port}/`,
    /** How many times something was read before the connection ended. */
    over: read(),
    [Symbol.dispose]: () => listener.close(),
  };
}

for (const [name, open] of Object.entries(openers)) {
  Deno.test(`openModel(${name}) a server that never answers the closing loses its connection`, async () => {
    using model = startSilentModel();
    const opened = Promise.withResolvers<void>();
    const closures: unknown[] = [];
    const socket = open({ url: model.url, headers: {} }, {
      onOpen: () => opened.resolve(),
      onMessage() {},
      onClose: (closure) => closures.push(closure),
    });
    await opened.promise;
    const closedAt = performance.now();
    socket.close();
    assert.equal(await model.over, 1, "the close frame came, and then the end");
    assert.ok(performance.now() - closedAt >= 300, "it had time to answer");
    assert.deepEqual(closures, []);
  });
}
