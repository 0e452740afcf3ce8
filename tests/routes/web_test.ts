import assert from "node:assert/strict";
import type { Context } from "@hono/hono";
import { createGuessGuard } from "../../src/routes/middleware/guessGuard.ts";
import { createAuthenticator, parseApiKeys } from "../../src/utils/auth.ts";
import { type AnswerByHand, sendLines } from "../support/servers/byHand.ts";
import { callFromClient, openClient } from "../support/browser/webClient.ts";
import { type WebServer, withWebServer } from "../support/servers/webServer.ts";
import { problemOf } from "../support/problemOf.ts";

const SECRET = "correct-horse-battery";
const keyed = { authenticate: createAuthenticator(parseApiKeys(`tests:${SECRET}`)) };
const withKey = { authorization: `Bearer ${SECRET}` };

function post(server: WebServer, init: RequestInit = {}): Promise<Response> {
  return server.fetch("/api/web/session", { method: "POST", ...init });
}

async function filesIn(folder: URL): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const inside = isDirectory ? await filesIn(new URL(`${name}/`, folder)) : [];
    files.push(...(isDirectory ? inside.map((file) => `${name}/${file}`) : [name]));
  }
  return files;
}

/** Sends a request by hand, with any header whatsoever; an empty value leaves a header out. */
async function sendByHand(
  server: WebServer,
  request: string,
  { Host, ...headers }: Readonly<Record<string, string>>,
): Promise<Pick<AnswerByHand, "status" | "code">> {
  const lines = Object.entries({ Origin: server.origin, ...headers })
    .filter(([, value]) => value !== "").map(([name, value]) => `${name}: ${value}`);
  const { status, code } = await sendLines(server.origin, request, lines, Host);
  return { status, code };
}

function shakeHands(
  server: WebServer,
  headers: Readonly<Record<string, string>>,
): Promise<Pick<AnswerByHand, "status" | "code">> {
  return sendByHand(server, "GET /web", {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  });
}

Deno.test("webRoutes() gives the page of a machine's own server a token that opens one call", () =>
  withWebServer({}, async (server) => {
    const { client, call } = await callFromClient(server);
    assert.deepEqual(call.request, { direction: "web", agent: "receptionist" });
    await client.close();
    await call.given("left");
  }));

Deno.test("webRoutes() opens the call with the agent and the key that were named", () =>
  withWebServer(keyed, async (server) => {
    const response = await post(server, {
      headers: { ...withKey, "content-type": "application/json" },
      body: JSON.stringify({ agent: "clerk" }),
    });
    assert.equal(response.headers.get("cache-control"), "no-store");
    const { token, expiresAt } = await response.json();
    assert.ok(Date.parse(expiresAt) > Date.now());
    const next = server.nextCall();
    const client = openClient(server, token);
    await client.get("ready");
    const call = await next;
    assert.deepEqual(call.request, { direction: "web", agent: "clerk", keyName: "tests" });
    await client.close();
    await call.given("left");
  }));

Deno.test("webRoutes() takes a body that is left out for nothing, whatever a client calls it", () =>
  withWebServer({}, async (server) => {
    for (const type of ["", "application/json", "text/plain"]) {
      const { status } = await sendByHand(server, "POST /api/web/session", {
        "Content-Type": type,
      });
      assert.equal(status, 200, type);
    }
  }));

Deno.test("webRoutes() gives no token without the right key", () =>
  withWebServer(keyed, async (server) => {
    const response = await post(server);
    assert.equal(response.headers.get("www-authenticate"), "Bearer");
    assert.deepEqual(await problemOf(response), [401, "invalid_key"]);
    const headers = { authorization: "Bearer wrong-horse-battery" };
    assert.deepEqual(await problemOf(await post(server, { headers })), [401, "invalid_key"]);
  }));

Deno.test("webRoutes() slows down who asks without a key", () =>
  withWebServer({ ...keyed, now: () => 0 }, async (server) => {
    for (let i = 0; i < 10; i++) await (await post(server)).body?.cancel();
    const response = await post(server);
    assert.equal(response.headers.get("retry-after"), "5");
    assert.deepEqual(await problemOf(response), [429, "rate_limited"]);
  }));

Deno.test("case 177: an address in penalty for wrong keys is refused whatever key it shows", async () => {
  const lines: string[] = [];
  const log = { info() {}, warn: (...line: unknown[]) => lines.push(JSON.stringify(line)) };
  const addressOf = (c: Context) => c.req.header("x-test-address") ?? "203.0.113.9";
  const now = () => 0;
  const guesses = createGuessGuard({ addressOf, now, log });
  await withWebServer({ ...keyed, addressOf, now, guesses, log }, async (server) => {
    const ask = (secret: string, address?: string) =>
      post(server, {
        headers: {
          authorization: `Bearer ${secret}`,
          ...(address !== undefined && { "x-test-address": address }),
        },
      });
    for (let i = 0; i < 10; i++) {
      assert.deepEqual(await problemOf(await ask(`wrong-horse-battery${i}`)), [401, "invalid_key"]);
    }
    assert.deepEqual(await problemOf(await ask("wrong-horse-battery")), [429, "rate_limited"]);
    assert.deepEqual(await problemOf(await ask(SECRET)), [429, "rate_limited"]);
    const elsewhere = await ask(SECRET, "198.51.100.7");
    await elsewhere.body?.cancel();
    assert.equal(elsewhere.status, 200);
  });
  assert.equal(guesses.counts.key, 10);
  assert.equal(lines.length, 10);
  assert.match(lines[0] ?? "", /"client":"203\.0\.113\.0\/24"/);
  assert.doesNotMatch(lines.join(), /203\.0\.113\.9|horse/);
});

Deno.test("case 176: a request is of this machine only if its connection is, whatever its Host says", async () => {
  for (
    const [remoteAddress, header, access] of [
      ["127.0.0.1", undefined, "open"],
      ["::1", undefined, "open"],
      ["::ffff:127.0.0.1", undefined, "open"],
      ["203.0.113.9", undefined, "closed"],
      ["::ffff:203.0.113.9", undefined, "closed"],
      ["unknown", undefined, "closed"],
      ["127.0.0.1", "x-forwarded-proto", "closed"],
      ["127.0.0.1", "x-client-ip", "closed"],
      ["127.0.0.1", "cf-connecting-ip", "closed"],
      ["127.0.0.1", "via", "closed"],
    ] as const
  ) {
    await withWebServer({ remoteAddress }, async (server) => {
      const { port } = new URL(server.origin);
      const headers = [
        `Origin: http://localhost:${port}`,
        "Content-Length: 0",
        ...(header === undefined ? [] : [`${header}: localhost`]),
      ];
      const answer = await sendLines(
        server.origin,
        "POST /api/web/session",
        headers,
        `localhost:${port}`,
      );
      const expected = access === "open" ? 200 : 403;
      assert.equal(answer.status, expected, `${remoteAddress} ${header}`);
    });
  }
});

Deno.test("webRoutes() limits how many tokens one caller gets", () =>
  withWebServer({ now: () => 0 }, async (server) => {
    for (let i = 0; i < 20; i++) await (await post(server)).body?.cancel();
    assert.deepEqual(await problemOf(await post(server)), [429, "rate_limited"]);
  }));

for (
  const [who, headers] of [
    ["another page", { Origin: "https://evil.example" }],
    ["a page whose name was made to point here", {
      Origin: "http://evil.example:8000",
      Host: "evil.example:8000",
    }],
    ["a page of another server on this machine", { Origin: "http://127.0.0.1:1" }],
    ["a sandboxed page", { Origin: "null" }],
    ["somebody who came through a tunnel", { "X-Forwarded-For": "203.0.113.9" }],
    ["a page opened by another name", {
      Origin: "https://voice.example.com",
      Host: "voice.example.com",
    }],
  ] as const
) {
  Deno.test(`webRoutes() without keys gives no token to ${who}`, () =>
    withWebServer({ publicOrigin: "https://voice.example.com" }, async (server) => {
      const answer = await sendByHand(server, "POST /api/web/session", headers);
      assert.deepEqual(answer, { status: 403, code: "origin_not_allowed" });
    }));
}

Deno.test("webRoutes() opens the call with what the request tells its agent", () =>
  withWebServer({}, async (server) => {
    const told = { context: "A regular.", variables: { first_name: "Ada" } };
    const { token } = await (await post(server, {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(told),
    })).json();
    const next = server.nextCall();
    const client = openClient(server, token);
    const { request } = await next;
    assert.deepEqual(request, { direction: "web", agent: "receptionist", ...told });
    await client.close();
  }));

Deno.test("webRoutes() without keys wants to know which page asks", () =>
  withWebServer({}, async ({ origin }) => {
    const response = await fetch(`${origin}/api/web/session`, { method: "POST" });
    assert.deepEqual(await problemOf(response), [403, "origin_not_allowed"]);
    const headers = { "sec-fetch-site": "same-origin" };
    const own = await fetch(`${origin}/api/web/session`, { method: "POST", headers });
    await own.body?.cancel();
    assert.equal(own.status, 200);
  }));

for (
  const [body, type, status, code] of [
    ["{", "application/json", 400, "malformed_json"],
    ["[]", "application/json", 422, "invalid_body"],
    ['{"agent":7}', "application/json", 422, "invalid_request"],
    ['{"agnet":"clerk"}', "application/json", 422, "invalid_request"],
    ['{"variables":{"a b":"c"}}', "application/json", 422, "invalid_request"],
    [`{"context":"${"x".repeat(4001)}"}`, "application/json", 422, "invalid_request"],
    ['{"agent":"nobody"}', "application/json", 422, "unknown_agent"],
    ["agent=clerk", "application/x-www-form-urlencoded", 415, "unsupported_media_type"],
    [JSON.stringify({ agent: "x".repeat(40_000) }), "application/json", 413, "body_too_large"],
  ] as const
) {
  Deno.test(`webRoutes() answers ${status} when the token is asked for with ${body.slice(0, 20)}`, () =>
    withWebServer({}, async (server) => {
      const headers = { "content-type": type };
      assert.deepEqual(await problemOf(await post(server, { headers, body })), [status, code]);
    }));
}

Deno.test("case 60: a handshake from another origin, or with a wrong or used token, is refused and opens nothing", () =>
  withWebServer({}, async (server) => {
    const token = await server.token();
    const offer = `parley.v1, token.${token}`;
    const attempts: readonly [Record<string, string>, number, string][] = [
      [
        { "Sec-WebSocket-Protocol": offer, Origin: "https://evil.example" },
        403,
        "origin_not_allowed",
      ],
      [{ "Sec-WebSocket-Protocol": offer, Origin: "null" }, 403, "origin_not_allowed"],
      [{}, 401, "token_required"],
      [{ "Sec-WebSocket-Protocol": "parley.v1" }, 401, "token_required"],
      [{ "Sec-WebSocket-Protocol": `token.${token}` }, 401, "token_required"],
      [{ "Sec-WebSocket-Protocol": "parley.v1, token.guess" }, 401, "invalid_token"],
      [{ "Sec-WebSocket-Protocol": offer, Upgrade: "h2c" }, 426, "upgrade_required"],
      [{ "Sec-WebSocket-Protocol": offer, Upgrade: "" }, 426, "upgrade_required"],
    ];
    for (const [headers, status, code] of attempts) {
      assert.deepEqual(await shakeHands(server, headers), { status, code });
    }
    assert.equal(server.sessions.length, 0);

    const ok = await shakeHands(server, { "Sec-WebSocket-Protocol": offer, Upgrade: "WebSocket" });
    assert.equal(ok.status, 101);
    await server.sessions[0]!.given("left");
    const again = await shakeHands(server, { "Sec-WebSocket-Protocol": offer });
    assert.deepEqual(again, { status: 401, code: "invalid_token" });
    assert.equal(server.sessions.length, 1);
  }));

Deno.test("webRoutes() lets programs connect, which have a token and no origin", () =>
  withWebServer(keyed, async (server) => {
    const { token } = await (await post(server, { headers: withKey })).json();
    const offer = { "Sec-WebSocket-Protocol": `parley.v1, token.${token}`, Origin: "" };
    assert.equal((await shakeHands(server, offer)).status, 101);
    await server.sessions[0]!.given("left");
  }));

Deno.test("case 60: a token that is older than a minute is taken no more", async () => {
  let now = 0;
  await withWebServer({ now: () => now }, async (server) => {
    const offers = { "Sec-WebSocket-Protocol": `parley.v1, token.${await server.token()}` };
    now = 60_000;
    assert.deepEqual(await shakeHands(server, offers), { status: 401, code: "invalid_token" });
  });
});

Deno.test("webRoutes() gives no token while no call fits", () =>
  withWebServer({ refusal: "full" }, async (server) => {
    assert.deepEqual(await problemOf(await post(server)), [503, "full"]);
  }));

Deno.test("webRoutes() answers 503 when the last line was taken in between", () =>
  withWebServer({ refuses: "full" }, async (server) => {
    const offers = { "Sec-WebSocket-Protocol": `parley.v1, token.${await server.token()}` };
    assert.deepEqual(await shakeHands(server, offers), { status: 503, code: "full" });
  }));

Deno.test("webRoutes() gives the page what it needs to know and no more", async () => {
  const agents = [{ name: "receptionist", title: "Receptionist" }, {
    name: "clerk",
    title: "Clerk",
  }];
  const common = { engine: "rehearsal", signIn: false, defaultAgent: "receptionist", agents };
  await withWebServer({}, async (server) => {
    const own = await server.fetch("/api/web/info");
    assert.deepEqual(await own.json(), { ...common, access: "open" });
    const tunnelled = await server.fetch("/api/web/info", { headers: { "x-real-ip": "::1" } });
    assert.deepEqual(await tunnelled.json(), { ...common, access: "closed" });
  });
  await withWebServer(keyed, async (server) => {
    const response = await server.fetch("/api/web/info");
    assert.deepEqual(await response.json(), { ...common, access: "key" });
  });
});

Deno.test("pagesRoutes() serves the page with a policy that allows nothing from elsewhere", () =>
  withWebServer({}, async (server) => {
    const response = await server.fetch("/");
    const html = await response.text();
    assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
    const policy = response.headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src/);
    assert.match(policy, /frame-ancestors 'none'$/);
    assert.doesNotMatch(policy, /unsafe|\*/);
    assert.doesNotMatch(html, /https?:\/\/|<style|style=|<script(?![^>]* src=)| on\w+=/);
  }));

Deno.test("pagesRoutes() serves TypeScript as JavaScript that a browser can run", () =>
  withWebServer({}, async (server) => {
    const names = await filesIn(new URL("../../src/web/", import.meta.url));
    assert.ok(names.includes("docs/docs.ts"));
    for (const name of names.filter((name) => /(?<!\.d)\.ts$/.test(name))) {
      const response = await server.fetch(`/assets/${name}`);
      const text = await response.text();
      assert.equal(response.status, 200, name);
      assert.match(response.headers.get("content-type") ?? "", /^text\/javascript/);
      assert.doesNotMatch(text, /\binterface \w+\{|import type|: ?(string|number|void)\b/, name);
      const imports = [...text.matchAll(/^(?:import|export|\})[^"]*\bfrom"([^"]+)"/gm)];
      assert.ok(!text.startsWith("import{") || imports.length > 0, name);
      for (const [, path = ""] of imports) {
        assert.match(path, /^\.\.?\/[\w./]+\.ts$/, `${name} imports ${path}`);
        const imported = new URL(path, `http://parley/${name}`).pathname.slice(1);
        assert.ok(names.includes(imported), `${name} imports ${path}`);
      }
    }
  }));

Deno.test("pagesRoutes() lets pages of other origins load the SDK, its types, and nothing to read", () =>
  withWebServer({}, async (server) => {
    const of = async (path: string) => {
      const response = await server.fetch(path);
      const { headers } = response;
      const text = await response.text();
      return { text, any: headers.get("access-control-allow-origin"), headers };
    };
    const { text, any, headers } = await of("/sdk.js");
    const widget = await of("/embed.js");
    assert.deepEqual([any, widget.any], ["*", "*"]);
    assert.match(widget.text, /^import "\.\/assets\/sdk\/sdk\.ts";$/m);
    assert.equal(headers.get("x-typescript-types"), "./sdk.d.ts");
    const modules = [...text.matchAll(/"\.(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    for (const name of ["sdk/sdk.ts", "talk/webCall.ts", "audio/speaker.ts", "apiClient.ts"]) {
      assert.ok(modules.includes(`/assets/${name}`), name);
    }
    for (
      const path of [
        ...modules,
        "/assets/audio/capture.worklet.ts",
        "/assets/embed/embedTexts.json",
      ]
    ) {
      const module = await of(path);
      assert.equal(module.any, "*", path);
      assert.equal(module.headers.get("cross-origin-resource-policy"), "cross-origin", path);
    }
    assert.match((await of("/sdk.d.ts")).text, /export declare function connect\(/);
    assert.equal((await of("/")).any, null);
  }));

Deno.test("pagesRoutes() answers 304 when the browser has the file already", () =>
  withWebServer({}, async (server) => {
    const first = await server.fetch("/assets/page.css");
    await first.body?.cancel();
    const etag = first.headers.get("etag") ?? "";
    // Deno weakens the tags of what it compresses.
    for (const held of [etag, `W/${etag}`]) {
      const headers = { "if-none-match": held };
      const second = await server.fetch("/assets/page.css", { headers });
      assert.deepEqual([second.status, await second.text()], [304, ""], held);
    }
  }));

for (
  const path of [
    "/assets/../routes/web.ts",
    "/assets/..%2froutes%2fweb.ts",
    "/assets/%2e%2e/routes/web.ts",
    "/assets/..%5croutes%5cweb.ts",
    "/assets/page.ts%00.css",
    "/assets/.env",
    "/assets/nothing.ts",
    "/assets/docs/nothing.ts",
    "/assets/docs/../../routes/web.ts",
    "/assets/docs/..%2f..%2froutes%2fweb.ts",
    "/assets/",
    "/assets/de/",
    "/assets/de/nothing.ts",
    "/assets/de/de/page.ts",
    "/assets/de/..%2f..%2froutes%2fweb.ts",
    `/assets/${"a".repeat(5000)}.ts`,
  ]
) {
  Deno.test(`pagesRoutes() answers 404 when asked for ${path.slice(0, 40)}`, () =>
    withWebServer({}, async (server) => {
      assert.deepEqual(await problemOf(await server.fetch(path)), [404, "not_found"]);
    }));
}

for (
  const [headers, language] of [
    [{}, "en"],
    [{ "accept-language": "de-CH,en;q=0.5" }, "de"],
    [{ "accept-language": "fr, en;q=0.4, de;q=0.9" }, "de"],
    [{ "accept-language": "en-GB,de;q=0.9" }, "en"],
    [{ "accept-language": "de", "cookie": "parley-language=en" }, "en"],
    [{ "accept-language": "en", "cookie": "parley-language=de" }, "de"],
    [{ "accept-language": ";;q=x,\u00e4".repeat(50), "cookie": "parley-language=fr" }, "en"],
  ] as const
) {
  Deno.test(`pagesRoutes() sends the page in the language of ${JSON.stringify(headers).slice(0, 70)}`, () =>
    withWebServer({}, async (server) => {
      const response = await server.fetch("/", { headers });
      const html = await response.text();
      assert.equal(response.headers.get("content-language"), language);
      assert.match(response.headers.get("vary") ?? "", /Accept-Language, Cookie/);
      assert.match(html, language === "de" ? /<html lang="de">/ : /<html lang="en">/);
      assert.match(html, language === "de" ? />Auflegen</ : />Hang up</);
      const folder = /src="(\/assets\/(?:de\/)?)page\.ts"/.exec(html)?.[1] ?? "";
      assert.equal(folder, language === "de" ? "/assets/de/" : "/assets/");
      const fragment = await server.fetch(`${folder}live/call.html`, { headers });
      assert.match(await fragment.text(), language === "de" ? />Weiterleiten …</ : />Transfer…</);
      const module = await server.fetch(`${folder}views.ts`, { headers });
      assert.match(
        await module.text(),
        language === "de" ? /t\("Laufende Gespräche"\)/ : /t\("Live calls"\)/,
      );
    }));
}
