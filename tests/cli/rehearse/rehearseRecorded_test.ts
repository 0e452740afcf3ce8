import assert from "node:assert/strict";
import type { RunReport } from "../../../src/scenarios/report/runReport.ts";
import { recordCall } from "../../support/scenarios/recordCall.ts";
import { rehearsed } from "../../support/scenarios/rehearsed.ts";

const agent = (greeting: string, tools: string) =>
  `title: Front desk\ngreeting: ${greeting}\ntools: [${tools}]`;

Deno.test("a recorded call goes as it went with the same agent, and what a changed agent does otherwise is told", async () => {
  await using recorded = await recordCall({
    agent: agent("Hello, this is the front desk.", "get_current_time, end_call"),
    scenario: `
title: A caller breaks in
model:
- { hears: what time, calls: { get_current_time: {} } }
- { after_tool: get_current_time, says: "It is a quarter past nine, and we are open until six in the evening today." }
- { hears: enough, says: Gladly. Anything else? }
- { hears: all, says: Thank you for calling., calls: { end_call: { reason: done } } }
caller:
- What time is it, please?
- cut_in: { say: "Thank you, that is enough.", after_ms: 2500 }
- No, that is all.
`,
  });
  const same = await rehearsed(recorded.environment, "--from-journal", recorded.journals);
  assert.equal(same.code, 0, same.printed);
  const { tools, exchanges, end } = differenceIn(same.report);
  assert.deepEqual(tools.map(({ name, isSame }) => [name, isSame]), [
    ["get_current_time", true],
    ["end_call", true],
  ]);
  assert.deepEqual(end, { then: "agent_hung_up", now: "agent_hung_up" });
  assert.deepEqual(
    exchanges.map(({ caller, isSame }) => [caller, isSame]),
    [
      [undefined, true],
      ["What time is it, please?", true],
      ["Thank you, that is enough.", true],
      ["No, that is all.", true],
    ],
    Deno.inspect(exchanges),
  );
  assert.ok(exchanges[1]?.now.startsWith("It is a quarter past nine"));
  assert.ok(!exchanges[1]?.now.includes("today"), "the caller broke in then, and does now");
  assert.match(same.printed, /4 of 4 answers in words, 2 of 2 tool calls/);

  await recorded.writeAgent(agent("Good day, you are through to the salon.", "end_call"));
  const older = `${recorded.journals}/call_older.jsonl`;
  await Deno.copyFile(`${recorded.journals}/${recorded.callId}.jsonl`, older);
  await Deno.utime(older, 0, 0);
  const newest = ["--from-journal", recorded.journals, "--newest", "1"];
  const changed = await rehearsed(recorded.environment, ...newest);
  assert.equal(changed.code, 1);
  assert.deepEqual(changed.report.scenarios.map(({ name }) => name), [recorded.callId]);
  const { printed: told } = changed;
  assert.match(told, /the newest 1 of 2 calls/);
  assert.match(told, /get_current_time is not called any more \(\{\}\)/);
  assert.match(told, /at the beginning the agent said "Hello, this is.*now "Good day, you are/);
  assert.match(told, /built-in engine repeats what the model said/);
  assert.match(changed.html, />get_current_time is called once</);
  assert.match(changed.html, /<td>Hello, this is the front desk\.<\/td><td><mark>Good day/);
});

function differenceIn({ scenarios }: RunReport) {
  const difference = scenarios[0]?.runs[0]?.calls[0]?.sinceRecorded;
  assert.ok(difference !== undefined, Deno.inspect(scenarios, { depth: 8 }));
  return difference;
}
