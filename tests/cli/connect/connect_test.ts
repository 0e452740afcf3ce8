import assert from "node:assert/strict";
import { readSettings } from "../../../src/config/env.ts";
import { startConnectRig } from "../../support/twilio/connecting.ts";
import { account, publicUrl } from "../../support/servers/phoneServer.ts";

const other = "+14155550111";
const owner = "+14155550199";
const trunk = `TK${"7".repeat(32)}`;
const voiceUrl = `${publicUrl}/twilio/voice#ct=2000&rt=6000&tt=15000&rc=2&rp=ct,5xx`;

/** Creates an application by the API; returns its SID. */
async function makeApplication(apiUrl: string): Promise<string> {
  const { accountSid, authToken } = account;
  const response = await fetch(`${apiUrl}/2010-04-01/Accounts/${accountSid}/Applications.json`, {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    body: new URLSearchParams({ FriendlyName: "Old shop", VoiceUrl: "https://old.example/in" }),
  });
  return (await response.json()).sid;
}

Deno.test("connect lists the numbers with what answers each, and takes the one that is asked for", async () => {
  await using rig = await startConnectRig({
    numbers: [
      { number: other, name: "Shop", voiceUrl: "https://demo.twilio.com/welcome/voice/" },
      { number: "+14155550112", trunkSid: trunk },
      { number: "+14155550113" },
      { number: "+14155550114", voiceUrl: "https://old.example/voice#rc=1" },
      { number: "+14155550115", hasVoice: false },
    ],
  });
  const application = await makeApplication(rig.api.url);
  rig.api.setNumber({ VoiceApplicationSid: application });
  const { code, printed, asked } = await rig.run([], ["2", "", "y"]);
  assert.equal(code, 0, printed);
  for (
    const line of [
      `1  ${account.number}: the application "Old shop", which asks https://old.example/in`,
      `2  ${other} "Shop": Twilio's demo`,
      `3  +14155550112: the SIP trunk ${trunk}`,
      "4  +14155550113: nothing",
      "5  +14155550114: https://old.example/voice",
      "6  +14155550115: nothing: it takes no calls",
      `a call comes in: https://demo.twilio.com/welcome/voice/ -> ${voiceUrl}`,
    ]
  ) assert.ok(printed.includes(line), `${line}\n\n${printed}`);
  assert.match(asked.join("\n"), /Which one.*\[\+14155550100\]\n.*which phone.*\nChange it\?/);
  const { smsUrl, ...number } = rig.api.numberOf(other)!;
  assert.equal(smsUrl, "", "texts are left alone");
  assert.equal(number.voiceUrl, voiceUrl);
  assert.equal(number.voiceMethod, "POST");
  assert.match(number.statusCallback, /\/twilio\/status#/);
  assert.match((await rig.run([])).printed, new RegExp(`\\${other} "Shop": this server`));
});

Deno.test("docs/connect.md names the settings that connect needs", async () => {
  const docs = await Deno.readTextFile(new URL("../../../docs/connect.md", import.meta.url));
  const [, first = ""] = docs.split("\n\n");
  const names = [...first.matchAll(/`([A-Z_]{8,})`/g)].map(([, name]) => name!);
  await using rig = await startConnectRig();
  const named = Object.fromEntries(names.map((name) => [name, rig.env[name]!]));
  const model = { OPENAI_REALTIME_URL: "wss://models.example/v1/realtime" };
  const whole = { ...named, ...model, TWILIO_PHONE_NUMBER: account.number };
  assert.equal(readSettings(whole).phone?.number, account.number);
  for (const name of names) {
    const without = { ...whole, [name]: undefined };
    assert.throws(() => assert.ok(readSettings(without).phone), name);
  }
  assert.match(first, /`API_KEYS` \(or \[sign-in\]\(people\.md\)\), and a model\./);
  const signIn = {
    OIDC_ISSUER: "https://accounts.example",
    OIDC_CLIENT_ID: "parley",
    SIGN_IN_ROLES: "ann@example.com=admin",
  };
  assert.ok(readSettings({ ...whole, API_KEYS: undefined, ...signIn }).phone);
  const { OPENAI_REALTIME_URL: _, ...mute } = whole;
  assert.throws(() => readSettings(mute), /OPENAI_API_KEY is missing/);
});

Deno.test("connect changes nothing before it is agreed to", async () => {
  await using rig = await startConnectRig();
  const before = JSON.stringify(rig.api.resources);
  for (const answers of [[], ["", "", "n"], ["", "", ""]]) {
    const { code, printed } = await rig.run([account.number], answers.slice(1));
    assert.equal(code, 1);
    assert.match(printed, /Nothing was changed/);
  }
  const nobody = await rig.run([], [], { TWILIO_PHONE_NUMBER: undefined });
  assert.equal(nobody.code, 1, nobody.printed);
  assert.equal(JSON.stringify(rig.api.resources), before);
  assert.deepEqual([...Deno.readDirSync(rig.folder)], []);
});

const befores: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "a voice URL": { VoiceUrl: "https://old.example/voice", VoiceMethod: "GET" },
  "nothing": { VoiceUrl: "" },
  "an application": { VoiceApplicationSid: "application" },
  "a trunk": { VoiceUrl: "https://old.example/voice", TrunkSid: trunk },
  "a fallback": {
    VoiceUrl: "https://old.example/voice",
    VoiceFallbackUrl: "https://old.example/away",
    VoiceFallbackMethod: "GET",
    StatusCallback: "https://old.example/status",
    StatusCallbackMethod: "GET",
  },
  "fax": { VoiceReceiveMode: "fax" },
};

for (const [what, fields] of Object.entries(befores)) {
  Deno.test(`connect and --undo leave the account as it was, with ${what} beforehand`, async () => {
    await using rig = await startConnectRig();
    const application = await makeApplication(rig.api.url);
    rig.api.setNumber({
      ...fields,
      ...("VoiceApplicationSid" in fields && { VoiceApplicationSid: application }),
    });
    const before = JSON.stringify(rig.api.resources);
    const args = ["--yes", "--unset-trunk", "--forward-to", owner];
    const connected = await rig.run(args);
    assert.equal(connected.code, 0, connected.printed);
    const number = rig.api.numberOf(account.number)!;
    assert.equal(number.voiceUrl, voiceUrl);
    assert.equal(number.applicationSid + number.trunkSid, "");
    assert.equal(number.receiveMode, "voice");
    assert.match(number.fallbackUrl, /^https:\/\/webhooks\.twilio\.com\/v1\/Accounts\/AC.*\/FW/);

    const again = await rig.run(args);
    assert.match(again.printed, /nothing has to change/);
    const undone = await rig.run(["--undo"]);
    assert.equal(undone.code, 0, undone.printed);
    assert.equal(JSON.stringify(rig.api.resources), before);
    assert.deepEqual([...Deno.readDirSync(rig.folder)], [], "nothing is remembered any more");
    assert.match((await rig.run(["--undo"])).printed, /nothing to undo/);
  });
}

Deno.test("connect remembers in a file of its owner alone, without secrets", async () => {
  await using rig = await startConnectRig();
  await rig.run(["--yes"]);
  const path = `${rig.folder}/connect.json`;
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  assert.ok(!Deno.readTextFileSync(path).includes(account.authToken));
  await Deno.writeTextFile(path, '{"version": 1, "numbers": [{}]}');
  await assert.rejects(rig.run(["--undo"]), /Cannot read .*connect\.json/);
});

Deno.test("connect leaves a number at its trunk unless that is asked for", async () => {
  await using rig = await startConnectRig();
  rig.api.setNumber({ TrunkSid: trunk });
  const refused = await rig.run(["--yes"]);
  assert.equal(refused.code, 1);
  assert.match(refused.printed, /gets all of its calls[^]*--unset-trunk/);
  assert.equal(rig.api.numberOf(account.number)?.trunkSid, trunk);
  const asked = await rig.run([account.number], ["", "y", "y"]);
  assert.equal(asked.code, 0, asked.printed);
  assert.equal(rig.api.numberOf(account.number)?.trunkSid, "");
});

Deno.test("--undo asks where somebody has changed the number since", async () => {
  await using rig = await startConnectRig();
  rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
  await rig.run(["--yes"]);
  rig.api.setNumber({ VoiceUrl: "https://new.example/voice", FriendlyName: "Renamed" });
  const declined = await rig.run(["--undo"], ["n"]);
  assert.equal(declined.code, 1);
  assert.match(declined.printed, /was changed since.*\n.*-> https:\/\/new\.example\/voice/);
  assert.equal(rig.api.numberOf(account.number)?.voiceUrl, "https://new.example/voice");
  const agreed = await rig.run(["--undo"], ["y"]);
  assert.equal(agreed.code, 0, agreed.printed);
  assert.equal(rig.api.numberOf(account.number)?.voiceUrl, "https://old.example/voice");
  assert.equal(rig.api.numberOf(account.number)?.name, "Renamed");
});

Deno.test("a number that is connected twice goes back to what it was before the first time", async () => {
  await using rig = await startConnectRig();
  rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
  const before = JSON.stringify(rig.api.resources);
  await rig.run(["--yes"]);
  await rig.run(["--yes"], [], { PUBLIC_URL: "https://other.example" });
  await rig.run(["--yes", "--forward-to", owner], [], { PUBLIC_URL: "https://other.example" });
  await rig.run(["--yes", "--forward-to", "+14155550188"]);
  assert.equal((rig.api.resources as { flows: unknown[] }).flows.length, 1);
  const undone = await rig.run(["--undo"]);
  assert.equal(undone.code, 0, undone.printed);
  assert.equal(JSON.stringify(rig.api.resources), before);
});

Deno.test("connect remembers anew what somebody has set since", async () => {
  await using rig = await startConnectRig();
  rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
  await rig.run(["--yes", "--forward-to", owner]);
  rig.api.setNumber({ VoiceUrl: "https://new.example/voice", VoiceFallbackUrl: "" });
  const again = await rig.run(["--yes"]);
  assert.match(again.printed, /--undo will bring back what is set now/);
  await rig.run(["--undo"]);
  assert.equal(rig.api.numberOf(account.number)?.voiceUrl, "https://new.example/voice");
  assert.deepEqual((rig.api.resources as { flows: unknown[] }).flows, []);
});

Deno.test("one foreign change leaves what connect has set to be undone", async () => {
  await using rig = await startConnectRig();
  rig.api.setNumber({ VoiceUrl: "https://old.example/voice", VoiceMethod: "GET" });
  await rig.run(["--yes", "--forward-to", owner]);
  rig.api.setNumber({ VoiceUrl: "https://new.example/voice" });
  const again = await rig.run(["--yes"]);
  assert.match(again.printed, /\(a call comes in\): of that, --undo will bring back/);
  assert.match(rig.api.numberOf(account.number)!.fallbackUrl, /Flows/, "the flow is still set");
  const undone = await rig.run(["--undo"]);
  assert.equal(undone.code, 0, undone.printed);
  const { voiceUrl, voiceMethod, fallbackUrl, statusCallback } = rig.api.numberOf(account.number)!;
  assert.deepEqual(
    { voiceUrl, voiceMethod, fallbackUrl, statusCallback },
    {
      ...{ voiceUrl: "https://new.example/voice", voiceMethod: "POST" },
      ...{ fallbackUrl: "", statusCallback: "" },
    },
  );
  assert.deepEqual((rig.api.resources as { flows: unknown[] }).flows, []);
});

Deno.test("what is changed between the question and its answer is shown and remembered", async () => {
  await using rig = await startConnectRig();
  rig.api.setNumber({ VoiceUrl: "https://old.example/voice" });
  let isChanged = false;
  const { code, printed, asked } = await rig.run([], ["", "", "y", "y"], {}, {
    onPrint(line) {
      if (isChanged || !line.startsWith("This changes")) return;
      isChanged = true;
      rig.api.setNumber({ VoiceUrl: "https://new.example/voice" });
    },
  });
  assert.equal(code, 0, printed);
  assert.match(printed, /old\.example[^]*has changed it since[^]*a call comes in: .*new\.example/);
  assert.equal(asked.filter((question) => question.startsWith("Change it")).length, 2);
  await rig.run(["--undo"]);
  assert.equal(rig.api.numberOf(account.number)?.voiceUrl, "https://new.example/voice");
});

Deno.test("several numbers are connected and undone, together or one by one", async () => {
  await using rig = await startConnectRig({
    numbers: [{ number: other, voiceUrl: "https://old.example/voice" }],
  });
  rig.api.setNumber({ VoiceUrl: "https://first.example/voice" });
  const before = JSON.stringify(rig.api.resources);
  const { code, printed } = await rig.run([account.number, other, "--yes", "--forward-to", owner]);
  assert.equal(code, 0, printed);
  await rig.run(["--undo", other]);
  assert.equal(rig.api.numberOf(other)?.voiceUrl, "https://old.example/voice");
  assert.equal(rig.api.numberOf(account.number)?.voiceUrl, voiceUrl);
  await rig.run(["--undo"]);
  assert.equal(JSON.stringify(rig.api.resources), before);
});

Deno.test("calls are forwarded only to phones that this server may call", async () => {
  await using rig = await startConnectRig({ numbers: [{ number: other }] });
  for (
    const [to, why] of [
      ["4155550199", /country code/],
      ["+442079460018", /OUTBOUND_COUNTRIES/],
      [account.number, /round in circles/],
      [other, /round in circles/],
    ] as const
  ) {
    const { code, printed } = await rig.run(["--yes", account.number, "--forward-to", to]);
    assert.equal(code, 1, printed);
    assert.match(printed, why);
  }
  const onServer = await rig.run(["--yes", "--fallback-url", `${publicUrl}/x`]);
  assert.match(onServer.printed, /is on this server/);
  assert.deepEqual([...Deno.readDirSync(rig.folder)], []);
});

Deno.test({
  name: "connect names the host of a region that it may not connect to, and where to permit it",
  permissions: { net: ["127.0.0.1"], read: true, write: true, env: true, sys: true, run: true },
  async fn() {
    await using rig = await startConnectRig();
    const TWILIO_API_URL = "https://api.dublin.ie1.twilio.com";
    const { code, printed } = await rig.run(["--yes"], [], { TWILIO_API_URL });
    assert.equal(code, 1);
    assert.match(printed, /not permitted: add api\.dublin\.ie1\.twilio\.com:443 to --allow-net/);
    assert.ok(!printed.includes("again"), printed);
  },
});
