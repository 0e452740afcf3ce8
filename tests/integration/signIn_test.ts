import assert from "node:assert/strict";
import { SettingsError } from "../../src/config/env.ts";
import {
  people,
  type SignInServerOptions,
  SignInVisitor,
  startSignInServer,
} from "../support/servers/signInServer.ts";
import { problemOf } from "../support/problemOf.ts";
import { until } from "../support/until.ts";

async function open(options?: SignInServerOptions) {
  const server = await startSignInServer(options);
  return {
    server,
    visitor: () => new SignInVisitor(server.origin),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The status of an answer, and the title of the page that it is. */
async function faultOf(answer: Response): Promise<readonly [number, string]> {
  assert.match(
    answer.headers.get("content-security-policy") ?? "",
    /^default-src 'none'; style-src/,
  );
  assert.equal(answer.headers.get("cache-control"), "no-store");
  return [answer.status, /<h1>(.*)<\/h1>/.exec(await answer.text())?.[1] ?? ""];
}

const SESSION = "parley_session";

Deno.test("somebody signs in, does what the role allows, and signs out", async () => {
  await using rig = await open();
  const ann = rig.visitor();
  assert.equal((await ann.me()).status, 401);
  const come = await ann.signIn("ann", "#records");
  assert.deepEqual([come.status, come.headers.get("location")], [303, "/#records"]);
  const set = come.headers.getSetCookie().find((line) => line.startsWith(SESSION)) ?? "";
  assert.match(set, /; Path=\/; HttpOnly; SameSite=Strict$/);
  const me = await (await ann.send("/api/me")).json();
  assert.deepEqual([me.name, me.role, me.by], ["ann@example.com", "admin", "sign-in"]);
  assert.ok(Math.abs(Date.parse(me.expiresAt) - Date.now() - 12 * 3_600_000) < 60_000);
  const calls = await ann.send("/api/calls");
  assert.equal(calls.status, 200);
  assert.equal(calls.headers.get("cache-control"), "no-store");

  const kept = new Map(ann.cookies);
  const out = await ann.post("/sign-out");
  const { next } = await out.json();
  assert.equal(new URL(next).origin, rig.server.provider.issuer);
  assert.equal(new URL(next).searchParams.get("post_logout_redirect_uri"), `${rig.server.origin}/`);
  assert.equal(ann.cookies.has(SESSION), false);
  for (const [name, value] of kept) ann.cookies.set(name, value);
  assert.deepEqual(await problemOf(await ann.send("/api/me")), [401, "session_ended"]);
});

Deno.test("the most privileged role that matches counts, and unverified addresses match nothing", async () => {
  await using rig = await open();
  const roles = [];
  for (const { subject } of people) {
    const visitor = rig.visitor();
    const come = await visitor.signIn(subject);
    await come.body?.cancel();
    roles.push([come.status, (await visitor.me()).name, (await visitor.me()).role]);
  }
  assert.deepEqual(roles, [
    [303, "ann@example.com", "admin"],
    [303, "bob@example.com", "viewer"],
    [403, undefined, undefined],
    [303, "sub:di", "operator"],
    [403, undefined, undefined],
  ]);
});

Deno.test("an address that only looks like another, or becomes it in lower case, is not that one", async () => {
  const emails = ["\u212Aim@example.com", "kim\u200b@example.com", `kim@${"a".repeat(400)}.com`];
  emails.push("KIM@example.com");
  await using rig = await open({
    provider: { people: emails.map((email, at) => ({ subject: `p${at}`, name: "Kim", email })) },
    env: { SIGN_IN_ROLES: "kim@example.com=admin,*@example.com=viewer" },
  });
  const roles = [];
  for (const at of emails.keys()) {
    const visitor = rig.visitor();
    await visitor.signIn(`p${at}`);
    const { status, role, name } = await visitor.me();
    roles.push([status, role, name]);
  }
  assert.deepEqual(roles, [
    [401, undefined, undefined],
    [401, undefined, undefined],
    [401, undefined, undefined],
    [200, "admin", "kim@example.com"],
  ]);
});

Deno.test("an address counts where its flag is absent or true, whatever else the flag may be", async () => {
  await using rig = await open();
  const names = [];
  for (const flag of [undefined, true, "True", false, "False", 0, null, "", ["true"], {}]) {
    rig.server.provider.faults.claims = { email_verified: flag };
    const visitor = rig.visitor();
    await visitor.signIn("bob");
    names.push((await visitor.me()).name);
  }
  const bob = "bob@example.com";
  assert.deepEqual(names, [bob, bob, bob, ...Array.from({ length: 7 }, () => undefined)]);
});

Deno.test("who is refused is told so, and that stands in the audit", async () => {
  await using rig = await open();
  const answer = await rig.visitor().signIn("eve");
  assert.deepEqual(await faultOf(answer.clone()), [403, "You may not use this server"]);
  assert.match(await answer.text(), /knows you as <strong>eve@elsewhere\.example<\/strong>/);
  const german = rig.visitor();
  german.cookies.set("parley-language", "de");
  assert.deepEqual(await faultOf(await german.signIn("eve")), [
    403,
    "Sie dürfen diesen Server nicht benutzen",
  ]);
  const ann = rig.visitor();
  await ann.signIn("ann");
  const entries = await until(
    async () => (await (await ann.send("/api/audit?action=session.begin")).json()).entries,
    (found: readonly { key: string; outcome: string }[]) => found.length === 2,
  );
  assert.deepEqual(
    entries.map(({ key, outcome }) => [key, outcome]),
    [
      ["ann@example.com", "done"],
      ["eve@elsewhere.example", "refused"],
    ],
  );
  assert.equal(rig.server.lines.some((line) => line.includes("@")), false);
});

Deno.test("a role limits what somebody may do", async () => {
  await using rig = await open();
  const bob = rig.visitor();
  await bob.signIn("bob");
  assert.equal((await bob.send("/api/calls")).status, 200);
  assert.deepEqual(await problemOf(await bob.send("/api/audit")), [403, "scope_missing"]);
  assert.deepEqual(await problemOf(await bob.post("/api/web/session")), [403, "scope_missing"]);
});

const wrong: Readonly<
  Record<string, { claims?: Record<string, unknown>; signature?: "spoilt" | "none" }>
> = {
  "another issuer": { claims: { iss: "https://elsewhere.example" } },
  "another audience": { claims: { aud: "another-client" } },
  "another nonce": { claims: { nonce: "another" } },
  "no nonce": { claims: { nonce: undefined } },
  "a token that has expired": { claims: { exp: 1_700_000_000 } },
  "a spoilt signature": { signature: "spoilt" },
  "the algorithm none": { signature: "none" },
};

Deno.test("nobody is signed in by a token that is not right", async (t) => {
  await using rig = await open({ env: { API_KEYS: "ops:0123456789abcdef;scopes=admin" } });
  for (const [name, { claims, signature }] of Object.entries(wrong)) {
    await t.step(name, async () => {
      Object.assign(rig.server.provider.faults, { claims, signature });
      const ann = rig.visitor();
      assert.deepEqual(await faultOf(await ann.signIn("ann")), [502, "You are not signed in"]);
      assert.equal(ann.cookies.has(SESSION), false);
    });
  }
  await t.step("and by one that is, somebody is", async () => {
    Object.assign(rig.server.provider.faults, { claims: undefined, signature: undefined });
    assert.equal((await rig.visitor().signIn("ann")).status, 303);
  });
});

Deno.test("tokens with ES256, and public clients, are good too", async () => {
  for (const algorithm of ["ES256", "RS256"] as const) {
    await using rig = await open({
      provider: { algorithm },
      isPublic: algorithm === "ES256",
    });
    assert.equal((await rig.visitor().signIn("ann")).status, 303);
  }
});

Deno.test("a state, a code and a browser belong together", async () => {
  await using rig = await open();
  const over = [400, "This sign-in is over"];
  const ann = rig.visitor();
  const back = await ann.choose("ann");
  const forged = back.replace(/state=[^&]*/, "state=0000.aaaaaaaaaaaaaaaaaaaaaa..b");
  assert.deepEqual(await faultOf(await ann.send(forged)), over);
  assert.deepEqual(await faultOf(await rig.visitor().send(back)), over, "no cookie");
  const other = rig.visitor();
  await other.choose("bob");
  assert.deepEqual(await faultOf(await other.send(back)), over, "another browser");
  const elsewhere = back.replace(/iss=[^&]*/, "iss=https%3A%2F%2Felsewhere.example");
  assert.deepEqual(await faultOf(await ann.send(elsewhere)), [502, "You are not signed in"]);

  const pending = new Map(ann.cookies);
  assert.equal((await ann.send(back)).status, 303);
  assert.deepEqual(await faultOf(await ann.send(back)), over, "the browser's secret is used");
  for (const [name, value] of pending) ann.cookies.set(name, value);
  assert.deepEqual(await faultOf(await ann.send(back)), over, "the code is used");

  const away = rig.visitor();
  assert.deepEqual(await faultOf(await away.signIn("nobody")), [403, "You are not signed in"]);
});

Deno.test("a sign-in that another tab has begun is good until one of them is through", async () => {
  await using rig = await open();
  const ann = rig.visitor();
  const [first, second] = [await ann.choose("ann", "#calls"), await ann.choose("ann", "#records")];
  assert.equal((await ann.send(first)).headers.get("location"), "/#calls");
  assert.deepEqual(await faultOf(await ann.send(second)), [400, "This sign-in is over"]);
});

Deno.test("somebody goes on at a part of the page, and never elsewhere", async () => {
  await using rig = await open();
  const places = [
    ["#records?from=2027-01-01", "/#records?from=2027-01-01"],
    ["docs", "/docs"],
    ["https://elsewhere.example", "/"],
    ["//elsewhere.example", "/"],
    ["/\\elsewhere.example", "/"],
    ["/elsewhere.example", "/"],
    ["#a\r\nSet-Cookie: a=b", "/"],
  ];
  for (const [to = "", expected] of places) {
    const come = await rig.visitor().signIn("ann", to);
    assert.equal(come.headers.get("location"), expected, to);
  }
});

Deno.test("another site brings people to the page, and begins no sign-in", async () => {
  await using rig = await open();
  const begin = async (site: string) => {
    const headers = { "Sec-Fetch-Site": site };
    const answer = await rig.visitor().send("/sign-in?to=%23records", { headers });
    return [answer.status, answer.headers.get("location"), answer.headers.getSetCookie().length];
  };
  for (const site of ["cross-site", "same-site"]) {
    assert.deepEqual(await begin(site), [303, "/#records", 0]);
  }
  for (const site of ["same-origin", "none"]) {
    const [status, location, cookies] = await begin(site);
    assert.deepEqual([status, cookies], [303, 1]);
    assert.ok(String(location).startsWith(rig.server.provider.issuer));
  }
});

Deno.test("the cookie counts for requests of the server's own page alone", async () => {
  const key = "0123456789abcdef";
  await using rig = await open({
    env: {
      API_KEYS: `ops:${key};scopes=admin`,
      ALLOWED_ORIGINS: "https://app.example.com",
    },
  });
  const ann = rig.visitor();
  await ann.signIn("ann");
  const denied = [403, "origin_not_allowed"];
  const path = "/api/do-not-call/+14155550177";
  const put = async (headers: Record<string, string>) =>
    await ann.send(path, { method: "PUT", headers });
  assert.equal((await put({ Origin: rig.server.origin })).status, 200);
  assert.equal((await put({ "Sec-Fetch-Site": "same-origin" })).status, 200);
  const foreign: Record<string, string>[] = [
    {},
    { Origin: "https://elsewhere.example" },
    { Origin: "https://app.example.com" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "none" },
    { "Sec-Fetch-Site": "same-site" },
    { "Sec-Fetch-Site": "cross-site", Origin: rig.server.origin },
  ];
  for (const headers of foreign) {
    assert.deepEqual(await problemOf(await put(headers)), denied, JSON.stringify(headers));
  }
  for (const headers of foreign.slice(1, 4)) {
    const read = await ann.send("/api/calls", { headers });
    assert.equal(read.headers.get("access-control-allow-credentials"), null);
    assert.deepEqual(await problemOf(read), denied);
    const session = await ann.send("/api/web/session", { method: "POST", headers });
    assert.deepEqual(await problemOf(session), denied);
    const out = await ann.send("/sign-out", { method: "POST", headers });
    assert.deepEqual(await problemOf(out), denied);
  }
  // A key counts as before, and in the place of the cookie.
  const withKey = { "X-API-Key": key, Origin: "https://app.example.com" };
  assert.equal((await put(withKey)).status, 200);
  assert.equal((await (await ann.send("/api/me", { headers: withKey })).json()).name, "ops");
  assert.deepEqual(
    await problemOf(await ann.send("/api/me", { headers: { "X-API-Key": "a-wrong-key-0123456" } })),
    [401, "invalid_key"],
  );
});

Deno.test("sockets open by a person's token from the server's own page alone", async () => {
  await using rig = await open({ env: { ALLOWED_ORIGINS: "https://app.example.com" } });
  const ann = rig.visitor();
  await ann.signIn("ann");
  const { token } = await (await ann.post("/api/web/session")).json();
  const upgrade = async (headers: Record<string, string>) =>
    await rig.server.app.fetch(
      new Request(`${rig.server.origin}/web`, {
        headers: {
          "Connection": "Upgrade",
          "Upgrade": "websocket",
          "Sec-WebSocket-Version": "13",
          "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
          "Sec-WebSocket-Protocol": `parley.v1, token.${token}`,
          ...headers,
        },
      }),
      { remoteAddress: "127.0.0.1" },
    );
  const denied = [403, "origin_not_allowed"];
  assert.deepEqual(await problemOf(await upgrade({ Origin: "https://elsewhere.example" })), denied);
  assert.deepEqual(await problemOf(await upgrade({ Origin: "https://app.example.com" })), denied);
  assert.deepEqual(await problemOf(await upgrade({})), denied);
});

Deno.test("an admin sees who is signed in, and ends a session with its streams", async () => {
  await using rig = await open();
  const [ann, bob] = [rig.visitor(), rig.visitor()];
  await ann.signIn("ann");
  await bob.signIn("bob");
  const events = await bob.send("/api/events");
  assert.equal(events.status, 200);
  const { sessions } = await (await ann.send("/api/sessions")).json();
  assert.deepEqual(
    sessions.map(({ name, role, isOwn }: Record<string, unknown>) => [name, role, isOwn]),
    [["bob@example.com", "viewer", false], ["ann@example.com", "admin", true]],
  );
  assert.deepEqual(await problemOf(await bob.send("/api/sessions")), [403, "scope_missing"]);
  assert.equal((await ann.post(`/api/sessions/${sessions[0].id}/end`)).status, 204);
  await events.text();
  assert.deepEqual(await problemOf(await bob.send("/api/calls")), [401, "session_ended"]);
  assert.deepEqual(
    await problemOf(await ann.post(`/api/sessions/${sessions[0].id}/end`)),
    [404, "unknown_session"],
  );
});

Deno.test("one person has ten sessions at most: a further one ends the oldest", async () => {
  await using rig = await open();
  const visitors = Array.from({ length: 11 }, rig.visitor);
  for (const visitor of visitors) assert.equal((await visitor.signIn("ann")).status, 303);
  const [oldest, second] = visitors;
  await until(async () => (await oldest?.me())?.status, (status) => status === 401);
  assert.equal((await second?.me())?.status, 200);
});

Deno.test("the streams of all sessions of a person count together", async () => {
  await using rig = await open();
  const [first, second, bob] = [rig.visitor(), rig.visitor(), rig.visitor()];
  for (const visitor of [first, second]) await visitor.signIn("ann");
  await bob.signIn("bob");
  const open100 = Array.from({ length: 100 }, () => first.send("/api/events"));
  const streams = await Promise.all(open100);
  assert.deepEqual([...new Set(streams.map(({ status }) => status))], [200]);
  assert.deepEqual(await problemOf(await second.send("/api/events")), [429, "too_many_streams"]);
  const others = await bob.send("/api/events");
  assert.equal(others.status, 200);
  // Those of a session end with it, and no others.
  await first.post("/sign-out");
  for (const { body } of streams) await new Response(body).text();
  const free = await second.send("/api/events");
  assert.equal(free.status, 200);
  for (const { body } of [others, free]) await body?.cancel();
});

Deno.test("a provider that is silent or away is told of, and nothing hangs", async () => {
  await using rig = await open({ env: { API_KEYS: "ops:0123456789abcdef;scopes=admin" } });
  const { provider } = rig.server;
  const ann = rig.visitor();
  const back = await ann.choose("ann");
  provider.faults.silent = true;
  assert.deepEqual(await faultOf(await ann.send(back)), [503, "The provider does not answer"]);
  provider.faults.silent = false;

  await using fresh = await open({
    env: { OIDC_ISSUER: "http://127.0.0.1:9", API_KEYS: "ops:0123456789abcdef;scopes=admin" },
  });
  assert.deepEqual(
    await faultOf(await fresh.visitor().send("/sign-in")),
    [503, "The provider does not answer"],
  );
  const setup = await fresh.server.request("/api/setup", {
    headers: { "X-API-Key": "0123456789abcdef" },
  });
  const { checks } = await setup.json();
  const { state, text } = checks.find(({ part }: { part: string }) => part === "signIn");
  assert.deepEqual([state, text], ["broken", "Nobody can sign in: {host} does not answer."]);
});

Deno.test("tries to sign in are limited by address", async () => {
  await using rig = await open();
  const visitor = rig.visitor();
  for (let i = 0; i < 60; i++) assert.equal((await visitor.send("/sign-in")).status, 303);
  const refused = await visitor.send("/sign-in");
  assert.ok(Number(refused.headers.get("retry-after")) > 0);
  assert.deepEqual(await faultOf(refused), [429, "Too many tries"]);
});

Deno.test("wrong combinations of settings are told at the start", async () => {
  const problems = async (env: Record<string, string>) => {
    try {
      await using _server = await startSignInServer({ env });
      return [];
    } catch (error) {
      assert.ok(error instanceof SettingsError);
      return error.problems;
    }
  };
  assert.match((await problems({ OIDC_ISSUER: "" })).join(" "), /OIDC_ISSUER is missing/);
  assert.match((await problems({ OIDC_CLIENT_ID: "" })).join(" "), /OIDC_CLIENT_ID is missing/);
  assert.match((await problems({ SIGN_IN_ROLES: "" })).join(" "), /SIGN_IN_ROLES is missing/);
  assert.match(
    (await problems({ SIGN_IN_ROLES: "ann@example.com=admin,bob=owner" })).join(" "),
    /SIGN_IN_ROLES, entry 2: write/,
  );
  assert.match(
    (await problems({ OIDC_ISSUER: "http://accounts.example.com" })).join(" "),
    /OIDC_ISSUER must begin with https:/,
  );
  assert.match((await problems({ SIGN_IN_HOURS: "0" })).join(" "), /SIGN_IN_HOURS is "0"/);
  assert.match((await problems({ HOST: "0.0.0.0" })).join(" "), /PUBLIC_URL is missing/);
});
