import assert from "node:assert/strict";
import { readSettings, SettingsError } from "../../src/config/env.ts";
import { fillSentence } from "../../src/utils/sentence.ts";
import { unknownPageAgents } from "../../src/config/publicKeys.ts";
import { settingNames } from "../../src/config/settingNames.ts";

const phone = {
  PUBLIC_URL: "https://voice.example.com",
  TWILIO_ACCOUNT_SID: `AC${"0a".repeat(16)}`,
  TWILIO_AUTH_TOKEN: "0123456789abcdef0123456789abcdef",
  TWILIO_PHONE_NUMBER: "+14155550100",
  API_KEYS: "ops:0123456789abcdef;scopes=admin",
  OPENAI_API_KEY: "sk-planted",
};

Deno.test("readSettings() has a default for everything", () => {
  const settings = readSettings({});
  assert.deepEqual(settings, {
    server: {
      host: "127.0.0.1",
      port: 8000,
      allowedOrigins: [],
      trustProxy: false,
      drainMs: 0,
      apiKeys: [],
    },
    openai: {
      url: "wss://api.openai.com/v1/realtime",
      auth: "auto",
      model: "gpt-realtime-2.1",
      socket: "nodelay",
      groupMs: 100,
    },
    database: { kind: "sqlite", path: "./data/parley.db" },
    records: { auditDays: 365, auditEntries: 1_000_000 },
    recordings: {
      dir: "./data/recordings",
      keys: [],
      maxMs: 240 * 60_000,
      minFreeBytes: 500 * 1024 * 1024,
    },
    agents: { dir: "src/agents", default: "receptionist" },
    outbound: {
      allow: [],
      deny: [],
      from: [],
      sipHosts: [],
      perSecond: 1,
      perMinute: 10,
      concurrent: 5,
      dailyMinutes: 600,
      perNumberDaily: 10,
      pending: 10_000,
    },
    sms: { daily: 200, perNumberDaily: 5 },
    limits: {
      calls: 100,
      callMs: 3_600_000,
      holdMs: 1_800_000,
      idleMs: 30_000,
      listeners: { perCall: 3, all: 20 },
      transferMs: 3_600_000,
      transferDials: 20,
      transferDialsPerMinute: 60,
      webCallsPerKey: 40,
      webCallsPerVisitor: 3,
      server: { dailyMinutes: 6000 },
      inbound: { dailyMinutes: 3000 },
      key: { dailyMinutes: 1500 },
      caller: { dailyMinutes: 240 },
      visitor: { dailyMinutes: 240 },
      chosenUsd: [],
    },
    signingSecrets: [],
    tools: { privateHosts: [], isProxied: false },
    log: { level: "info", format: "auto" },
    hints: [],
  });
});

Deno.test("readSettings() limits dollars by default where a real model answers", () => {
  const { limits, outbound, hints } = readSettings({ OPENAI_API_KEY: "sk-x" });
  assert.equal(limits.callUsd, 20);
  assert.equal(outbound.dailyUsd, 25);
  assert.deepEqual(limits.server, { dailyMinutes: 6000, dailyUsd: 100 });
  assert.deepEqual(limits.inbound, { dailyMinutes: 3000, dailyUsd: 50 });
  assert.deepEqual(limits.key, { dailyMinutes: 1500, dailyUsd: 25 });
  assert.deepEqual([limits.chosenUsd, hints], [[], []]);
});

Deno.test("readSettings() takes a limit away only where that is said, and says so", () => {
  const { limits, outbound, hints } = readSettings({
    OPENAI_API_KEY: "sk-x",
    MAX_CALL_USD: "off",
    DAILY_USD: "0",
    WEB_CALLS_PER_KEY: "OFF",
    OUTBOUND_DAILY_MINUTES: "off",
    KEY_DAILY_USD: "9",
  });
  assert.equal("callUsd" in limits, false);
  assert.deepEqual(limits.server, { dailyMinutes: 6000 });
  assert.equal("webCallsPerKey" in limits, false);
  assert.equal("dailyMinutes" in outbound, false);
  assert.deepEqual(limits.chosenUsd, ["KEY_DAILY_USD"]);
  assert.equal(hints.length, 4);
  for (const name of ["MAX_CALL_USD", "DAILY_USD", "WEB_CALLS_PER_KEY", "OUTBOUND_DAILY_MINUTES"]) {
    assert.ok(hints.some(({ values }) => values?.["name"] === name), name);
  }
});

Deno.test("readSettings() keeps a wider limit by default from undercutting a narrower one", () => {
  const { limits } = readSettings({
    OPENAI_API_KEY: "sk-x",
    OUTBOUND_DAILY_USD: "400",
    OUTBOUND_DAILY_MINUTES: "9000",
  });
  assert.deepEqual(limits.key, { dailyMinutes: 9000, dailyUsd: 400 });
  assert.deepEqual(limits.server, { dailyMinutes: 9000, dailyUsd: 400 });
});

Deno.test("readSettings() reads what is set, and takes blanks for nothing", () => {
  const settings = readSettings({
    ...phone,
    HOST: "[::1]",
    PORT: " 9000 ",
    API_KEYS: `ops:0123456789abcdef, ci:sha256:${"ab".repeat(32)}`,
    ALLOWED_ORIGINS: "https://A.example.com/, http://localhost:3000",
    OPENAI_API_KEY: "",
    OPENAI_REALTIME_URL: "ws://127.0.0.1:9/v1/realtime",
    TWILIO_API_KEY_SID: `SK${"0b".repeat(16)}`,
    TWILIO_API_KEY_SECRET: "hush",
    DATABASE_URL: "postgres://me:pw@db/parley",
    OUTBOUND_COUNTRIES: "us, gb,US",
    OUTBOUND_DAILY_USD: "9.50",
    OUTBOUND_ALLOW: "+1415, +1650",
    OUTBOUND_DENY: "+14155550199",
    OUTBOUND_HOURS: "08:30-21:00",
    MAX_CALL_USD: "2",
    RETENTION_DAYS: "90",
    AUDIT_DAYS: "400",
    AUDIT_ENTRIES: "20000",
    PRICES_FILE: "./data/prices.json",
    TELEPHONY_USD_PER_MINUTE: "0.014",
    JOURNAL_DIR: "./data/journals/",
    RECORDINGS_DIR: "./data/sound/",
    RECORDING_KEY: `${"0f".repeat(32)},${new Uint8Array(32).toBase64()}`,
    RECORDING_MAX_MINUTES: "30",
    RECORDING_MIN_FREE_MB: "10",
    RECORDING_RETENTION_DAYS: "14",
    WEBHOOK_URL: "https://example.com/hook",
    WEBHOOK_SECRET: `whsec_${btoa("0".repeat(32))},whsec_${btoa("1".repeat(24))}`,
    TRUST_PROXY: "Yes",
    LOG_FORMAT: "PRETTY",
  });
  assert.equal(settings.server.host, "::1");
  assert.equal(settings.server.port, 9000);
  assert.deepEqual(settings.server.apiKeys.map(({ name }) => name), ["ops", "ci"]);
  assert.deepEqual(settings.server.allowedOrigins, [
    "https://a.example.com",
    "http://localhost:3000",
  ]);
  assert.equal(settings.server.trustProxy, true);
  assert.equal("apiKey" in settings.openai, false);
  assert.equal(settings.openai.url, "ws://127.0.0.1:9/v1/realtime");
  assert.equal(settings.phone?.apiKey?.secret, "hush");
  assert.equal(settings.phone?.publicUrl, "https://voice.example.com");
  assert.deepEqual(settings.database, { kind: "postgres", url: "postgres://me:pw@db/parley" });
  assert.deepEqual(settings.recordings, {
    dir: "./data/sound",
    keys: [new Uint8Array(32).fill(15), new Uint8Array(32)],
    maxMs: 1_800_000,
    minFreeBytes: 10_485_760,
    retentionDays: 14,
  });
  assert.deepEqual(settings.outbound.countries, ["US", "GB"]);
  assert.equal(settings.outbound.dailyUsd, 9.5);
  assert.deepEqual(settings.outbound.allow, ["+1415", "+1650"]);
  assert.deepEqual(settings.outbound.deny, ["+14155550199"]);
  assert.deepEqual(settings.outbound.hours, { fromMinute: 510, toMinute: 1260 });
  assert.equal(settings.limits.callUsd, 2);
  assert.deepEqual(settings.records, {
    retentionDays: 90,
    auditDays: 400,
    auditEntries: 20_000,
    pricesFile: "./data/prices.json",
    telephonyUsdPerMinute: 0.014,
    journal: { dir: "./data/journals", texts: false },
  });
  assert.equal(settings.webhook?.url, "https://example.com/hook");
  assert.equal(settings.webhook?.secrets.length, 2);
  assert.equal(settings.log.format, "pretty");
});

Deno.test("readSettings() reports every problem at once and no secret", () => {
  const secrets = [
    "tooshort-secret",
    "sk-very-secret",
    "short-one",
    "tw-secret-token",
    "pw-in-url",
  ];
  const problems = problemsOf({
    HOST: "0.0.0.0",
    PORT: "70000",
    PUBLIC_URL: "http://voice.example.com/path",
    API_KEYS: `a:short-one,b,c:sha256:12,d:0123456789abcdef;role=boss`,
    ALLOWED_ORIGINS: "*",
    TRUST_PROXY: "maybe",
    OPENAI_API_KEY: "sk-very-secret",
    OPENAI_REALTIME_URL: "ftp://x",
    OPENAI_SOCKET: "tcp",
    TWILIO_ACCOUNT_SID: "AC123",
    TWILIO_AUTH_TOKEN: "tw-secret-token",
    TWILIO_API_KEY_SECRET: "tw-secret-token",
    TWILIO_API_URL: "http://pw-in-url@api.example.com",
    TWILIO_FALLBACK_URL: "http://bin.example.com/twiml",
    DATABASE_URL: "mysql://root:pw-in-url@db",
    DEFAULT_AGENT: "../etc/passwd",
    OUTBOUND_COUNTRIES: "US,XX,England",
    OUTBOUND_ALLOW: "0415",
    OUTBOUND_DENY: "+1415x",
    OUTBOUND_HOURS: "21:00-08:00",
    OUTBOUND_CLOSED: "12-25,Xmas",
    OUTBOUND_PER_SECOND: "0.5",
    RETENTION_DAYS: "0",
    AUDIT_DAYS: "never",
    AUDIT_ENTRIES: "9999",
    TELEPHONY_USD_PER_MINUTE: "-1",
    WEBHOOK_URL: "http://hooks.example.com",
    WEBHOOK_SECRET: "whsec_tooshort-secret",
    OUTBOUND_PER_MINUTE: "0",
    OUTBOUND_DAILY_USD: "lots",
    MAX_CALLS: "1e3",
    LISTENERS: "all",
    IDLE_SECONDS: "-1",
    LOG_LEVEL: "loud",
  });
  const all = problems.join("\n");
  for (
    const expected of [
      /^PORT is "70000"/m,
      /^PUBLIC_URL must begin with https/m,
      /^PUBLIC_URL must be only an origin/m,
      /^API_KEYS: .*key 1: its secret must have at least 16/m,
      /^API_KEYS: .*key 2/m,
      /^API_KEYS: .*key 3/m,
      /^API_KEYS: .*key 4: its role must be one of viewer, operator, admin/m,
      /^ALLOWED_ORIGINS has "\*"/m,
      /^TRUST_PROXY/m,
      /^OPENAI_REALTIME_URL/m,
      /^OPENAI_SOCKET is "tcp": give one of auto, nodelay, native/m,
      /^TWILIO_ACCOUNT_SID must be AC/m,
      /^TWILIO_PHONE_NUMBER is missing/m,
      /^TWILIO_API_KEY_SID is missing/m,
      /^TWILIO_API_URL must begin with https/m,
      /^TWILIO_FALLBACK_URL must begin with https/m,
      /^DATABASE_URL/m,
      /^DEFAULT_AGENT/m,
      /^OUTBOUND_COUNTRIES has "XX"/m,
      /^OUTBOUND_COUNTRIES has "ENGLAND"/m,
      /^OUTBOUND_ALLOW has "0415"/m,
      /^OUTBOUND_DENY has "\+1415x"/m,
      /^OUTBOUND_HOURS is "21:00-08:00"/m,
      /^OUTBOUND_CLOSED has "Xmas"/m,
      /^OUTBOUND_PER_SECOND is "0.5"/m,
      /^RETENTION_DAYS is "0"/m,
      /^AUDIT_DAYS is "never"/m,
      /^AUDIT_ENTRIES is "9999"/m,
      /^TELEPHONY_USD_PER_MINUTE is "-1"/m,
      /^WEBHOOK_URL must begin with https/m,
      /^WEBHOOK_SECRET must be whsec_/m,
      /^OUTBOUND_PER_MINUTE is "0"/m,
      /^OUTBOUND_DAILY_USD is "lots"/m,
      /^MAX_CALLS is "1e3"/m,
      /^LISTENERS is "all"/m,
      /^IDLE_SECONDS is "-1"/m,
      /^LOG_LEVEL is "loud"/m,
    ]
  ) assert.match(all, expected);
  for (const secret of secrets) assert.equal(all.includes(secret), false, secret);
});

Deno.test("case 173: without API_KEYS the server does not start where others can reach it", () => {
  for (const HOST of ["0.0.0.0", "::", "192.168.1.5", "example.com", "127.0.0.1.example.com"]) {
    assert.match(problemsOf({ HOST }).join(), /^API_KEYS is missing/, HOST);
    assert.ok(readSettings({ HOST, API_KEYS: "ops:0123456789abcdef" }));
  }
  for (const HOST of ["localhost", "127.9.9.9", "::1"]) assert.ok(readSettings({ HOST }));
  for (const PUBLIC_URL of ["https://voice.example.com", "https://10.0.0.1"]) {
    assert.match(problemsOf({ PUBLIC_URL }).join(), /^API_KEYS is missing.*;scopes=admin/);
  }
  for (const API_KEYS of [undefined, "", " ", ",", " , "]) {
    for (const PUBLIC_URL of [phone.PUBLIC_URL, "https://localhost:8443"]) {
      const problems = problemsOf({ ...phone, PUBLIC_URL, API_KEYS });
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", /^API_KEYS is missing/);
    }
  }
});

Deno.test("the fallback of the phone is on another host", () => {
  const own = { ...phone, TWILIO_FALLBACK_URL: `${phone.PUBLIC_URL}/twilio/resume` };
  assert.match(problemsOf(own).join(), /TWILIO_FALLBACK_URL is on this server/);
  const bin = "https://handler.twilio.com/twiml/EH1";
  assert.equal(readSettings({ ...phone, TWILIO_FALLBACK_URL: bin }).phone?.fallbackUrl, bin);
});

Deno.test("case 175: without OPENAI_API_KEY a phone is answered only where that is asked for", () => {
  const keyless = { ...phone, OPENAI_API_KEY: undefined };
  const problems = problemsOf(keyless);
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? "", /^OPENAI_API_KEY is missing.*OPENAI_API_KEY=rehearsal/);
  const { openai } = readSettings({ ...keyless, OPENAI_API_KEY: "rehearsal" });
  assert.equal(openai.apiKey, undefined);
  assert.ok(readSettings({ ...keyless, TWILIO_API_URL: "http://127.0.0.1:8089" }));
  const own = { OPENAI_REALTIME_URL: "ws://127.0.0.1:9/v1/realtime" };
  assert.ok(readSettings({ ...keyless, ...own }));
  assert.match(
    problemsOf({ ...own, OPENAI_API_KEY: "rehearsal" }).join(),
    /leave one of them out/,
  );
});

Deno.test("readSettings() takes the phone whole or not at all", () => {
  assert.ok(readSettings(phone).phone);
  for (const name of ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "PUBLIC_URL"] as const) {
    const problems = problemsOf({ ...phone, [name]: undefined });
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? "", new RegExp(`^${name} is missing`));
  }
});

Deno.test("readSettings() allows PUBLIC_URL over http on this machine only", () => {
  const { server } = readSettings({ PUBLIC_URL: "http://127.0.0.1:8000/" });
  assert.equal(server.publicUrl, "http://127.0.0.1:8000");
  assert.match(problemsOf({ PUBLIC_URL: "http://10.0.0.1" }).join(), /must begin with https/);
});

Deno.test("readSettings() hints at keys of which none may see everything", () => {
  const hintsFor = (API_KEYS: string) => readSettings({ API_KEYS }).hints.map(fillSentence);
  const two = "ops:0123456789abcdef,app:fedcba9876543210";
  assert.match(hintsFor(two)[0] ?? "", /None of API_KEYS sees all calls/);
  assert.deepEqual(hintsFor(`${two};scopes=admin`), []);
  assert.deepEqual(hintsFor(`${two};role=viewer`), []);
  assert.match(hintsFor("ops:0123456789abcdef")[0] ?? "", /None of API_KEYS sees all calls/);
  const PUBLIC_KEYS = "site:pk_0123456789abcdef;origins=https://a.example;agents=desk";
  assert.throws(
    () => readSettings({ PUBLIC_KEYS }),
    (error) => error instanceof SettingsError && error.hints.length === 0,
  );
});

Deno.test("readSettings() hints at names that look misspelt, and leaves others alone", () => {
  const { hints } = readSettings({
    OPENAI_APIKEY: "x",
    TWILO_AUTH_TOKEN: "x",
    TWILIO_NUMBER: "x",
    OUTBOUND_COUNTRY: "x",
    OUTBOUND_CONCURENT: "x",
    OPENAI_ORG_ID: "x",
    OPENAI_BASE_URL: "x",
    PATH: "x",
    POST: "x",
    openai_api_key: "x",
  });
  assert.deepEqual(hints.map(fillSentence), [
    "OPENAI_APIKEY is not a setting: did you mean OPENAI_API_KEY?",
    "TWILO_AUTH_TOKEN is not a setting: did you mean TWILIO_AUTH_TOKEN?",
    "TWILIO_NUMBER is not a setting: did you mean TWILIO_PHONE_NUMBER?",
    "OUTBOUND_COUNTRY is not a setting: did you mean OUTBOUND_COUNTRIES?",
    "OUTBOUND_CONCURENT is not a setting: did you mean OUTBOUND_CONCURRENT?",
    "openai_api_key is not a setting: did you mean OPENAI_API_KEY?",
  ]);
});

Deno.test("case 68: the model's key and its audio travel in clear to this machine only", () => {
  for (const host of ["10.0.0.5", "models.example.com:8080", "127.0.0.1.example.com", "0.0.0.0"]) {
    assert.throws(
      () => readSettings({ OPENAI_REALTIME_URL: `ws://${host}/v1/realtime` }),
      /OPENAI_REALTIME_URL must begin with wss:/,
    );
  }
  for (const url of ["wss://u:p@models.example.com/v1", "wss://models.example.com/v1#key"]) {
    assert.throws(() => readSettings({ OPENAI_REALTIME_URL: url }), /OPENAI_REALTIME_URL/);
  }
  for (const host of ["127.0.0.1:9", "localhost", "[::1]:9"]) {
    const { openai } = readSettings({ OPENAI_REALTIME_URL: `ws://${host}/v1/realtime` });
    assert.equal(openai.auth, "auto");
  }
});

Deno.test("OPENAI_SOCKET is without delay by default, but through a proxy", () => {
  const socketIn = (environment: Record<string, string>) => readSettings(environment).openai.socket;
  const local = { OPENAI_REALTIME_URL: "ws://127.0.0.1:9/v1/realtime" };
  assert.equal(socketIn({}), "nodelay");
  assert.equal(socketIn({ OPENAI_REALTIME_URL: "wss://models.example.com" }), "nodelay");
  assert.equal(socketIn(local), "nodelay");
  for (const name of ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]) {
    const proxied = { [name]: "http://proxy.example.com:3128" };
    assert.equal(socketIn(proxied), "native");
    assert.equal(socketIn({ ...proxied, OPENAI_SOCKET: "nodelay" }), "nodelay");
  }
  assert.equal(socketIn({ OPENAI_SOCKET: "native" }), "native");
});

Deno.test(".env.example lists every setting and nothing else", async () => {
  const text = await Deno.readTextFile(new URL("../../.env.example", import.meta.url));
  const listed = [...text.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
  assert.deepEqual(listed, [...settingNames]);
  const values = Object.fromEntries(
    [...text.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  // Of two lines of one name the first counts: one that stood here would hide what is added below it.
  assert.equal(Object.keys(values).length, settingNames.length, "all stand behind a #");
  const defaults = [
    ...["HOST", "PORT", "TRUST_PROXY", "OPENAI_REALTIME_URL", "OPENAI_AUTH", "OPENAI_MODEL"],
    "OPENAI_SOCKET",
    ...["TWILIO_API_URL", "DATABASE_URL", "AGENTS_DIR", "DEFAULT_AGENT", "OUTBOUND_PER_SECOND"],
    ...["OUTBOUND_PER_MINUTE", "OUTBOUND_CONCURRENT", "OUTBOUND_DAILY_MINUTES", "MAX_CALLS"],
    ...["MAX_CALL_MINUTES", "IDLE_SECONDS", "DRAIN_SECONDS", "LOG_LEVEL", "LOG_FORMAT"],
  ].map((name) => [name, values[name]]);
  assert.deepEqual(readSettings(Object.fromEntries(defaults)), readSettings({}));
  const limitNames = settingNames.filter((name) => /DAILY|^MAX_|^WEB_CALLS|PENDING/.test(name));
  const examples = limitNames.map((name) => [name, values[name]] as const);
  const key = { OPENAI_API_KEY: "sk-x" };
  const { chosenUsd: _, ...byExample } =
    readSettings({ ...key, ...Object.fromEntries(examples) }).limits;
  const { chosenUsd: __, ...byDefault } = readSettings(key).limits;
  assert.deepEqual(byExample, byDefault);
});

function problemsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    readSettings(environment);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems;
  }
  return [];
}

Deno.test("readSettings() takes a webhook only with an address and a secret that can be used", () => {
  const WEBHOOK_SECRET = `whsec_${btoa("0123456789abcdef01234567")}`;
  const WEBHOOK_URL = "https://app.example.com/parley";
  const { webhook } = readSettings({
    WEBHOOK_URL,
    WEBHOOK_SECRET: `${WEBHOOK_SECRET},${WEBHOOK_SECRET}`,
  });
  assert.deepEqual([webhook?.url, webhook?.secrets.length], [WEBHOOK_URL, 2]);
  assert.ok(readSettings({ WEBHOOK_URL: "http://127.0.0.1:9/", WEBHOOK_SECRET }).webhook);
  assert.equal(readSettings({ WEBHOOK_SECRET }).webhook, undefined);
  for (
    const [environment, problem] of [
      [{ WEBHOOK_URL }, /^WEBHOOK_SECRET is missing/],
      [{ WEBHOOK_URL, WEBHOOK_SECRET: "whsec_c2hvcnQ=" }, /^WEBHOOK_SECRET must be whsec_/],
      [{ WEBHOOK_URL: "http://app.example.com/", WEBHOOK_SECRET }, /must begin with https/],
      [
        { WEBHOOK_URL: "https://me:pw@app.example.com/", WEBHOOK_SECRET },
        /must not hold a password/,
      ],
      [{ WEBHOOK_URL: "ftp://app.example.com/", WEBHOOK_SECRET }, /^WEBHOOK_URL is not a URL/],
    ] as const
  ) assert.match(problemsOf(environment).join("\n"), problem);
});

Deno.test("readSettings() reads public keys, with limits that are on by default", () => {
  const API_KEYS = "ops:0123456789abcdef;scopes=admin";
  const of = (PUBLIC_KEYS: string, more = {}) =>
    readSettings({ API_KEYS, PUBLIC_KEYS, ...more }).server.apiKeys.at(-1);
  const shown =
    "site:pk_0123456789abcdef;origins=https://Shop.example/+http://localhost:3000;agents=desk+sales";
  const page = {
    origins: ["https://shop.example", "http://localhost:3000"],
    agents: ["desk", "sales"],
    limits: { visitorCalls: 10, visitorMinutes: 30, calls: 500, minutes: 600, concurrent: 10 },
  };
  const key = of(shown);
  assert.deepEqual([key?.name, key?.scopes, key?.page], ["site", [], page]);
  const paid = of(shown, { OPENAI_API_KEY: "sk-x" });
  assert.deepEqual(paid?.page?.limits, { ...page.limits, usd: 10 });
  const chosen = of(
    `${shown};visitor_calls=3;visitor_minutes=1.5;usd=2.50;calls=off;expires=2027-12-31`,
  );
  assert.deepEqual(chosen?.page?.limits, {
    ...{ visitorCalls: 3, visitorMinutes: 1.5, usd: 2.5, minutes: 600, concurrent: 10 },
  });
  assert.equal(chosen?.expiresAt, Date.UTC(2027, 11, 31));
});

Deno.test("unknownPageAgents() names agents of public keys that there are none of", () => {
  const { server } = readSettings({
    API_KEYS: "ops:0123456789abcdef;scopes=admin",
    PUBLIC_KEYS: "site:pk_0123456789abcdef;origins=https://a.example;agents=desk+sales+broken",
  });
  const agents = { names: ["desk"], unusable: new Set(["broken"]) };
  assert.deepEqual(unknownPageAgents(server.apiKeys, agents), [
    "PUBLIC_KEYS: the key site names the agent sales, and there is none.",
  ]);
});

Deno.test("readSettings() names each public key that cannot be used, and why", () => {
  const rest = ";origins=https://a.example;agents=desk";
  const key = `site:pk_0123456789abcdef${rest}`;
  const cases: readonly (readonly [keys: string, problem: RegExp])[] = [
    [`site:0123456789abcdef01${rest}`, /key 1: write name:pk_/],
    [`site:pk_short${rest}`, /key 1: write name:pk_/],
    ["site:pk_0123456789abcdef;agents=desk", /key 1: name its pages, as ;origins=/],
    ["site:pk_0123456789abcdef;origins=https://a.example", /key 1: name the agents/],
    ["site:pk_0123456789abcdef;origins=*;agents=desk", /"\*" is no exact origin/],
    ["site:pk_0123456789abcdef;origins=https://a.example/shop;agents=desk", /is no exact origin/],
    ["site:pk_0123456789abcdef;origins=http://a.example;agents=desk", /has no https/],
    ["site:pk_0123456789abcdef;origins=https://a.example;agents=../x", /is no name of an agent/],
    [`${key};scopes=admin`, /after ";" come origins, agents, expires and limits/],
    [`${key};usd=0`, /usd is "0": give an amount, or off/],
    [`${key};calls=1.5`, /calls is "1.5": give a whole number, or off/],
    [`${key};expires=2027-02-30`, /write its expiry as/],
    [`${key}, site:pk_fedcba9876543210${rest}`, /key 2: its name is that of another key/],
    [`${key}, shop:pk_0123456789abcdef${rest}`, /key 2: it is the same as another key/],
    [`ops:pk_0123456789abcdef${rest}`, /key 1: its name is that of another key/],
  ];
  for (const [PUBLIC_KEYS, problem] of cases) {
    const problems = problemsOf({ API_KEYS: "ops:0123456789abcdef;scopes=admin", PUBLIC_KEYS });
    assert.equal(problems.length, 1, PUBLIC_KEYS);
    assert.match(problems[0]!, problem);
  }
  assert.match(problemsOf({ PUBLIC_KEYS: key }).join(), /PUBLIC_KEYS is set, and API_KEYS is not/);
});

Deno.test("readSettings() keeps who has done what at least as long as calls", () => {
  const of = (settings: Record<string, string>) => readSettings(settings).records.auditDays;
  assert.equal(of({ RETENTION_DAYS: "90" }), 365);
  assert.equal(of({ RETENTION_DAYS: "900" }), 900);
  assert.equal(of({ AUDIT_DAYS: "30" }), 30);
  const problems = problemsOf({ AUDIT_DAYS: "30", RETENTION_DAYS: "31" });
  assert.deepEqual(problems, ["AUDIT_DAYS must not be less than RETENTION_DAYS."]);
});
