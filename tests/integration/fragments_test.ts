import assert from "node:assert/strict";
import { handshake } from "../support/byHand.ts";
import { type ServerProcess, startServerProcess } from "../support/serverProcess.ts";

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

async function residentBytes({ pid }: ServerProcess): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

async function takeToken(server: ServerProcess): Promise<string> {
  const { token } = await (await server.post("/api/web/session")).json();
  return token;
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

Deno.test({
  name: "case 179: a message that never ends costs its sender the socket, and nobody any memory",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using server = await startServerProcess();
    const other = new WebSocket(`${server.origin.replace("http", "ws")}/web`, [
      "parley.v1",
      `token.${await takeToken(server)}`,
    ]);
    await new Promise((resolve) => other.addEventListener("open", resolve, { once: true }));

    const { hostname, port } = new URL(server.origin);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const lines = [
      "GET /web HTTP/1.1",
      `Host: ${hostname}:${port}`,
      ...handshake,
      `Sec-WebSocket-Protocol: parley.v1,token.${await takeToken(server)}`,
    ];
    await writeAll(connection, new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
    const received = (async () => {
      try {
        for await (const _ of connection.readable);
      } catch {
        // The server does not wait for the client to close.
      }
    })();

    const before = await residentBytes(server);
    let most = before;
    try {
      for (let sent = 0; sent < 2048 * MEGABYTE; sent += FRAME_BYTES) {
        await writeAll(connection, frameOf(sent === 0));
        if (sent % (16 * MEGABYTE) === 0) most = Math.max(most, await residentBytes(server));
      }
      assert.fail("the server took all of it");
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
    }
    most = Math.max(most, await residentBytes(server));
    await server.lines.find((line) => line.includes('"fault":"too_big"'));
    const rise = Math.round((most - before) / MEGABYTE);
    assert.ok(rise < 400, `${rise} MB`);
    await received;

    const answered = new Promise((resolve) =>
      other.addEventListener("message", ({ data }) => {
        if (String(data).includes("unknown_type")) resolve(data);
      })
    );
    other.send('{"type":"no such thing"}');
    await answered;
    const closed = new Promise((resolve) => other.addEventListener("close", resolve));
    other.close();
    await closed;
  },
});
