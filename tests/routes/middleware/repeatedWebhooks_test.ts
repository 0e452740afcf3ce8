import assert from "node:assert/strict";
import { startPhoneServer, type TestServer } from "../../support/servers/phoneServer.ts";
import { until } from "../../support/twilio/dialling.ts";
import {
  inboundSid,
  mediaSignature,
  twilioPost,
  twimlOf,
} from "../../support/twilio/twilioWebhook.ts";

Deno.test("case 118: a resume request that is replayed does not end the call that is under way", async () => {
  await using server = await startPhoneServer();
  const call = server.network.call();
  await call.next("streamStarted");
  const session = server.app.registry.byCallSid(call.sid);
  const replay = (headers: Readonly<Record<string, string>>) =>
    twimlOf(twilioPost(server, "/twilio/resume", { CallSid: call.sid }, headers));
  const same = new Set<string>();
  for (let i = 0; i < 25; i++) same.add(await replay({ "I-Twilio-Idempotency-Token": "captured" }));
  assert.equal(same.size, 1);
  for (let i = 0; i < 25; i++) assert.match(await replay({}), /<Connect>/);
  assert.equal(server.app.registry.byCallSid(call.sid), session);
  call.hangUp();
  await call.settled;
  assert.equal(server.app.registry.endOf(call.sid)?.end.reason, "caller_hung_up");
});

Deno.test("case 119: media sockets that were refused leave room though their peers never close", async () => {
  await using server = await startPhoneServer();
  await twimlOf(twilioPost(server, "/twilio/voice"));
  const peers: MediaPeer[] = [];
  const refusedPeer = async () => {
    const peer = await MediaPeer.open(server);
    peers.push(peer);
    assert.match(peer.handshake, /^HTTP\/1\.1 101 /);
    await peer.start("used-token");
    await peer.closedByServer();
  };
  try {
    for (let round = 0; round < 2; round++) {
      await Promise.all(Array.from({ length: 30 }, refusedPeer));
    }
    peers.push(await MediaPeer.open(server));
    assert.match(peers.at(-1)?.handshake ?? "", /^HTTP\/1\.1 101 /);
  } finally {
    for (const peer of peers) peer[Symbol.dispose]();
  }
});

Deno.test("case 119: media sockets that say nothing are limited by address", async () => {
  await using server = await startPhoneServer();
  const peers: MediaPeer[] = [];
  try {
    for (let i = 0; i < 50; i++) peers.push(await MediaPeer.open(server));
    assert.ok(peers.every(({ handshake }) => handshake.startsWith("HTTP/1.1 101 ")));
    const refused = await MediaPeer.open(server);
    peers.push(refused);
    assert.match(refused.handshake, /^HTTP\/1\.1 429 [\s\S]*too_many_connections/);
  } finally {
    for (const peer of peers) peer[Symbol.dispose]();
  }
  // Their connections are gone without a close frame, and the server notices in its own time.
  await until(async () => {
    using peer = await MediaPeer.open(server);
    return peer.handshake;
  }, (handshake) => handshake.startsWith("HTTP/1.1 101 "));
});

/** A peer that speaks in frames of its own, so that it can leave without saying so. */
class MediaPeer {
  readonly #connection: Deno.TcpConn;
  readonly handshake: string;

  private constructor(connection: Deno.TcpConn, handshake: string) {
    this.#connection = connection;
    this.handshake = handshake;
  }

  static async open({ origin }: TestServer): Promise<MediaPeer> {
    const { hostname, port } = new URL(origin);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const lines = [
      "GET /media HTTP/1.1",
      "Host: parley.example",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      `X-Twilio-Signature: ${mediaSignature()}`,
    ];
    await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
    return new MediaPeer(connection, new TextDecoder().decode(await readSome(connection)));
  }

  async start(token: string): Promise<void> {
    const text = new TextEncoder().encode(JSON.stringify({
      event: "start",
      start: {
        streamSid: `MZ${"1".repeat(32)}`,
        callSid: inboundSid,
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
        customParameters: { token },
      },
    }));
    const length = [text.length >> 8, text.length & 255];
    // A masked text frame; a mask of zeros leaves the text as it is.
    await this.#connection.write(new Uint8Array([0x81, 0xfe, ...length, 0, 0, 0, 0, ...text]));
  }

  /** Settles when the server's close frame has come; it is not answered. */
  async closedByServer(): Promise<void> {
    const frame = await readSome(this.#connection);
    assert.equal(frame[0], 0x88, "a close frame");
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

async function readSome(connection: Deno.TcpConn): Promise<Uint8Array> {
  const buffer = new Uint8Array(4096);
  return buffer.subarray(0, await connection.read(buffer) ?? 0);
}
