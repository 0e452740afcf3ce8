import assert from "node:assert/strict";
import { openNoDelaySocket } from "../../../src/services/openai/noDelaySocket.ts";

Deno.test("servers that never finish a TLS handshake cost a bounded number of connections", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `wss://127.0.0.1:${listener.addr.port}/`;
  const kept: Deno.Conn[] = [];
  try {
    for (let i = 0; i < 32; i++) kept.push(await abandon(listener, url));
    // From here on each is let go, and its end arrives.
    for (let i = 0; i < 3; i++) {
      using connection = await abandon(listener, url);
      while (await nextOf(connection) !== null);
    }
  } finally {
    for (const connection of kept) connection.close();
  }
});

/** Opens a socket, and closes it when the server has had its first message. */
async function abandon(listener: Deno.Listener, url: string): Promise<Deno.Conn> {
  const ends: unknown[] = [];
  const socket = openNoDelaySocket({ url, headers: {} }, {
    onOpen() {},
    onMessage() {},
    onClose: (end) => ends.push(end),
  });
  const connection = await listener.accept();
  assert.ok((await nextOf(connection) ?? 0) > 0);
  socket.close();
  assert.deepEqual(ends, []);
  return connection;
}

/** How much came; null at the end of the connection. */
function nextOf(connection: Deno.Conn): Promise<number | null> {
  return connection.read(new Uint8Array(4096)).catch(() => null);
}
