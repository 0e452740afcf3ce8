import assert from "node:assert/strict";
import { createScenarioLog } from "../../../src/cli/rehearse/server/scenarioLog.ts";
import { createLogger } from "../../../src/utils/logger.ts";

Deno.test("what a scenario's server logs is one line each, once, and bears the scenario's name", () => {
  const lines: string[] = [];
  const write = createScenarioLog("desk/books", (line) => lines.push(line));
  const log = createLogger({ level: "warn", format: "json", write, now: () => 0 });
  log.info("Call began");
  log.warn("Budget not read", { error: new Error("no answer\n\u001b[31min time") });
  log.warn("Budget not read", { error: new Error("again") });
  log.error("Model reported an error", { code: "not_active", reason: "There is none" });
  assert.deepEqual(lines.map((line) => line.replace(/\p{Cc}/gu, "?")), lines);
  assert.match(lines[0] ?? "", /^log {3}desk\/books {2}Budget not read: no answer/);
  assert.equal(lines[1], "log   desk/books  Model reported an error: not_active: There is none");
  assert.equal(lines.length, 2);
});

Deno.test("a server that logs without end fills no terminal", () => {
  const lines: string[] = [];
  const write = createScenarioLog("desk", (line) => lines.push(line));
  for (let number = 0; number < 100; number++) {
    write(JSON.stringify({ message: `Fault ${number}` }));
  }
  assert.equal(lines.length, 6);
  assert.equal(lines.at(-1), "log   desk  its server logs more, which is not told");
});
