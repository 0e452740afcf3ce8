import assert from "node:assert/strict";
import { isScriptThere } from "../../support/programs.ts";
import { makeRehearsalFolder, shortScenario } from "../../support/scenarios/rehearseTask.ts";

Deno.test("the command ends with 0 where all holds, and writes reports that a later run is compared with", async () => {
  await using folder = await makeRehearsalFolder();
  await folder.write("agents/scenarios/a.yaml", shortScenario("A greeting", "answered: no"));
  const faulty = await folder.run(["agents/scenarios/a.yaml"]);
  assert.equal(faulty.code, 2);
  assert.match(faulty.complained, /^agents\/scenarios\/a\.yaml: line 8: expect\.1: .*answered/m);

  await folder.write("agents/scenarios/a.yaml", shortScenario("A greeting"));
  const reports = ["--json", "out/a.json", "--junit", "out/a.xml"];
  const good = await folder.run(["--repeat", "2", "--seed", "7", ...reports]);
  assert.equal(good.code, 0, good.printed + good.complained);
  assert.match(good.printed, /^ok {4}a 1\/2 {2}\d+ s$/m);
  assert.match(good.printed, /^a +2\/2 /m);
  assert.match(good.printed, /The report is in data\/rehearsal\.html\n$/);
  for (const part of ["\x1b", "\r", " running, "]) assert.ok(!good.printed.includes(part), part);
  assert.equal(good.complained, "");
  const { version, seed, passed, scenarios } = JSON.parse(await folder.read("out/a.json"));
  assert.deepEqual([version, seed, passed, scenarios[0].runs.length], [1, 7, 2, 2]);
  assert.match(await folder.read("out/a.xml"), /<testsuites .*tests="2" failures="0"/);
  assert.match(await folder.read("data/rehearsal.html"), /2 of 2 passed/);

  await folder.write(
    "agents/scenarios/a.yaml",
    shortScenario("A greeting", 'never_heard: "Hello"', "first_sound_within_ms: 20000"),
  );
  const bad = await folder.run(["agents", "--baseline", "out/a.json", "--html", "b.html"]);
  assert.equal(bad.code, 1, bad.printed + bad.complained);
  assert.match(bad.printed, /^FAIL {2}a .*never heard "Hello": heard at/m);
  assert.match(
    bad.printed,
    /expected {2}never heard "Hello"\n {2}found {5}heard at .*\n {2}in {8}agents\/scenarios\/a\.yaml:8$/m,
  );
  assert.match(bad.printed, /^ {2}now fails {2}a \(100% to 0%\)$/m);
  assert.match(await folder.read("b.html"), /Since the baseline of/);
});

Deno.test("a budget that is exceeded ends the command with 1, and a pass rate may allow failures", async () => {
  await using folder = await makeRehearsalFolder();
  await folder.write("a.yaml", shortScenario("A greeting"));
  await folder.write("b.yaml", shortScenario("Another", "heard: Good evening"));
  const ofBudget = ["a.yaml", "--budget", "first_sound=1", "--html", "1.html", "--junit", "1.xml"];
  const exceeded = await folder.run(ofBudget);
  const ofRate = ["a.yaml", "b.yaml", "--budget", "pass_rate=0", "--html", "2.html"];
  const allowed = await folder.run(ofRate);
  const unknown = await folder.run(["a.yaml", "--budget", "speed=1"]);
  const missing = await folder.run(["c.yaml"]);
  assert.equal(exceeded.code, 1);
  assert.match(exceeded.printed, /^FAIL {2}budget first_sound 0\.00 s: is \d\.\d\d s$/m);
  assert.match(exceeded.printed, /^1 passed, 0 failed/m);
  assert.match(await folder.read("1.xml"), /tests="2" failures="1"/);
  assert.equal(allowed.code, 0);
  assert.match(allowed.printed, /^1 passed, 1 failed/m);
  assert.equal(unknown.code, 2);
  assert.match(unknown.complained, /--budget: "speed" is none of/);
  assert.equal(missing.code, 2);
  assert.match(missing.complained, /There is no such file or folder: c\.yaml/);
});

Deno.test("an interruption hangs up, and reports what was done", async () => {
  await using folder = await makeRehearsalFolder();
  await folder.write("a.yaml", shortScenario("Short"));
  await folder.write("long.yaml", LONG);
  const args = ["a.yaml", "long.yaml", "--json", "r.json"];
  const { code, printed } = await folder.run(args, { interruptAt: /^ok {4}a /m });
  assert.equal(code, 130);
  assert.match(printed, /^1 passed, 0 failed, 1 not rehearsed,/m);
  const report = JSON.parse(await folder.read("r.json"));
  assert.deepEqual([report.notRun, report.scenarios.length], [1, 1]);
  assert.match(await folder.read("data/rehearsal.html"), /<dt>not rehearsed<\/dt><dd[^>]*>1</);
});

Deno.test({
  name: "on a terminal a line tells how far it is, in colours but for NO_COLOR and TERM=dumb",
  ignore: !isScriptThere(),
  async fn() {
    await using folder = await makeRehearsalFolder();
    await folder.write("a.yaml", shortScenario("A greeting"));
    const args = ["a.yaml", "--html"];
    const [coloured, plain, dumb] = await Promise.all([
      folder.run([...args, "1.html"], { onTerminal: true }),
      folder.run([...args, "2.html"], { onTerminal: true, env: { NO_COLOR: "1" } }),
      folder.run([...args, "3.html"], { onTerminal: true, env: { TERM: "dumb" } }),
    ]);
    assert.equal(coloured.code, 0, coloured.printed);
    assert.match(coloured.printed, /0 of 1 done, 1 running, 0 passed, 0 failed, \d+ s/);
    assert.ok(coloured.printed.includes("\r\x1b[2K\x1b[32mok  "));
    assert.match(plain.printed, /0 of 1 done, 1 running, 0 passed, 0 failed, \d+ s/);
    assert.ok(plain.printed.includes("\r\x1b[2Kok    a "));
    assert.ok(!plain.printed.includes("\x1b[32m"));
    assert.ok(!dumb.printed.includes("\x1b"), "not even the cursor is moved");
  },
});

const LONG = `title: Long
agent: desk
caller:
  - hears: Hello there
  - silence_ms: 500000
max_seconds: 600
`;
