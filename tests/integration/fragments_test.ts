import assert from "node:assert/strict";
import { handshake } from "../support/servers/byHand.ts";
import { type ServerProcess, startServerProcess } from "../support/servers/serverProcess.ts";

const MEGABYTE = 1024 * 1024;
const FRAME_BYTES = 64 * 1024;

/** A continued message: the first frame says that it is text, none says that it is the last. */
function frameOf(isFirst: boolean): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(14 + FRAME_BYTES);
  frame[0] = isFirst ? 1 : 0;
  frame[1] = 0x80 | 127;
  new DataView(frame.buffer).setBigUint64(2, BigInt(FRAME_BYTES));
  return frame;
}

async function residentBytes(server: ServerProcess): Promise<number> {
  const metrics = await (await server.get("/metrics")).text();
  return Number(/^process_resident_memory_bytes (\d+)/m.exec(metrics)?.[1]);
}

async function takeToken(server: ServerProcess): Promise<string> {
  const { token } = await (await server.post("/api/web/session")).json();
  return token;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** A client that opens a call and then sends forbidden frames. */
async function openAttack(server: ServerProcess): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(server.origin);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  const lines = [
    "GET /web HTTP/1.1",
    `Host: ${hostname}:${port}`,
    ...handshake,
    `Sec-WebSocket-Protocol: parley.v1,token.${await takeToken(server)}`,
  ];
  await writeAll(connection, new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  return connection;
}

/** Sends until the server has enough; gives the most memory seen. */
async function attack(connection: Deno.TcpConn, server: ServerProcess): Promise<number> {
  const received = (async () => {
    try {
      for await (const _ of connection.readable);
    } catch {
      // The server does not wait for the client to close.
    }
  })();
  let most = 0;
  try {
    for (let sent = 0; sent < 2048 * MEGABYTE; sent += FRAME_BYTES) {
      await writeAll(connection, frameOf(sent === 0));
      if (sent % (16 * MEGABYTE) === 0) most = Math.max(most, await residentBytes(server));
    }
    assert.fail("the server took all of it");
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
  }
  await received;
  return Math.max(most, await residentBytes(server));
}

/** Sends what the server does not know, and waits until it says so. */
async function exchange(socket: WebSocket): Promise<void> {
  const answered = new Promise<void>((resolve) =>
    socket.addEventListener("message", function hear({ data }) {
      if (!String(data).includes("unknown_type")) return;
      socket.removeEventListener("message", hear);
      resolve();
    })
  );
  socket.send('{"type":"no such thing"}');
  await answered;
}

Deno.test({
  name: "case 179: messages that never end cost their senders the sockets, and nobody else theirs",
  async fn() {
    await using server = await startServerProcess();
    const attacks = [await openAttack(server), await openAttack(server)];
    const other = new WebSocket(`${server.origin.replace("http", "ws")}/web`, [
      "parley.v1",
      `token.${await takeToken(server)}`,
    ]);
    await new Promise((resolve) => other.addEventListener("open", resolve, { once: true }));
    await exchange(other);

    const before = await residentBytes(server);
    const most = await Promise.all(attacks.map((one) => attack(one, server)));
    const isTold = (line: string) => line.includes('"fault":"too_big"');
    await server.lines.find(isTold);
    const rise = Math.round((Math.max(...most) - before) / MEGABYTE);
    assert.ok(rise < 400, `${rise} MB`);

    await exchange(other);
    const closed = new Promise((resolve) => other.addEventListener("close", resolve));
    other.close();
    await closed;
  },
});
