import assert from "node:assert/strict";
import { chosenScenarios } from "../../../src/cli/rehearse/chosenScenarios.ts";
import { readRehearseOptions } from "../../../src/cli/rehearse/rehearseOptions.ts";
import { readSettings } from "../../../src/config/env.ts";
import type { RunReport } from "../../../src/scenarios/report/runReport.ts";
import { recordCall } from "../../support/scenarios/recordCall.ts";
import { rehearsed } from "../../support/scenarios/rehearsed.ts";

Deno.test("a visitor's spoken and typed lines are taken from the record where the journal has no texts", async () => {
  await using recorded = await recordCall({
    agent: "title: Front desk\ngreeting: Good day.",
    env: { JOURNAL_TEXTS: "false" },
    scenario: `
title: A visitor types
leg: browser
model:
- { hears: question, says: Gladly. What is it? }
- { hears: dogs, says: "Of course, dogs are welcome." }
caller: [I have a question., { type: May I bring dogs? }]
`,
  });
  const journal = `${recorded.journals}/${recorded.callId}.jsonl`;
  await assert.rejects(
    rehearsed(recorded.environment, "--from-journal", journal),
    /its texts are masked\. Journals have texts with JOURNAL_TEXTS=true.*--from-call/,
  );
  await assert.rejects(
    rehearsed(recorded.environment, "--from-journal", recorded.journals),
    /No scenario could be made/,
  );
  const { report, code, printed } = await rehearsed(
    recorded.environment,
    ...["--from-call", recorded.callId],
  );
  assert.equal(code, 0, printed);
  const { exchanges, costUsd, end } = differenceIn(report);
  assert.deepEqual(exchanges.map(({ caller, now, isSame }) => [caller, now, isSame]), [
    [undefined, "Good day.", true],
    ["I have a question.", "Gladly. What is it?", true],
    ["May I bring dogs?", "Of course, dogs are welcome.", true],
  ]);
  assert.deepEqual(end, { then: "caller_hung_up", now: "caller_hung_up" });
  assert.ok(costUsd.then !== undefined && costUsd.now !== undefined);
});

Deno.test("a machine that was called answers with the same greeting, and gets the same message", async () => {
  await using recorded = await recordCall({
    agent: "title: Reminder\ngreeting: Hello {{name}}.\n" +
      "voicemail: Hello, this is a reminder for {{name}} about the visit {{visit}}. Goodbye.",
    scenario: `
title: A machine answers
called: machine
variables: { name: Ada, visit: on Tuesday at ten }
max_seconds: 60
caller: [silence_ms: 50000]
`,
  });
  const folder = await Deno.makeTempDir({ prefix: "written-" });
  try {
    const args = ["--from-journal", recorded.journals, "--write", folder];
    const { report, code, printed } = await rehearsed(recorded.environment, ...args);
    assert.equal(code, 0, printed);
    const { exchanges } = differenceIn(report);
    assert.deepEqual(exchanges.map(({ now, isSame }) => [now, isSame]), [[
      "Hello, this is a reminder for Ada about the visit on Tuesday at ten. Goodbye.",
      true,
    ]]);
    const path = `${folder}/${recorded.callId}.yaml`;
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assert.match(await Deno.readTextFile(path), /called: machine/);
    assert.match(printed, /has what was said in the call/);
    const again = readRehearseOptions([folder, "--from-journal", recorded.journals], 2);
    const both = await chosenScenarios(again, readSettings(recorded.environment), () => {});
    const names = both.map(({ scenario: { name } }) => name);
    assert.deepEqual(names, [path.replace(".yaml", ""), recorded.callId]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("keys are pressed again, and the person of a transfer is there again", async () => {
  const agent = (sales: string) =>
    "title: Front desk\ngreeting: Press one for sales.\ntools: [transfer_call, end_call]\n" +
    `transfers: { sales: { number: "${sales}", sentence: One moment please. } }`;
  await using recorded = await recordCall({
    agent: agent("+12025550150"),
    scenario: `
title: A caller presses a key
numbers: { "+12025550150": { callee: { kind: person }, talkMs: 2000 } }
model:
- hears: "pressed these keys: 1"
  calls: { transfer_call: { to: sales } }
caller: [keys: "1", silence_ms: 25000]
`,
  });
  // Today they have another number.
  await recorded.writeAgent(agent("+12025550160"));
  const { report, code, printed } = await rehearsed(
    recorded.environment,
    ...["--from-journal", recorded.journals],
  );
  assert.equal(code, 0, printed);
  const { exchanges, tools, end } = differenceIn(report);
  assert.deepEqual(exchanges.map(({ caller }) => caller), [undefined, "1"]);
  assert.deepEqual(tools.map(({ name, isSame }) => [name, isSame]), [["transfer_call", true]]);
  assert.deepEqual(end, { then: "transferred", now: "transferred" });
  const verdicts = report.scenarios[0]?.runs[0]?.calls[0]?.verdicts ?? [];
  assert.ok(
    verdicts.some(({ expected, state }) =>
      /put through to sales/.test(expected) && state === "held"
    ),
  );
});

function differenceIn({ scenarios }: RunReport) {
  const difference = scenarios[0]?.runs[0]?.calls[0]?.sinceRecorded;
  assert.ok(difference !== undefined, Deno.inspect(scenarios, { depth: 8 }));
  return difference;
}

Deno.test("yesterday's booking is made again, though today's calendar has no such time", async () => {
  const agent = (hours: string) =>
    "title: Front desk\ngreeting: Hello, how can I help you?\ntools: [end_call]\n" +
    `calendar: { name: practice, hours: { ${hours} }, services: { haircut: { title: Haircut, minutes: 30 } } }`;
  await using recorded = await recordCall({
    agent: agent('mon-fri: "09:00-12:00"'),
    scenario: `
title: A caller books
caller:
- I would like to book a haircut next Tuesday.
- hears: Which one would you like
- The first one.
- My name is Ada Lovelace.
- "Yes."
- Goodbye.
`,
  });
  await recorded.writeAgent(agent('sat: "09:00-10:00"'));
  const runs = [["--from-journal", recorded.journals], ["--from-call", recorded.callId]];
  for (const args of runs) {
    const { report, code, printed } = await rehearsed(recorded.environment, ...args);
    assert.equal(code, 0, printed);
    const { tools, exchanges } = differenceIn(report);
    assert.deepEqual(tools.map(({ name, isSame }) => [name, isSame]), [
      ["find_slots", true],
      ["book_slot", true],
      ["book_slot", true],
      ["end_call", true],
    ]);
    assert.ok(exchanges.some(({ now }) => /booked/.test(now)), Deno.inspect(exchanges));
    assert.deepEqual(exchanges.filter(({ isSame }) => !isSame), []);
  }
});
