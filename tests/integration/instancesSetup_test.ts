import { strict as assert } from "node:assert";
import { codeDigest } from "../../src/services/setup/instances/codeDigest.ts";
import { createDatabase, instancesTest, startTwoInstances } from "../support/servers/instances.ts";
import { apiKey, startPhoneServer } from "../support/servers/phoneServer.ts";
import { codesOf, type SeenCheck, setupChecks } from "../support/setup/setupChecks.ts";
import { startStrangeInstance } from "../support/setup/strangeInstance.ts";
import { startBeside, temporaryDatabase } from "../support/twilio/dialling.ts";

const env = { API_KEYS: `ops:${apiKey};scopes=admin` };
const place = "other-machine 10.0.0.2:8000";

function ofInstances(checks: readonly SeenCheck[]): readonly SeenCheck[] {
  return checks.filter(({ part }) => part === "instances");
}

instancesTest("instances on one Postgres that hear each other are in order", async () => {
  await using two = await startTwoInstances({ env });
  const [check, ...others] = ofInstances(await setupChecks(two.first));
  assert.equal(check?.code, "instances_ok");
  assert.match(String(check.values["names"]), /127\.0\.0\.1:\d+|^inst_/);
  assert.deepEqual(others, []);
});

const lives = () => true;
const plants: readonly (readonly [
  what: string,
  code: string,
  answers: Readonly<Record<string, () => unknown>>,
  ageMs?: number,
])[] = [
  ["is deaf", "instance_deaf", {}],
  ["is silent", "instance_silent", {}, 45_000],
  ["has another time", "instance_clock", {
    lives,
    examine: async () => ({ clockMs: Date.now() - 120_000, version: await codeDigest() }),
  }],
  ["has another version", "instance_other_version", {
    lives,
    examine: () => ({ clockMs: Date.now(), version: "0123456789abcdef" }),
  }],
  ["is older than the question", "instance_other_version", { lives }],
];

for (const [what, code, answers, ageMs = 0] of plants) {
  instancesTest(`an instance that ${what} is found, with its name`, async () => {
    const database = await createDatabase();
    try {
      await using server = await startPhoneServer({ env: { ...env, DATABASE_URL: database.url } });
      await using _strange = await startStrangeInstance(database, { place, answers, ageMs });
      const found = ofInstances(await setupChecks(server));
      assert.deepEqual(found.map((check) => check.code), [code]);
      assert.equal(found[0]?.values["names"], place);
      assert.notEqual(found[0]?.remedy, null);
    } finally {
      await database.drop();
    }
  });
}

Deno.test("two processes on one database file are told that they do not hear each other", async () => {
  await using database = await temporaryDatabase();
  await using server = await startPhoneServer({ env: { ...env, ...database.env } });
  assert.deepEqual(codesOf(await setupChecks(server), "instances"), []);
  await using second = await startBeside(server, { ...env, ...database.env });
  assert.deepEqual(codesOf(await setupChecks(second), "instances"), ["instances_share_file"]);
});
