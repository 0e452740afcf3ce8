import assert from "node:assert/strict";
import NodeSocket from "ws";
import { createAuthenticator, parseApiKeys } from "../../src/utils/auth.ts";
import { newToken } from "../../src/utils/ids.ts";
import { type AnswerByHand, handshake, sendLines } from "../support/servers/byHand.ts";
import {
  type WebServer,
  type WebServerOptions,
  withWebServer,
} from "../support/servers/webServer.ts";

const SECRET = "correct-horse-battery";
const keyed = { authenticate: createAuthenticator(parseApiKeys(`tests:${SECRET}`)) };

function offering(server: WebServer, lines: readonly string[]): Promise<AnswerByHand> {
  return sendLines(server.origin, "GET /web", [...handshake, ...lines]);
}

async function assertLetIn(server: WebServer, answer: AnswerByHand, how: string): Promise<void> {
  assert.equal(answer.status, 101, `${how}: ${answer.code}`);
  assert.match(answer.head, /^sec-websocket-protocol: parley\.v1$/im);
  await server.sessions.at(-1)!.given("left");
}

Deno.test("case 171: a token is taken from any list of protocols that RFC 9110 allows", () =>
  withWebServer({}, async (server) => {
    const spellings: readonly ((token: string) => readonly string[])[] = [
      (token) => [`Sec-WebSocket-Protocol: parley.v1, ${token}`],
      (token) => [`Sec-WebSocket-Protocol: parley.v1,${token}`],
      (token) => [`sec-websocket-protocol:${token},parley.v1`],
      (token) => [`Sec-WebSocket-Protocol: \t parley.v1 \t,\t${token}\t`],
      (token) => [`Sec-WebSocket-Protocol: ,, parley.v1,  ,,${token} ,`],
      (token) => ["Sec-WebSocket-Protocol: parley.v1", `Sec-WebSocket-Protocol: ${token}`],
      (token) => [`Sec-WebSocket-Protocol: ${token}`, "SEC-WEBSOCKET-PROTOCOL: chat,parley.v1"],
      (token) => ["Sec-WebSocket-Protocol: ", `Sec-WebSocket-Protocol: ${token},,parley.v1`],
      (token) => [`Sec-WebSocket-Protocol: parley.v2, parley.v1, json, ${token}`],
      (token) => [`Sec-WebSocket-Protocol: ${token},parley.v1,parley.v1,${token}`],
    ];
    for (const spell of spellings) {
      const lines = spell(`token.${await server.token()}`);
      await assertLetIn(server, await offering(server, lines), JSON.stringify(lines));
    }
  }));

Deno.test("case 171: Connection and Upgrade are lists too, in any case", () =>
  withWebServer({}, async (server) => {
    for (
      const [connection, upgrade] of [
        ["keep-alive,Upgrade", "websocket"],
        ["keep-alive , UPGRADE", "WebSocket"],
        [",\tupgrade,", "WEBSOCKET"],
        ["Upgrade, keep-alive", "h2c, websocket"],
      ]
    ) {
      const answer = await sendLines(server.origin, "GET /web", [
        `Connection: ${connection}`,
        `Upgrade: ${upgrade}`,
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        `Sec-WebSocket-Protocol: parley.v1,token.${await server.token()}`,
      ]);
      await assertLetIn(server, answer, `${connection}; ${upgrade}`);
    }
  }));

Deno.test("case 171: programs connect with npm:ws, which writes its protocols without blanks", () =>
  withWebServer(keyed, async (server) => {
    const headers = { authorization: `Bearer ${SECRET}` };
    const answer = await server.fetch("/api/web/session", { method: "POST", headers });
    const { token } = await answer.json();
    const socket = new NodeSocket(`${server.origin.replace("http", "ws")}/web`, [
      "parley.v1",
      `token.${token}`,
    ]);
    const first = Promise.withResolvers<string>();
    socket.on("message", (data: unknown) => first.resolve(String(data))).on("error", first.reject);
    assert.equal(JSON.parse(await first.promise).type, "ready");
    assert.equal(socket.protocol, "parley.v1");
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.close();
    await closed;
    await server.sessions[0]!.given("left");
  }));

Deno.test("case 172: a handshake that is refused leaves its token as good as it was", () =>
  withWebServer({}, async (server) => {
    const token = await server.token();
    const offer = `Sec-WebSocket-Protocol: parley.v1,token.${token}`;
    const without = (name: string) => handshake.filter((line) => !line.startsWith(`${name}:`));
    const other = newToken();
    const attempts: readonly (readonly [readonly string[], number, string])[] = [
      [[...handshake, offer, "Origin: https://evil.example"], 403, "origin_not_allowed"],
      [[...without("Upgrade"), offer], 426, "upgrade_required"],
      [[...without("Connection"), "Connection: close", offer], 400, "invalid_upgrade"],
      [[...without("Sec-WebSocket-Key"), offer], 400, "invalid_upgrade"],
      [
        [...without("Sec-WebSocket-Key"), "Sec-WebSocket-Key: short", offer],
        400,
        "invalid_upgrade",
      ],
      [[...without("Sec-WebSocket-Version"), offer], 426, "websocket_version"],
      [
        [...without("Sec-WebSocket-Version"), "Sec-WebSocket-Version: 8", offer],
        426,
        "websocket_version",
      ],
      [[...handshake, `Sec-WebSocket-Protocol: token.${token}`], 401, "token_required"],
      [
        [...handshake, `Sec-WebSocket-Protocol: parley.v2,token.${token}`],
        400,
        "unsupported_protocol",
      ],
      [
        [...handshake, `Sec-WebSocket-Protocol: PARLEY.V1,token.${token}`],
        401,
        "token_required",
      ],
      [[...handshake, `${offer},token.${other}`], 400, "several_tokens"],
      [[...handshake, `${offer}${" ".repeat(2000)},x`], 431, "header_too_long"],
    ];
    for (const [lines, status, code] of attempts) {
      const answer = await sendLines(server.origin, "GET /web", lines);
      assert.deepEqual([answer.status, answer.code], [status, code], lines.join());
    }
    assert.equal(server.sessions.length, 0);
    await assertLetIn(server, await offering(server, [offer]), "at last");
    assert.equal((await offering(server, [offer])).code, "invalid_token");
  }));

Deno.test("case 172: a token whose call finds no line opens one a moment later", async () => {
  let isFull = true;
  const options: WebServerOptions = { refuses: () => isFull ? "full" : undefined };
  await withWebServer(options, async (server) => {
    const offer = `Sec-WebSocket-Protocol: parley.v1,token.${await server.token()}`;
    assert.equal((await offering(server, [offer])).code, "full");
    isFull = false;
    await assertLetIn(server, await offering(server, [offer]), "again");
  });
});

Deno.test("case 178: what can be no token is refused without a look at the store", async () => {
  const { tokens, asked } = countedTokens();
  await withWebServer({ tokens }, async (server) => {
    const good = newToken();
    for (
      const bad of ["", "x", good.slice(1), `${good}x`, `${good.slice(1)}+`, "\u00e9".repeat(43)]
    ) {
      const answer = await offering(server, [`Sec-WebSocket-Protocol: parley.v1,token.${bad}`]);
      assert.deepEqual([answer.status, answer.code], [401, "invalid_token"], bad);
    }
    assert.equal(asked(), 0);
  });
});

Deno.test("case 178: a client that makes tokens up is slowed down before they are looked up", async () => {
  const { tokens, asked } = countedTokens();
  await withWebServer({ tokens, now: () => 0 }, async (server) => {
    const guess = () => offering(server, [`Sec-WebSocket-Protocol: parley.v1,token.${newToken()}`]);
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < 25; i++) codes.push((await guess()).code);
    assert.deepEqual(codes.slice(0, 20), Array(20).fill("invalid_token"));
    assert.deepEqual(codes.slice(20), Array(5).fill("rate_limited"));
    assert.equal(asked(), 20);
  });
});

/** A store that knows no token, and counts how often it is asked. */
function countedTokens() {
  let asked = 0;
  const tokens = {
    issue: () => Promise.resolve(undefined),
    claim: () => Promise.resolve(void asked++),
    accepts: () => true,
    restore() {},
  };
  return { tokens, asked: () => asked };
}
