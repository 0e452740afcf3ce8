import assert from "node:assert/strict";
import { makeRehearsalFolder, shortScenario } from "../../support/scenarios/rehearseTask.ts";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { rehearsed } from "../../support/scenarios/rehearsed.ts";

Deno.test("what is wrong with files of strangers is told without escapes, and read within bounds", async () => {
  await using folder = await makeRehearsalFolder();
  await folder.write("a.yaml", `${shortScenario("Named")}"x\\e]0;pwned\\a": 1\n`);
  const end = await folder.run(["a.yaml"]);
  assert.equal(end.code, 2);
  assert.match(end.complained, /pwned/);
  // deno-lint-ignore no-control-regex -- what must not be there.
  assert.doesNotMatch(end.complained + end.printed, /[\x1b\x07]/);
});

Deno.test("a call of a database is only read: none is made, and none is changed", async () => {
  await using folder = await createAgentFolder({ "desk.md": "---\ntitle: Desk\n---\nHelp." });
  const path = `${folder.path}/none.db`;
  const environment = { ...folder.env, DATABASE_URL: `sqlite:${path}` };
  const missing = rehearsed(environment, "--from-call", "c1", "--built-in");
  await assert.rejects(missing, /DATABASE_URL is not there: --from-call only reads it/);
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
});
