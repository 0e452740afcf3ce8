import assert from "node:assert/strict";
import { join } from "node:path";
import { checkReports, writeReports } from "../../../src/cli/rehearse/rehearsalReports.ts";
import { reportWith } from "../../support/scenarios/reports.ts";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { shortScenario } from "../../support/scenarios/rehearseTask.ts";
import { rehearsed } from "../../support/scenarios/rehearsed.ts";

Deno.test("reports are for their owner alone, also where there was one for all", async () => {
  await using folder = await createAgentFolder({
    "desk.md": "---\ntitle: Desk\ngreeting: Hello there.\n---\nHelp.",
    "scenarios/greets.yaml": shortScenario("A caller is greeted"),
  });
  const path = await Deno.makeTempDir();
  try {
    const junit = join(path, "report.xml");
    await Deno.writeTextFile(junit, "", { mode: 0o644 });
    const { code, printed } = await rehearsed(folder.env, "--junit", junit);
    assert.equal(code, 0, printed);
    assert.equal((await Deno.stat(junit)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a report that cannot be written, or would replace another file, is told before any call", async () => {
  const path = await Deno.makeTempDir();
  try {
    const scenario = join(path, "greets.yaml");
    await Deno.writeTextFile(scenario, shortScenario("A caller is greeted"));
    await Deno.mkdir(join(path, "folder"));
    const refused = (files: Parameters<typeof checkReports>[0], why: RegExp) =>
      assert.rejects(checkReports(files), why);
    const html = join(path, "new.html");
    await refused({ html: scenario }, /--html .*greets\.yaml is there, and no such report/);
    await refused({ html: "" }, /--html must be the path of a file/);
    await refused({ html, json: `${path}/./new.html` }, /--html and --json are the same file/);
    await refused(
      { html: join(path, "folder") },
      /--html .*folder cannot be written: it is a folder/,
    );
    await refused({ html: join(scenario, "a.html") }, /--html .*a\.html cannot be written/);
    const foreign = {
      json: '{\n  "tasks": {}\n}\n',
      html: "<!doctype html>\n<title>A page</title>\n",
      junit: '<?xml version="1.0"?><project name="rehearsal"/>\n',
    } as const;
    for (const option of ["json", "html", "junit"] as const) {
      const file = join(path, `foreign.${option}`);
      await Deno.writeTextFile(file, foreign[option]);
      await refused({ html, [option]: file }, /is there, and no such report: it stays as it is/);
    }
    await checkReports({ html });
    await assert.rejects(Deno.stat(html), Deno.errors.NotFound);
    assert.match(await Deno.readTextFile(scenario), /A caller is greeted/);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("each report is written, whatever becomes of another", async () => {
  const path = await Deno.makeTempDir();
  try {
    const json = join(path, "report.json");
    const whole = { report: reportWith([]), budgets: [], difference: undefined, sounds: [] };
    const own = { json, html: join(path, "own.html"), junit: join(path, "own.xml") };
    assert.deepEqual(await writeReports(own, whole), []);
    await checkReports(own);
    const problems = await writeReports({ html: path, json }, whole);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /^--html .* cannot be written: /);
    assert.equal(JSON.parse(await Deno.readTextFile(json)).engine, "rehearsal");
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("a file that all may read is its owner's before a report is in it", async () => {
  const path = await Deno.makeTempDir();
  try {
    const json = join(path, "report.json");
    await Deno.writeTextFile(json, "", { mode: 0o644 });
    const modes: (number | null)[] = [];
    await writeReports({ html: join(path, "a.html"), json }, {
      get report() {
        modes.push(Deno.statSync(json).mode);
        return reportWith([]);
      },
      ...{ budgets: [], difference: undefined, sounds: [] },
    });
    assert.equal(modes.at(-1)! & 0o777, 0o600);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});
