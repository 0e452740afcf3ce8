import { strict as assert } from "node:assert";
import type { AccountState } from "../../src/sim/twilio/account/accountState.ts";
import { account, apiKey, publicUrl, startPhoneServer } from "../support/servers/phoneServer.ts";
import {
  codesOf,
  connectedNumber,
  type SeenCheck,
  setupChecks,
} from "../support/setup/setupChecks.ts";
import { onlyAgent } from "../support/twilio/dialling.ts";

interface Planted {
  readonly number?: Readonly<Record<string, string>>;
  readonly account?: Partial<AccountState>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Front matter of the agent. */
  readonly agent?: string;
}

const key = { sid: `SK${"b2".repeat(16)}`, secret: "a-secret-of-the-api-key" };
const trunk = { sid: `TK${"c3".repeat(16)}`, name: "Office" };
const service = `MG${"d4".repeat(16)}`;

async function checksWith(
  { number = {}, account: state = {}, env = {}, agent = "" }: Planted,
): Promise<readonly SeenCheck[]> {
  await using server = await startPhoneServer({
    env: { API_KEYS: `ops:${apiKey};scopes=admin`, ...env },
    overrides: { agentFiles: onlyAgent(agent) },
    network: { account: { ...account, apiKeySid: key.sid, apiKeySecret: key.secret } },
  });
  server.api.setNumber({ ...connectedNumber, ...number });
  server.api.setAccount(state);
  return await setupChecks(server);
}

Deno.test("a number and an account in order are told to be", async () => {
  for (
    const env of [{}, { TWILIO_API_KEY_SID: key.sid, TWILIO_API_KEY_SECRET: key.secret }]
  ) {
    const checks = await checksWith({ env });
    assert.deepEqual(codesOf(checks, "phone"), ["number_ok"]);
    assert.deepEqual(codesOf(checks, "alerts"), ["twilio_alerts_ok"]);
    assert.deepEqual(codesOf(checks, "destinations").filter((it) => it.endsWith("closed")), []);
    assert.deepEqual(codesOf(checks, "texts"), []);
  }
});

const own = `${publicUrl}/twilio/voice`;
const texting = "tools: [send_sms]";
const newTrial = { type: "Trial", createdAt: "2026-05-01T00:00:00Z" } as const;

/** One fault each: the only code of its part that is not in order. */
const plants: readonly (readonly [what: string, code: string, Planted])[] = [
  ["a wrong token", "twilio_token_refused", { env: { TWILIO_AUTH_TOKEN: "0".repeat(32) } }],
  ["a token of another account beside a right key", "twilio_token_refused", {
    env: {
      TWILIO_AUTH_TOKEN: "0".repeat(32),
      TWILIO_API_KEY_SID: key.sid,
      TWILIO_API_KEY_SECRET: key.secret,
    },
  }],
  ["a key of another account", "twilio_key_refused", {
    env: { TWILIO_API_KEY_SID: key.sid, TWILIO_API_KEY_SECRET: "another-secret" },
  }],
  ["test credentials", "twilio_test_credentials", { account: { credentials: "test" } }],
  ["a suspended account", "twilio_account_suspended", { account: { status: "suspended" } }],
  ["a closed account", "twilio_account_closed", { account: { status: "closed" } }],
  ["a trial without streams", "twilio_trial_without_streams", { account: newTrial }],
  ["an older trial", "twilio_trial", { account: { type: "Trial" } }],
  ["a low balance", "twilio_balance_low", { account: { balance: "1.20" } }],
  ["a Twilio that is away", "twilio_not_answering", {
    env: { TWILIO_API_URL: "http://127.0.0.1:9" },
  }],
  ["a number of another account", "number_unknown", {
    env: { TWILIO_PHONE_NUMBER: "+14155550177" },
  }],
  ["another address", "number_not_connected", {
    number: { VoiceUrl: "https://demo.twilio.com/x" },
  }],
  ["no address", "number_not_connected", { number: { VoiceUrl: "", VoiceFallbackUrl: "" } }],
  ["GET", "number_asks_with_get", { number: { VoiceUrl: `${own}#rc=2`, VoiceMethod: "GET" } }],
  ["an application", "number_on_application", {
    number: { VoiceApplicationSid: `AP${"e5".repeat(16)}` },
  }],
  ["a trunk", "number_on_trunk", { number: { TrunkSid: trunk.sid }, account: { trunks: [trunk] } }],
  ["faxes", "number_takes_faxes", { number: { VoiceReceiveMode: "fax" } }],
  ["no fallback", "number_without_fallback", { number: { VoiceFallbackUrl: "" } }],
  ["a fallback on this server", "number_fallback_here", {
    number: { VoiceFallbackUrl: `${publicUrl}/fallback` },
  }],
  ["no status callback", "number_status_elsewhere", { number: { StatusCallback: "" } }],
  ["a closed country", "calling_out_closed", { env: { OUTBOUND_COUNTRIES: "US,DE" } }],
  ["a closed country of a prefix", "calling_out_closed", { env: { OUTBOUND_ALLOW: "+4930" } }],
  ["a number that calls may not come from", "calling_out_from_unknown_number", {
    env: { OUTBOUND_FROM: "+14155550178,+14155550177" },
    account: { callerIds: ["+14155550178"] },
  }],
  ["an error of Twilio's", "twilio_alert", {
    account: {
      alerts: [
        { code: 11200, text: `From +14155550199`, url: own, agoMs: 60_000 },
        { code: 11200, text: "", url: own, agoMs: 120_000 },
        { code: 31921, text: "", agoMs: 60_000 },
        { code: 12100, text: "", url: "https://other.example/voice", agoMs: 60_000 },
        { code: 11210, text: "", agoMs: 25 * 60 * 60_000 },
      ],
    },
  }],
  ["texts without a campaign", "texts_not_registered", { agent: texting }],
  ["texts with a campaign that was refused", "texts_not_registered", {
    agent: texting,
    account: { services: [{ sid: service, numbers: [account.number] }], campaign: "FAILED" },
  }],
  ["texts from a number of another account", "texts_from_unknown_number", {
    agent: texting,
    env: { SMS_FROM: "+14155550177" },
  }],
];

for (const [what, code, planted] of plants) {
  Deno.test(`at Twilio, ${what} is found`, async () => {
    const checks = await checksWith(planted);
    const found = checks.filter((check) => check.code === code);
    assert.equal(found.length, 1, JSON.stringify(checks.map(({ code }) => code)));
    const [check] = found;
    assert.match(check?.state ?? "", /^(?:warning|broken)$/);
    assert.notEqual(check?.remedy, null);
    const others = checks.filter(({ part, state, code }) =>
      ["phone", "alerts", "texts"].includes(part) && state !== "ok" && code !== check?.code
    );
    assert.deepEqual(others.map(({ code }) => code), []);
  });
}

Deno.test("a subaccount, which has no balance, is in order", async () => {
  assert.deepEqual(codesOf(await checksWith({ account: { balance: undefined } }), "phone"), [
    "number_ok",
  ]);
});

/** An application of the account that asks this server. */
async function addApplication(apiUrl: string, method: "GET" | "POST"): Promise<string> {
  const response = await fetch(
    `${apiUrl}/2010-04-01/Accounts/${account.accountSid}/Applications.json`,
    {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(`${account.accountSid}:${account.authToken}`)}` },
      body: new URLSearchParams({ FriendlyName: "Agent", VoiceUrl: own, VoiceMethod: method }),
    },
  );
  return (await response.json()).sid;
}

for (const [method, code] of [["POST", "number_ok"], ["GET", "number_asks_with_get"]] as const) {
  Deno.test(`an application that asks this server with ${method} is ${code}`, async () => {
    await using server = await startPhoneServer({
      env: { API_KEYS: `ops:${apiKey};scopes=admin` },
    });
    const sid = await addApplication(server.api.url, method);
    // What is set of the number itself does not count.
    const ofNumber = { VoiceApplicationSid: sid, VoiceUrl: "", StatusCallback: "" };
    server.api.setNumber({ ...connectedNumber, ...ofNumber });
    assert.deepEqual(codesOf(await setupChecks(server), "phone"), [code]);
  });
}

Deno.test("an application that Twilio does not tell of just now is not taken for one that is gone", async () => {
  let apiUrl = "";
  const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    return pathname.includes("/Applications/")
      ? Response.json({ code: 20429, message: "Too Many Requests" }, { status: 429 })
      : fetch(`${apiUrl}${pathname}${search}`, { headers: request.headers });
  });
  try {
    await using server = await startPhoneServer({
      env: {
        API_KEYS: `ops:${apiKey};scopes=admin`,
        TWILIO_API_URL: `http://127.0.0.1:${proxy.addr.port}`,
      },
    });
    apiUrl = server.api.url;
    const sid = await addApplication(apiUrl, "POST");
    server.api.setNumber({ ...connectedNumber, VoiceApplicationSid: sid, VoiceUrl: "" });
    const checks = await setupChecks(server);
    assert.deepEqual(codesOf(checks, "phone"), ["twilio_partly_unknown"]);
  } finally {
    await proxy.shutdown();
  }
});

Deno.test("texts with a campaign are in order, from a number and from a service", async () => {
  const account_ = {
    services: [{ sid: service, numbers: [account.number] }],
    campaign: "VERIFIED",
  } as const;
  for (const env of [{}, { SMS_FROM: service }]) {
    const checks = await checksWith({ agent: texting, account: account_, env });
    assert.deepEqual(codesOf(checks, "texts"), ["texts_ok"]);
  }
});

Deno.test("texts of a service without a number of the United States need no campaign", async () => {
  for (
    const [numbers, code] of [
      [["+4930901820", "+18005550100"], "texts_ok"],
      [["+4930901820", account.number], "texts_not_registered"],
    ] as const
  ) {
    const services = [{ sid: service, numbers }];
    const env = { SMS_FROM: service };
    const checks = await checksWith({ agent: texting, account: { services }, env });
    assert.deepEqual(codesOf(checks, "texts"), [code]);
  }
});

Deno.test("errors of texts that no agent has sent are another application's", async () => {
  const alerts = [{ code: 30003, text: "", agoMs: 60_000 }];
  const services = [{ sid: service, numbers: [account.number] }];
  const state = { alerts, services, campaign: "VERIFIED" } as const;
  assert.deepEqual(codesOf(await checksWith({ account: state }), "alerts"), ["twilio_alerts_ok"]);
  const checks = await checksWith({ account: state, agent: texting });
  assert.deepEqual(codesOf(checks, "alerts"), ["twilio_alert"]);
});

Deno.test("errors of Twilio are counted, without numbers, texts or addresses", async () => {
  const alert = { code: 11200, text: "From +14155550199", url: `${own}?secret=1`, agoMs: 60_000 };
  const checks = await checksWith({ account: { alerts: [alert, { ...alert, agoMs: 90_000 }] } });
  const [check] = checks.filter(({ code }) => code === "twilio_alert");
  assert.equal(check?.values["code"], "11200");
  assert.equal(check.values["count"], 2);
  assert.match(String(check.values["at"]), /^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  assert.match(check.remedy ?? "", /answered with an error/);
  assert.doesNotMatch(JSON.stringify(check), /5550199|secret/);
});

Deno.test("callers of a new trial account hear a sentence in the place of the agent", async () => {
  await using server = await startPhoneServer();
  server.api.setAccount(newTrial);
  const call = server.network.call();
  const said = await call.next("said");
  assert.match(said.text, /trial accounts/);
  call.hangUp();
  await call.settled;
});
