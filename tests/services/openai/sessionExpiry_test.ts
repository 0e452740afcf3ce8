import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { createOpenModel } from "../../../src/services/openai/openModel.ts";
import { contract, Log, SETUP, Sink } from "../../support/openai/modelContract.ts";

contract("reports how long the session may last", async (stage) => {
  const { sink } = stage.open({ wallClock: () => 1_000_000, now: () => 0 });
  await (await stage.server.session()).confirm({ expires_at: 1_600 });
  assert.deepEqual(await sink.first("modelReady"), { type: "modelReady", expiresInMs: 600_000 });
});

contract("case 62: does not believe a session to end in no time, or never", async (stage) => {
  const hour = 3_600_000;
  const clocks = { wallClock: () => 1e12, now: () => 0 };
  const told: readonly (readonly [session: Record<string, unknown>, lifeMs: number])[] = [
    ...[0, -1, 1e9 - 7200, 1e9, 1e9 + 3, 1e9 + 7200, 1e12 + 600_000, 1e308, -1e308, 0.5]
      .map((expires_at) => [{ expires_at }, hour] as const),
    ...["1000000600", null, [], {}, true].map((expires_at) => [{ expires_at }, hour] as const),
    [{}, hour],
    [{ expires_at: 1e9 + 3_605 }, hour],
    [{ expires_at: 1e9 + 600 }, 600_000],
    // The server's clock is hours off, and it says when the session began.
    [{ created_at: 5e8, expires_at: 5e8 + 600 }, 600_000],
    [{ created_at: 2e9, expires_at: 2e9 + 600 }, 600_000],
    [{ created_at: 1e9, expires_at: 1e9 }, hour],
    [{ created_at: "yesterday", expires_at: 1e9 + 600 }, 600_000],
  ];
  for (const [index, [session, lifeMs]] of told.entries()) {
    const { client, sink } = stage.open(clocks);
    await (await stage.server.session(index)).confirm(session);
    const { expiresInMs } = await sink.first("modelReady");
    assert.equal(expiresInMs, lifeMs, JSON.stringify(session));
    client.close();
  }
});

Deno.test("case 62: a session's length is taken by the server's clock where its handshake shows it", async () => {
  const server = createServer();
  server.on("upgrade", (request, socket) => {
    const accept = createHash("sha1")
      .update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    const created = JSON.stringify({ type: "session.created", session: { expires_at: 1_600 } });
    const updated = JSON.stringify({ type: "session.updated", session: {} });
    socket.write([
      "HTTP/1.1 101 Switching Protocols",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Accept: ${accept}`,
      `Date: ${new Date(1_000_000).toUTCString()}`,
      "\r\n",
    ].join("\r\n"));
    for (const text of [created, updated]) {
      socket.write(new Uint8Array([0x81, text.length, ...new TextEncoder().encode(text)]));
    }
    socket.on("data", () => {});
    socket.on("end", () => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const sink = new Sink();
  const url = `ws://127.0.0.1:${address.port}/v1/realtime`;
  const client = createOpenModel({ url, socket: "nodelay", now: () => 0, log: new Log() })(
    SETUP,
    sink,
  );
  assert.equal((await sink.first("modelReady")).expiresInMs, 600_000);
  client.close();
  await new Promise((resolve) => server.close(resolve));
});
