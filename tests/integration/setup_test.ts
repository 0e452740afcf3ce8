import { strict as assert } from "node:assert";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { connectedNumber } from "../support/setup/setupChecks.ts";
import { modelKey, type PhoneRig, startPhoneRig } from "../support/servers/phoneRig.ts";

interface Check {
  readonly code: string;
  readonly state: string;
  readonly text: string;
  readonly remedy: string | null;
  readonly values: Readonly<Record<string, string>>;
}

async function checksOf({ server }: Pick<PhoneRig, "server">): Promise<Map<string, Check>> {
  const response = await server.request("/api/setup", {
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  assert.equal(response.status, 200);
  const { checks } = await response.json();
  return new Map(checks.map((check: Check & { readonly part: string }) => [check.part, check]));
}

Deno.test("a set-up that works is told to work, with the model and Twilio asked", async () => {
  await using rig = await startPhoneRig();
  rig.server.api.setNumber(connectedNumber);
  const checks = await checksOf(rig);
  for (const part of ["model", "agents", "phone", "alerts", "keys", "limits"]) {
    assert.equal(checks.get(part)?.state, "ok", `${part}: ${checks.get(part)?.text}`);
    assert.equal(checks.get(part)?.remedy, null);
  }
  // An address for examples is not asked.
  assert.equal(checks.get("publicUrl")?.state, "off");
  assert.equal(checks.get("phone")?.text, "Calls to {number} come here.");
  assert.match(checks.get("phone")?.values["number"] ?? "", /^\+1/);
  assert.equal(checks.get("store")?.state, "warning");
  assert.equal(checks.get("webhooks")?.state, "off");
});

for (
  const [status, text] of [
    [401, /refuses the key/],
    [404, /does not know the model/],
    [429, /no credit left/],
    [500, /did not answer as expected/],
  ] as const
) {
  Deno.test(`a model's server that answers ${status} is told, with what mends it`, async () => {
    await using rig = await startPhoneRig({
      env: { OPENAI_API_KEY: modelKey },
      model: { faults: [`refuseHandshake:${status}`] },
    });
    const model = (await checksOf(rig)).get("model");
    assert.notEqual(model?.state, "ok");
    assert.match(model?.text ?? "", text);
    assert.notEqual(model?.remedy, null);
  });
}

Deno.test("a server without anything says what to set for each part", async () => {
  await using server = await startPhoneServer({
    env: {
      API_KEYS: `ops:${apiKey};scopes=admin`,
      PUBLIC_URL: undefined,
      TWILIO_ACCOUNT_SID: undefined,
      TWILIO_AUTH_TOKEN: undefined,
      TWILIO_PHONE_NUMBER: undefined,
      TWILIO_API_URL: undefined,
    },
  });
  const checks = await checksOf({ server });
  for (
    const part of ["model", "publicUrl", "phone", "destinations", "recordings", "webhooks", "sites"]
  ) {
    assert.equal(checks.get(part)?.state, "off", part);
    assert.notEqual(checks.get(part)?.remedy, null, part);
  }
  // Nothing of this costs dollars.
  assert.equal(checks.get("limits")?.state, "ok");
});

Deno.test("the set-up warns of a limit in dollars that is switched off", async () => {
  await using rig = await startPhoneRig({ env: { MAX_CALL_USD: "off" } });
  assert.equal((await checksOf(rig)).get("limits")?.state, "warning");
});

Deno.test("the set-up says how much room is on the disk, and warns where it is little", async () => {
  const folder = await Deno.makeTempDir({ prefix: "disk-" });
  try {
    await using plain = await startPhoneRig();
    assert.equal((await checksOf(plain)).get("disk"), undefined, "nothing is kept on a disk");
    await using stored = await startPhoneRig({ env: { DATABASE_URL: `sqlite:${folder}/a.db` } });
    const disk = (await checksOf(stored)).get("disk");
    assert.match(disk?.values["places"] ?? "", /a\.db \(\d+ [GM]B\)$/);
    await using recorded = await startPhoneRig({
      agent: "greeting: Hello.\nrecording: { consent: none }",
      env: { RECORDINGS_DIR: folder, RECORDING_MIN_FREE_MB: "1000000" },
    });
    const little = (await checksOf(recorded)).get("disk");
    assert.equal(little?.state, "warning");
    assert.ok(little.values["places"]?.startsWith(`${folder} (`), little.values["places"]);
    assert.match(little.remedy ?? "", /RETENTION_DAYS/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a key that reads all calls is enough to see those that come in", async () => {
  for (
    const [rights, state] of [["role=viewer", "ok"], ["scopes=setup:read", "warning"]] as const
  ) {
    await using rig = await startPhoneRig({ env: { API_KEYS: `ops:${apiKey};${rights}` } });
    const keys = (await checksOf(rig)).get("keys");
    assert.equal(keys?.state, state, rights);
  }
});

Deno.test("the set-up is for admins alone", async () => {
  await using server = await startPhoneServer({
    env: { API_KEYS: `ops:${apiKey};scopes=calls:read` },
  });
  const response = await server.request("/api/setup", { headers: { "X-API-Key": apiKey } });
  assert.equal(response.status, 403);
  assert.equal((await response.json()).code, "scope_missing");
});

Deno.test("keys that see no inbound calls are warned of once", async () => {
  await using server = await startPhoneServer({
    env: { API_KEYS: `ops:${apiKey};scopes=setup:read+calls:read`, OPENAI_APIKEY: "sk-test" },
  });
  const response = await server.request("/api/setup", {
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  const { checks } = await response.json();
  const told = (checks as readonly (Check & { readonly part: string })[]).filter((
    { part, state },
  ) => part === "warnings" || part === "keys" && state === "warning");
  assert.deepEqual(told.map(({ part, text }) => [part, text]), [
    ["keys", "Each key sees its own calls only: the calls that come in are shown to none."],
    ["warnings", "{name} is not a setting: did you mean {meant}?"],
  ]);
});
