import { strict as assert } from "node:assert";
import { isOpensslThere } from "../support/programs.ts";
import { type FrontRules, startPublicFront } from "../support/servers/publicFront.ts";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { startServerProcess } from "../support/servers/serverProcess.ts";
import { codesOf, type SeenCheck, setupChecks } from "../support/setup/setupChecks.ts";

const ignore = !isOpensslThere();

interface Planted {
  readonly rules?: FrontRules;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Nothing stands behind the front. */
  readonly isAlone?: boolean;
  readonly isUntrusted?: boolean;
  readonly isClosed?: boolean;
}

/** What a server says of its public address, where it stands behind such a front. */
async function checksBehind(
  { rules, env, isAlone, isUntrusted, isClosed }: Planted,
): Promise<readonly SeenCheck[]> {
  const front = await startPublicFront(rules);
  try {
    await using server = await startPhoneServer({
      env: { PUBLIC_URL: front.url, API_KEYS: `ops:${apiKey};scopes=admin`, ...env },
      network: { publicUrl: front.url },
      overrides: isUntrusted === true ? {} : { publicCertificates: [front.cert] },
    });
    if (isAlone !== true) front.pointAt(server.origin);
    if (isClosed === true) await front[Symbol.asyncDispose]();
    const checks = await setupChecks(server);
    return checks.filter(({ part }) => part === "publicUrl");
  } finally {
    if (isClosed !== true) await front[Symbol.asyncDispose]();
  }
}

Deno.test({
  name: "a public address that reaches the server, with signatures and WebSockets, is in order",
  ignore,
  async fn() {
    await using front = await startPublicFront();
    await using server = await startPhoneServer({
      env: { PUBLIC_URL: front.url, API_KEYS: `ops:${apiKey};scopes=admin` },
      network: { publicUrl: front.url },
      overrides: { publicCertificates: [front.cert] },
    });
    front.pointAt(server.origin);
    const checks = await setupChecks(server);
    assert.deepEqual(codesOf(checks, "publicUrl"), ["public_url_ok"]);
    assert.deepEqual(front.requests, ["POST /twilio/probe", "GET /media"]);
    // Within five seconds nobody makes the server ask again.
    await setupChecks(server);
    assert.equal(front.requests.length, 2);
  },
});

const plants: readonly (readonly [what: string, code: string, planted: Planted])[] = [
  ["a redirect", "public_url_redirects", {
    rules: {
      answer: "301 Moved Permanently\r\nLocation: https://www.voice.example/twilio/probe?x=1",
    },
  }],
  ["another server", "public_url_other_server", {
    rules: { answer: "200 OK\r\nContent-Type: text/html" },
  }],
  ["a proxy without a server", "public_url_gateway", { isAlone: true }],
  ["a tunnel without a program", "public_url_gateway", {
    rules: { answer: "404 Not Found\r\nNgrok-Error-Code: ERR_NGROK_3200" },
  }],
  ["a password", "public_url_guarded", {
    rules: { answer: "401 Unauthorized\r\nWWW-Authenticate: Basic" },
  }],
  ["a header that is taken away", "public_url_signature_missing", {
    rules: { leftOut: ["x-twilio-signature"], leftOutOfUpgrade: [] },
  }],
  ["streams without their signature", "public_url_signature_missing", {
    rules: { leftOutOfUpgrade: ["x-twilio-signature"] },
  }],
  ["a path that is changed", "public_url_signature_wrong", {
    rules: { line: (line) => line.replace(" /twilio/probe?", " /twilio/probe?from=proxy&") },
  }],
  ["no WebSockets", "public_url_no_websockets", { rules: { leftOutOfUpgrade: ["upgrade"] } }],
  ["an upgrade that is refused", "public_url_no_websockets", {
    rules: { upgradeAnswer: "400 Bad Request" },
  }],
  ["a certificate that is not trusted", "public_url_certificate", { isUntrusted: true }],
  ["nothing that listens", "public_url_not_answering", { isClosed: true }],
  ["clients without their addresses", "public_url_no_client_address", {
    env: { TRUST_PROXY: "true" },
  }],
];

for (const [what, code, planted] of plants) {
  Deno.test({
    name: `at the public address, ${what} is found`,
    ignore,
    async fn() {
      const checks = await checksBehind(planted);
      assert.deepEqual(checks.map((check) => check.code), [code]);
      assert.notEqual(checks[0]?.remedy, null);
      assert.notEqual(checks[0]?.state, "ok");
    },
  });
}

Deno.test({
  name: "a redirect is told with where it leads, without what was asked",
  ignore,
  async fn() {
    const [check] = await checksBehind({
      rules: { answer: "308 Permanent Redirect\r\nLocation: https://www.voice.example/a?secret=1" },
    });
    assert.equal(check?.values["to"], "https://www.voice.example/a");
    assert.equal(check.values["status"], 308);
  },
});

Deno.test({
  name: "another Parley server at the public address is told from one of the same database",
  ignore,
  async fn() {
    await using front = await startPublicFront();
    const options = {
      env: { PUBLIC_URL: front.url, API_KEYS: `ops:${apiKey};scopes=admin` },
      network: { publicUrl: front.url },
      overrides: { publicCertificates: [front.cert] },
    };
    await using other = await startPhoneServer(options);
    await using server = await startPhoneServer(options);
    front.pointAt(other.origin);
    const [check] = (await setupChecks(server)).filter(({ part }) => part === "publicUrl");
    assert.equal(check?.code, "public_url_other_server");
    assert.match(check.text, /Another Parley server/);
  },
});

Deno.test("without TLS or a phone, the page's address is asked all the same", async () => {
  await using server = await startPhoneServer({
    env: {
      PUBLIC_URL: "http://localhost:9",
      API_KEYS: `ops:${apiKey};scopes=admin`,
      TWILIO_ACCOUNT_SID: undefined,
      TWILIO_AUTH_TOKEN: undefined,
      TWILIO_PHONE_NUMBER: undefined,
      TWILIO_API_URL: undefined,
    },
  });
  assert.deepEqual(codesOf(await setupChecks(server), "publicUrl"), ["public_url_not_answering"]);
});

Deno.test({
  name: "strangers get no answer from the probe, and few attempts, which lock out nobody",
  ignore,
  async fn() {
    await using front = await startPublicFront();
    await using server = await startPhoneServer({
      env: { PUBLIC_URL: front.url, API_KEYS: `ops:${apiKey};scopes=admin` },
      network: { publicUrl: front.url },
      overrides: { publicCertificates: [front.cert] },
    });
    front.pointAt(server.origin);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 25; attempt++) {
      const response = await server.request("/twilio/probe?nonce=1.a&pass=b", { method: "POST" });
      statuses.push(response.status);
      await response.body?.cancel();
    }
    assert.equal(statuses[0], 404);
    assert.equal(statuses.at(-1), 429);
    assert.deepEqual(codesOf(await setupChecks(server), "publicUrl"), ["public_url_ok"]);
  },
});

Deno.test("an address that the server may not connect to is told with the line for deno.json, untried", async () => {
  // The name is of nobody, and never looked up: the permission is missing.
  await using server = await startServerProcess({
    env: { PUBLIC_URL: "https://voice.parley-server.test-only" },
  });
  const { checks } = await (await server.get("/api/setup")).json();
  const [check] = checks.filter(({ part }: SeenCheck) => part === "publicUrl");
  assert.equal(check.code, "public_url_not_permitted");
  assert.equal(check.values.host, "voice.parley-server.test-only:443");
  assert.deepEqual(check.fix.code, "allow_host");
});
