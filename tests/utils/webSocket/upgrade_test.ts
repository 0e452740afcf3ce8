import assert from "node:assert/strict";
import {
  acceptanceOf,
  type ScriptedSocket,
  startScriptedSockets,
} from "../../support/servers/scriptedSocket.ts";
import { openSocket } from "../../support/servers/socketWatch.ts";
import { serverFrame } from "../../support/servers/serverFrames.ts";

Deno.test("WebSocketClient asks for an upgrade, with its headers", async () => {
  using server = startScriptedSockets();
  const { socket, opened } = openSocket(`${server.url}#part`, {
    headers: { Authorization: "Bearer key", "X-Name": "J\u00fcrgen" },
  });
  using peer = await server.accept();
  const request = await peer.request();
  const [first, ...lines] = request.trimEnd().split("\r\n");
  assert.equal(first, "GET /path?query=1 HTTP/1.1");
  const headers = new Headers(lines.map((line) => line.split(": ", 2) as [string, string]));
  assert.equal(headers.get("host"), new URL(server.url).host);
  assert.equal(headers.get("upgrade"), "websocket");
  assert.equal(headers.get("connection"), "Upgrade");
  assert.equal(headers.get("sec-websocket-version"), "13");
  assert.equal(atob(headers.get("sec-websocket-key") ?? "").length, 16);
  assert.equal(headers.get("authorization"), "Bearer key");
  assert.equal(headers.get("x-name"), "J\u00fcrgen");
  assert.equal(headers.has("sec-websocket-extensions"), false);
  await peer.write(
    "HTTP/1.1 101 Whatever\r\nUPGRADE: WebSocket\r\nconnection: keep-alive, upgrade\r\n" +
      `sec-websocket-accept:${
        acceptanceOf(request)
      }\r\nDate: Thu, 01 Jan 1970 00:00:09 GMT\r\n\r\n`,
  );
  assert.equal((await opened).get("date"), "Thu, 01 Jan 1970 00:00:09 GMT");
  socket.close();
});

Deno.test("WebSocketClient reads a message that comes with the answer, which comes in pieces", async () => {
  using server = startScriptedSockets();
  const { socket, messages } = openSocket(server.url);
  using peer = await server.accept();
  const accept = acceptanceOf(await peer.request());
  const answer = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" +
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Accept: ${accept}\r\n\r\n`;
  const bytes = Uint8Array.of(...new TextEncoder().encode(answer), ...serverFrame("first"));
  for (let at = 0; at < bytes.length; at += 7) await peer.write(bytes.subarray(at, at + 7));
  assert.equal(await messages.find(() => true), "first");
  socket.close();
});

const LONG = "x".repeat(40_000);
const REFUSALS: readonly (readonly [what: string, answer: string, body: string])[] = [
  ["a length", "Content-Length: 3\r\n\r\nno.and more", "no."],
  [
    "chunks",
    "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nno.\r\nA\r\n0123456789\r\n0\r\n\r\n",
    "no.0123456789",
  ],
  ["nothing", "Content-Length: 0\r\n\r\n", ""],
  ["more than is read", `Content-Length: 40000\r\n\r\n${LONG}`, LONG.slice(0, 16_384)],
  ["chunks that are none", "Transfer-Encoding: chunked\r\n\r\nno\r\n", ""],
];

for (const [what, answer, body] of REFUSALS) {
  Deno.test(`WebSocketClient tells the body of a refusal with ${what}`, async () => {
    using server = startScriptedSockets();
    const { end } = openSocket(server.url);
    using peer = await server.accept();
    await peer.request();
    await writeOut(peer, `HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n${answer}`);
    const ended = await end();
    assert.ok(ended.type === "refused" && ended.answer !== undefined);
    assert.equal(ended.answer.status, 429);
    assert.equal(ended.answer.headers.get("retry-after"), "7");
    assert.equal(ended.answer.body, body);
  });
}

Deno.test("WebSocketClient tells the body of a refusal that ends with the connection", async () => {
  using server = startScriptedSockets();
  const { end } = openSocket(server.url);
  const peer = await server.accept();
  await peer.request();
  await peer.write("HTTP/1.0 503 Unavailable\r\n\r\nlater, perhaps");
  peer[Symbol.dispose]();
  const ended = await end();
  assert.ok(ended.type === "refused");
  assert.equal(ended.answer?.status, 503);
  assert.equal(ended.answer?.body, "later, perhaps");
});

Deno.test("WebSocketClient does not wait for the end of a refusal that has none", async () => {
  using server = startScriptedSockets();
  const { end } = openSocket(server.url);
  using peer = await server.accept();
  await peer.request();
  await peer.write("HTTP/1.1 401 Unauthorized\r\n\r\nno key");
  const ended = await end();
  assert.ok(ended.type === "refused");
  assert.equal(ended.answer?.status, 401);
  assert.equal(ended.answer?.body, "no key");
  while (await peer.read() !== undefined);
});

Deno.test("WebSocketClient closed in the middle of a refusal is silent, and lets go of it", async () => {
  using server = startScriptedSockets();
  const { socket, ends } = openSocket(server.url);
  using peer = await server.accept();
  await peer.request();
  await peer.write("HTTP/1.1 401 Unauthorized\r\n\r\nno key");
  socket.close();
  while (await peer.read() !== undefined);
  assert.deepEqual(ends.all, []);
});

type Answer = (request: string) => string;
const accepted = (accept: string, ...more: readonly string[]) =>
  [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept}`,
    ...more,
    "\r\n",
  ].join("\r\n");
const NONSENSE: Readonly<Record<string, Answer>> = {
  "another key": () => accepted(acceptanceOf("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")),
  "an extension": (request) =>
    accepted(acceptanceOf(request), "Sec-WebSocket-Extensions: permessage-deflate"),
  "a protocol": (request) => accepted(acceptanceOf(request), "Sec-WebSocket-Protocol: realtime"),
  "another upgrade": (request) => accepted(acceptanceOf(request)).replace("websocket", "h2c"),
  "no upgrade": (request) =>
    accepted(acceptanceOf(request)).replace("Connection: Upgrade", "Connection: close"),
  "a header without a name": (request) => accepted(acceptanceOf(request), ": nothing"),
  "no HTTP": () => "SSH-2.0-OpenSSH_9.2\r\n\r\n",
  "a header without end": () => `HTTP/1.1 200 OK\r\nX: ${LONG}`,
  "headers without number": (request) =>
    accepted(acceptanceOf(request), ...Array.from({ length: 300 }, (_, i) => `X-${i}: x`)),
  "announcements without an answer": () => "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100),
  "nothing at all": () => "",
};

for (const [what, answer] of Object.entries(NONSENSE)) {
  Deno.test(`WebSocketClient takes ${what} for a refusal without an answer`, async () => {
    using server = startScriptedSockets();
    const { end, ends } = openSocket(server.url);
    const peer = await server.accept();
    await writeOut(peer, answer(await peer.request()));
    if (what === "nothing at all") peer[Symbol.dispose]();
    assert.deepEqual(await end(), { type: "refused" });
    assert.equal(ends.all.length, 1);
    if (what === "nothing at all") return;
    while (await peer.read() !== undefined);
    peer[Symbol.dispose]();
  });
}

Deno.test("WebSocketClient is unusable with what cannot be sent", async () => {
  assert.deepEqual(await openSocket("no url").end(), { type: "unusable" });
  assert.deepEqual(await openSocket("https://127.0.0.1:1").end(), { type: "unusable" });
  const headers = { "X-Id": "line\nbreak" };
  assert.deepEqual(await openSocket("ws://127.0.0.1:1", { headers }).end(), { type: "unusable" });
});

Deno.test({
  name: "WebSocketClient is unusable where the host may not be reached",
  permissions: { net: ["127.0.0.1"] },
  async fn() {
    assert.deepEqual(await openSocket("ws://127.0.0.2:1").end(), { type: "unusable" });
    assert.deepEqual(await openSocket("ws://127.0.0.1:1").end(), { type: "refused" });
  },
});

/** A client that has read enough may be gone by the end. */
async function writeOut(peer: ScriptedSocket, answer: string): Promise<void> {
  await peer.write(answer).catch(() => {});
}
