import assert from "node:assert/strict";
import { findScenarios, withOwnNames } from "../../../src/scenarios/file/findScenarios.ts";

const TEXT = "title: A call\ncaller:\n  - hang_up: true\nexpect:\n  - ended: caller_hung_up\n";

Deno.test("a scenario has one name, whatever part of its folder is asked for", async () => {
  await using folder = await withFiles("scenarios/desk/a.yaml", "scenarios/b.yml", "other/c.yaml");
  const { path } = folder;
  assert.deepEqual(await names(`${path}/scenarios`), ["b", "desk/a"]);
  assert.deepEqual(await names(`${path}/scenarios/desk`), ["desk/a"]);
  assert.deepEqual(await names(`${path}/scenarios/desk/a.yaml`), ["desk/a"]);
  assert.deepEqual(await names(`${path}/other`, `${path}/other/c.yaml`), ["c"]);
  assert.deepEqual(await names(path), ["other/c", "b", "desk/a"]);
});

Deno.test("scenarios of the same name in two places have their paths for names", async () => {
  await using folder = await withFiles("one/a.yaml", "two/a.yaml", "two/b.yaml");
  const { path } = folder;
  assert.deepEqual(await names(`${path}/one`, `${path}/two`), [
    `${path}/one/a`,
    `${path}/two/a`,
    "b",
  ]);
});

Deno.test("no two scenarios have one name, whatever they were made of", async () => {
  await using folder = await withFiles("one/a.yaml", "one/a.yml", "one/call_1.yaml");
  const { path } = folder;
  const written = await findScenarios([`${path}/one`]);
  assert.deepEqual(written.map(({ scenario: { name } }) => name), [
    `${path}/one/a.yaml`,
    `${path}/one/a.yml`,
    "call_1",
  ]);
  const { file: _, ...recorded } = written[2]!.scenario;
  const all = [...written, { ...written[2]!, scenario: recorded }];
  assert.deepEqual(withOwnNames(all).slice(2).map(({ scenario: { name } }) => name), [
    `${path}/one/call_1`,
    "call_1",
  ]);
});

Deno.test("an expectation knows its file and line, and what holds for every call has none", async () => {
  await using folder = await withFiles("a.yaml");
  const [found] = await findScenarios([`${folder.path}/a.yaml`]);
  const { file, expect, lineOf, callers } = found!.scenario;
  assert.equal(file, `${folder.path}/a.yaml`);
  assert.deepEqual(expect.map((each) => [each.type, lineOf?.(each)]), [
    ["ended", 5],
    ["recordIsHeard", undefined],
  ]);
  assert.equal(lineOf?.(callers[0]!.steps[0]!), 3);
});

async function names(...paths: readonly string[]): Promise<readonly string[]> {
  return (await findScenarios(paths)).map(({ scenario: { name } }) => name);
}

async function withFiles(...files: readonly string[]) {
  const path = await Deno.makeTempDir({ prefix: "find-" });
  for (const file of files) {
    await Deno.mkdir(`${path}/${file}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${path}/${file}`, TEXT);
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
