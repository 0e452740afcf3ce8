import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { startTcpProxy, type TcpProxy } from "./tcpProxy.ts";

Deno.test("a proxy passes bytes and their end on, both ways", async () => {
  await using rig = await startRig();
  const { client, server } = await rig.connect();
  await write(client, "hello");
  equal(await read(server, 5), "hello");
  await client.closeWrite();
  equal(await server.read(new Uint8Array(8)), null);
  await write(server, "still here");
  equal(await read(client, 10), "still here");
  server.close();
  equal(await client.read(new Uint8Array(8)), null);
  client.close();
  await rig.proxy.connections.all[0]?.closed;
  equal(rig.proxy.open.length, 0);
});

Deno.test("a large transfer comes through a slow reader whole", async () => {
  await using rig = await startRig();
  const { client, server } = await rig.connect();
  const sent = new Uint8Array(3_000_000).map((_, at) => at % 251);
  const writing = writeAll(client, sent).then(() => client.closeWrite());
  const received = new Uint8Array(sent.length + 1);
  let length = 0;
  for (;;) {
    const more = await server.read(received.subarray(length));
    if (more === null) break;
    length += more;
  }
  await writing;
  deepEqual(received.subarray(0, length), sent);
  client.close();
  server.close();
});

Deno.test("a cut connection is reset at both ends", async () => {
  await using rig = await startRig();
  const { client, server, line } = await rig.connect();
  await greet(client, server);
  line.cut();
  for (const end of [client, server]) {
    await rejects(() => end.read(new Uint8Array(8)), Deno.errors.ConnectionReset);
    end.close();
  }
});

Deno.test("a connection that is cut before any answer ends at the server without a reset", async () => {
  await using rig = await startRig();
  const { client, server, line } = await rig.connect();
  await write(client, "hello");
  equal(await read(server, 5), "hello");
  line.cut();
  await rejects(() => client.read(new Uint8Array(8)), Deno.errors.ConnectionReset);
  equal(await server.read(new Uint8Array(8)), null);
  client.close();
  server.close();
});

Deno.test("a reset is passed on", async () => {
  await using rig = await startRig();
  await using second = await startTcpProxy({ port: rig.proxy.port });
  const { client, server } = await rig.connect(second);
  await greet(client, server);
  rig.proxy.cutAll();
  for (const end of [client, server]) {
    await rejects(() => end.read(new Uint8Array(8)), Deno.errors.ConnectionReset);
    end.close();
  }
});

Deno.test("a stalled direction holds bytes and their end back until it is healed", async () => {
  await using rig = await startRig();
  const { client, server, line } = await rig.connect();
  line.set({ stalled: true, way: "up" });
  await write(client, "one ");
  await write(client, "two");
  await client.closeWrite();
  // The other direction is as good as ever.
  await write(server, "ping");
  equal(await read(client, 4), "ping");
  const early = read(server, 7);
  equal(await Promise.race([early, Promise.resolve("nothing yet")]), "nothing yet");
  line.set({});
  equal(await early, "one two");
  equal(await server.read(new Uint8Array(8)), null);
  client.close();
  server.close();
});

Deno.test("who leaves behind a stalled line is not missed at the other end", async () => {
  await using rig = await startRig();
  const { client, server, line } = await rig.connect();
  line.set({ stalled: true });
  client.close();
  const noticed = server.read(new Uint8Array(8)).catch(() => null);
  equal(await Promise.race([noticed, line.closed.then(() => "closed"), turns(20)]), "no word");
  line.set({});
  equal(await noticed, null);
  server.close();
});

Deno.test("a throttled direction takes its time, and keeps the order", async () => {
  await using rig = await startRig();
  rig.proxy.set({ bytesPerSecond: 10_000, way: "up" });
  const { client, server } = await rig.connect();
  const text = Array.from({ length: 300 }, (_, at) => String(at).padStart(10, ".")).join("");
  const startedAt = performance.now();
  await writeAll(client, encoder.encode(text));
  equal(await read(server, 3000), text);
  ok(performance.now() - startedAt >= 250);
  client.close();
  server.close();
});

Deno.test("a delayed direction is late, but not slow", async () => {
  await using rig = await startRig();
  const { client, server, line } = await rig.connect();
  line.set({ delayMs: 100 });
  const startedAt = performance.now();
  for (let at = 0; at < 10; at++) await write(client, String(at));
  equal(await read(server, 10), "0123456789");
  ok(performance.now() - startedAt >= 95);
  client.close();
  server.close();
});

Deno.test("a half-closed connection goes on the other way", async () => {
  await using rig = await startRig();
  const { client, server, line } = await rig.connect();
  line.halfClose("down");
  equal(await client.read(new Uint8Array(8)), null);
  await write(client, "are you there?");
  equal(await read(server, 14), "are you there?");
  client.close();
  server.close();
});

Deno.test("a refusing proxy answers as a port without a listener does, and open connections stay", async () => {
  await using rig = await startRig();
  const { client, server } = await rig.connect();
  await rig.proxy.refuse();
  await rejects(
    () => Deno.connect({ hostname: "127.0.0.1", port: rig.proxy.port }),
    Deno.errors.ConnectionRefused,
  );
  await write(client, "hello");
  equal(await read(server, 5), "hello");
  await rig.proxy.accept();
  const later = await rig.connect();
  for (const end of [client, server, later.client, later.server]) end.close();
});

async function startRig() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const proxy = await startTcpProxy({ port: listener.addr.port });
  return {
    proxy,
    async connect(through: TcpProxy = proxy) {
      const { port } = through;
      const client = await Deno.connect({ hostname: "127.0.0.1", port });
      const server = await listener.accept();
      const line = await through.connections.take();
      return { client, server, line };
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

async function turns(count: number): Promise<string> {
  for (let at = 0; at < count; at++) await new Promise((resolve) => setTimeout(resolve, 0));
  return "no word";
}

function write(connection: Deno.Conn, text: string): Promise<void> {
  return writeAll(connection, encoder.encode(text));
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

async function read(connection: Deno.Conn, length: number): Promise<string> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const more = await connection.read(bytes.subarray(at));
    if (more === null) throw new Error("The connection ended early");
    at += more;
  }
  return decoder.decode(bytes);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Both ends have said something. */
async function greet(client: Deno.Conn, server: Deno.Conn): Promise<void> {
  await write(client, "hello");
  equal(await read(server, 5), "hello");
  await write(server, "hello");
  equal(await read(client, 5), "hello");
}
