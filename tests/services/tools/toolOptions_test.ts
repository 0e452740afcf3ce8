import assert from "node:assert/strict";
import { type Agent, readAgent } from "../../../src/config/agents.ts";
import { createAgentTools } from "../../../src/services/tools/agentTools.ts";
import { createRedaction } from "../../../src/services/tools/redaction.ts";
import { type Tool, ToolError } from "../../../src/services/tools/tool.ts";
import { ToolMemory } from "../../../src/services/tools/toolMemory.ts";
import {
  createToolRegistry,
  type ToolRegistryOptions,
} from "../../../src/services/tools/toolRegistry.ts";
import { toolServices } from "../../support/toolServices.ts";
import { context } from "../../support/runTool.ts";

function agentOf(head: string): Agent {
  const read = readAgent("desk", `---\ntitle: Desk\n${head}\n---\nHelp.`);
  assert.ok(read.ok, JSON.stringify(read));
  return read.agent;
}

function counter(changes: Partial<Tool> = {}, entries: ToolRegistryOptions["entries"] = {}) {
  const runs: unknown[] = [];
  const keys: (string | undefined)[] = [];
  const tool: Tool = {
    name: "book",
    description: "Books.",
    parameters: { properties: { day: { type: "string" }, people: { type: "integer" } } },
    options: { once: true },
    run: (args, { idempotencyKey }) => {
      runs.push(args);
      keys.push(idempotencyKey);
      return { output: `booked ${runs.length}`, effect: { type: "endCall" } };
    },
    ...changes,
  };
  const registry = createToolRegistry({ tools: [tool], entries });
  const run = (args: string, memory: ToolMemory, callId = "call_1") =>
    registry.run({ callId: "item", name: "book", arguments: args }, context({ callId }), memory);
  return { run, runs, keys };
}

Deno.test("options of every kind of tool stand in the agent's file, and bad ones are told", () => {
  const tools = createAgentTools(
    agentOf(
      `tools: [get_current_time, { name: end_call, say: Goodbye then., confirm: true, title: Hang up }, { name: book, after_heard: [price] }, { name: transfer_call, confirm: "Shall I put you through to {{to}}?" }]
transfers: { sales: { number: "+14155550111" } }
must_hear: { price: It costs ten dollars. }
http_tools: [{ name: book, description: Books., url: "https://a.example/", say: One moment., async: true, redact: [card] }]`,
    ),
    toolServices(),
    () => {},
  );
  assert.deepEqual(tools.policies, {
    end_call: { say: "Goodbye then.", confirm: { title: "Hang up" } },
    transfer_call: { confirm: { question: "Shall I put you through to {{to}}?" } },
    book: { say: "One moment.", isAsync: true, afterHeard: ["price"] },
  });
  assert.deepEqual(tools.declarations.map(({ name }) => name), [
    ...["get_current_time", "end_call", "transfer_call", "book"],
  ]);
  for (
    const [entry, where] of [
      ["{ name: end_call, sing: true }", "sing"],
      ["{ name: end_call, confirm: 7 }", "confirm"],
      ["{ name: end_call, timeout_ms: 5 }", "timeout_ms"],
      ["{ name: end_call, redact: [] }", "redact"],
      ["{ name: End Call }", "name"],
      ["[end_call]", "tools"],
    ] as const
  ) {
    const read = readAgent("desk", `---\ntitle: Desk\ntools: [${entry}]\n---\nHelp.`);
    assert.ok(!read.ok, entry);
    assert.ok(JSON.stringify(read.problems).includes(where), JSON.stringify(read.problems));
  }
});

Deno.test("a tool that changes something runs once for the same arguments in a call", async () => {
  const { run, runs, keys } = counter();
  const memory = new ToolMemory();
  const first = await run('{"day":"friday","people":2}', memory);
  assert.deepEqual(first, { output: "booked 1", ok: true, effect: { type: "endCall" } });
  const again = await run('{"people":"2","day":"friday","note":null}', memory);
  assert.equal(JSON.parse(again.output).result, "booked 1");
  assert.equal(JSON.parse(again.output).repeated, true);
  assert.equal(again.effect, undefined);
  assert.equal((await run('{"day":"monday","people":2}', memory)).output, "booked 2");
  assert.equal(
    (await run('{"day":"friday","people":2}', new ToolMemory(), "call_2")).output,
    "booked 3",
  );
  assert.equal(runs.length, 3);
  assert.ok(new Set(keys).size === 3 && keys.every((key) => key?.startsWith("parley-")));
});

Deno.test("once: false lets a tool repeat itself, and a tool that only reads does", async () => {
  for (
    const { run, runs, keys } of [
      counter({}, { book: { once: false } }),
      counter({ options: {} }),
    ]
  ) {
    const memory = new ToolMemory();
    await run("{}", memory);
    assert.equal((await run("{}", memory)).output, "booked 2");
    assert.deepEqual([runs.length, keys], [2, [undefined, undefined]]);
  }
});

Deno.test("the same tool that is still running is waited for, and not begun again", async () => {
  const done = Promise.withResolvers<{ output: string }>();
  let begun = 0;
  const { run } = counter({ run: () => (begun++, done.promise) });
  const memory = new ToolMemory();
  const both = [run("{}", memory), run("{}", memory)];
  done.resolve({ output: "booked" });
  const [first, second] = await Promise.all(both);
  assert.equal(first?.output, "booked");
  assert.equal(JSON.parse(second?.output ?? "").result, "booked");
  assert.equal(begun, 1);
});

Deno.test("a failure may be tried again, one that may have done its work may not", async () => {
  const errors = [
    new ToolError("http_503", "Busy."),
    new ToolError("no_answer", "Lost.", { mayHaveRun: true }),
  ];
  let begun = 0;
  const { run } = counter({
    run: () => {
      throw errors[begun++] ?? new Error("ran too often");
    },
  });
  const memory = new ToolMemory();
  const codes: unknown[] = [];
  for (let i = 0; i < 3; i++) codes.push(JSON.parse((await run("{}", memory)).output).code);
  assert.deepEqual([codes, begun], [["http_503", "no_answer", "no_answer"], 2]);
});

Deno.test("a call that another process goes on with does not do again what its record shows", async () => {
  const { run, runs } = counter();
  const memory = new ToolMemory([
    { name: "book", arguments: '{"day":"friday"}', output: "booked long ago" },
    { name: "book", arguments: '{"day":"monday"}' },
    {
      name: "book",
      arguments: '{"day":"sunday"}',
      output: '{"error":"Closed.","code":"http_409"}',
    },
    { name: "book", arguments: "broken", output: "x" },
  ]);
  assert.equal(
    JSON.parse((await run('{ "day": "friday" }', memory)).output).result,
    "booked long ago",
  );
  const unknown = await run('{"day":"monday"}', memory);
  assert.deepEqual([JSON.parse(unknown.output).code, unknown.ok], ["outcome_unknown", false]);
  assert.deepEqual(runs, []);
  assert.equal((await run('{"day":"sunday"}', memory)).output, "booked 1");
});

Deno.test("time limit and length of the result are the agent's to set", async () => {
  const slow = counter({ run: () => new Promise(() => {}) }, { book: { timeout_ms: 100 } });
  assert.equal(JSON.parse((await slow.run("{}", new ToolMemory())).output).code, "timeout");
  const long = counter({ run: () => ({ output: "x".repeat(500) }) }, {
    book: { max_result_chars: 100 },
  });
  const { output } = await long.run("{}", new ToolMemory());
  const { truncated, note, text } = JSON.parse(output);
  assert.deepEqual([truncated, text], [true, "x".repeat(100)]);
  assert.match(note, /first 100 of 500 characters/);
});

Deno.test("a redacted field is dots by its name or its place, and where the result repeats it", () => {
  const redaction = createRedaction(["card_number", "/customer/name", "pin"]);
  const args = {
    card_number: "4111 1111 1111 1111",
    customer: { name: "Ada", id: 7 },
    name: "shown",
    list: [{ pin: 12_345 }],
  };
  const { shown, hidden } = redaction.hideArguments(JSON.stringify(args));
  assert.deepEqual(JSON.parse(shown), {
    card_number: "••••",
    customer: { name: "••••", id: 7 },
    name: "shown",
    list: [{ pin: "••••" }],
  });
  assert.equal(
    redaction.hideOutput("Charged 4111 1111 1111 1111 with 12345 for Ada.", hidden),
    "Charged •••• with •••• for Ada.",
  );
  assert.equal(
    redaction.hideOutput('{"card_number":"x","left":[3]}', []),
    '{"card_number":"••••","left":[3]}',
  );
  assert.equal(redaction.hideArguments('{"card_number": "4111').shown, "••••");
  const twice = JSON.stringify(JSON.stringify(args));
  assert.ok(!redaction.hideArguments(twice).shown.includes("4111"));
  assert.equal(redaction.hideArguments("").shown, "");
});
