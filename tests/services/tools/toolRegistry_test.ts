import assert from "node:assert/strict";
import { createToolRegistry } from "../../../src/services/tools/toolRegistry.ts";
import { createTransferCall } from "../../../src/services/tools/builtin/transferCall.ts";
import { endCall } from "../../../src/services/tools/builtin/endCall.ts";
import { getCurrentTime } from "../../../src/services/tools/builtin/getCurrentTime.ts";
import { sendDigits } from "../../../src/services/tools/builtin/sendDigits.ts";
import { type Tool, ToolError } from "../../../src/services/tools/tool.ts";
import { createRedaction } from "../../../src/services/tools/redaction.ts";
import { describeFault } from "../../../src/services/tools/toolFault.ts";
import { context, runTool } from "../../support/runTool.ts";

const TOOLS = [endCall, getCurrentTime, sendDigits, createTransferCall(["sales", "support"])];

function tool(run: Tool["run"], changes: Partial<Tool> = {}): Tool {
  return {
    name: "probe",
    description: "Probes.",
    parameters: {
      type: "object",
      properties: {
        size: { type: "integer", minimum: 1 },
        colour: { type: "string", enum: ["red", "blue"] },
      },
      additionalProperties: false,
    },
    run,
    ...changes,
  };
}

Deno.test("declarations are the tools without what runs them", () => {
  assert.deepEqual(createToolRegistry({ tools: [endCall] }).declarations, [{
    name: "end_call",
    description: endCall.description,
    parameters: endCall.parameters,
  }]);
  assert.equal(createToolRegistry({ tools: TOOLS }).declarations.length, 4);
});

Deno.test("createToolRegistry() refuses a second tool of a name, and what is no schema", () => {
  assert.throws(
    () => createToolRegistry({ tools: [endCall, endCall] }),
    /two tools of the name end_call/,
  );
  const parameters = { type: "objekt" };
  assert.throws(
    () => createToolRegistry({ tools: [tool(() => ({ output: 1 }), { parameters })] }),
    /Cannot offer the tool probe/,
  );
});

Deno.test("run() gives text as it is and anything else as JSON, once", async () => {
  const outputs: readonly (readonly [unknown, string])[] = [
    ["plain", "plain"],
    [{ a: [1] }, '{"a":[1]}'],
    [null, "null"],
    [undefined, "null"],
    [3, "3"],
  ];
  for (const [output, expected] of outputs) {
    const tools = createToolRegistry({ tools: [tool(() => ({ output }))] });
    const outcome = await tools.run({ callId: "c", name: "probe", arguments: "{}" }, context());
    assert.deepEqual(outcome, { output: expected, ok: true });
  }
});

Deno.test("run() takes no arguments for an empty object (case 36)", async () => {
  const echo = tool((args) => ({ output: args }));
  assert.deepEqual(await runTool([echo], "probe", ""), { output: {}, ok: true });
  assert.deepEqual(await runTool([echo], "probe", '{"size":2}'), { output: { size: 2 }, ok: true });
});

Deno.test("run() says what is wrong with the arguments (case 36)", async () => {
  const never = tool(() => assert.fail("ran"));
  const cases: readonly (readonly [string, RegExp])[] = [
    ['{"size":', /not valid JSON/],
    ["[".repeat(60_000), /not valid JSON/],
    ["[]", /must be a JSON object/],
    ["null", /must be a JSON object/],
    ['"x"', /must be a JSON object/],
    ['{"size":"big"}', /"size" must be integer/],
    ['{"size":0}', /"size" must be >= 1/],
    ['{"colour":"green"}', /"colour" must be one of \["red","blue"\]/],
    ['{"shape":1}', /must not have a field "shape"/],
    [`{"size":"${"x".repeat(70_000)}"}`, /too long/],
  ];
  for (const [args, error] of cases) {
    const outcome = await runTool([never], "probe", args);
    assert.match(outcome.output.error, error);
    assert.deepEqual([outcome.output.code, outcome.ok], ["invalid_arguments", false]);
  }
});

Deno.test("run() names a required field that is missing", async () => {
  const { output } = await runTool(TOOLS, "transfer_call", "{}");
  assert.match(output.error, /must have required property 'to'/);
});

Deno.test("run() lets no argument reach a prototype (case 36)", async () => {
  const open = tool((args) => ({ output: Object.assign({}, args) }), {
    parameters: { additionalProperties: true },
  });
  const args = '{"__proto__":{"admin":true},"deep":{"__proto__":{"admin":true}}}';
  assert.deepEqual(await runTool([open], "probe", args), { output: { deep: {} }, ok: true });
});

Deno.test("run() names the tools there are when asked for another (case 36)", async () => {
  const { output, ok } = await runTool(TOOLS, "open_door", "{}");
  assert.match(output.error, /end_call, get_current_time, send_dtmf, transfer_call/);
  assert.deepEqual([output.code, ok], ["unknown_tool", false]);
  assert.equal((await runTool(TOOLS, "constructor", "{}")).output.code, "unknown_tool");
});

Deno.test("run() hides what went wrong inside, but for the operator", async () => {
  const faults: unknown[] = [];
  const boom = new Error("password is hunter2");
  for (
    const broken of [
      tool(() => {
        throw boom;
      }),
      tool(() => Promise.reject(boom)),
    ]
  ) {
    const outcome = await runTool([broken], "probe", "{}", {}, {
      onFault: (name, error) => faults.push([name, error]),
    });
    assert.deepEqual(outcome, {
      output: { error: "The tool failed.", code: "tool_failed" },
      ok: false,
    });
  }
  assert.deepEqual(faults, [["probe", boom], ["probe", boom]]);
});

Deno.test("run() passes a ToolError on to the model", async () => {
  const full = tool(() => {
    throw new ToolError("fully_booked", "There is no table left.");
  });
  assert.deepEqual(await runTool([full], "probe", "{}"), {
    output: { error: "There is no table left.", code: "fully_booked" },
    ok: false,
  });
});

Deno.test("run() aborts a tool that takes too long (case 39)", async () => {
  const signals: AbortSignal[] = [];
  const stuck = tool((_args, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  const { output, ok } = await runTool([stuck], "probe", "{}", {}, { timeLimitMs: 1 });
  assert.deepEqual([output.code, ok, signals[0]?.aborted], ["timeout", false, true]);
});

Deno.test("run() bears a tool that fails after its time", async () => {
  const late = Promise.withResolvers<never>();
  const outcome = await runTool([tool(() => late.promise)], "probe", "{}", {}, { timeLimitMs: 1 });
  assert.equal(outcome.output.code, "timeout");
  late.reject(new Error("late"));
});

Deno.test("run() lets a tool set its own time limit", async () => {
  const stuck = tool(() => new Promise(() => {}), { options: { timeoutMs: 1 } });
  assert.equal((await runTool([stuck], "probe", "{}")).output.code, "timeout");
});

Deno.test("run() stops when the call ends (case 40)", async () => {
  const call = new AbortController();
  const started = Promise.withResolvers<AbortSignal>();
  const stuck = tool((_args, { signal }) => {
    started.resolve(signal);
    return new Promise(() => {});
  });
  const running = runTool([stuck], "probe", "{}", { signal: call.signal });
  const signal = await started.promise;
  call.abort();
  const { output, ok } = await running;
  assert.deepEqual([output.code, ok, signal.aborted], ["call_ended", false, true]);
  const never = tool(() => assert.fail("ran"));
  const after = await runTool([never], "probe", "{}", { signal: call.signal });
  assert.equal(after.output.code, "call_ended");
});

Deno.test("run() truncates long output for the model, and says so", async () => {
  const long = tool(() => ({ output: "x".repeat(99) + "😀" }));
  const { output, ok } = await runTool([long], "probe", "{}", {}, { maxOutputChars: 100 });
  assert.deepEqual([output.truncated, output.text, ok], [true, "x".repeat(99) + "\ufffd", true]);
});

// The tools

Deno.test("half a character does not reach the model", async () => {
  const tool: Tool = {
    ...endCall,
    name: "half",
    run: () => Promise.resolve({ output: "\ud800!" }),
  };
  const { output } = await createToolRegistry({ tools: [tool] })
    .run({ callId: "1", name: "half", arguments: "{}" }, context());
  assert.equal(output, "\ufffd!");
});

Deno.test("an exception without a name or a place can be told of", () => {
  const odd = Object.assign(new Error("secret"), { name: undefined, stack: 5 });
  assert.deepEqual(describeFault(odd), { code: "tool_failed", fault: "Error" });
});

Deno.test("nobody is shown what stands deeper than a redaction looks", () => {
  const json = `${'{"a":'.repeat(70)}{"pin":"secret99"}${"}".repeat(70)}`;
  const { shown, hidden } = createRedaction(["pin"]).hideArguments(json);
  assert.ok(!shown.includes("secret99"));
  assert.deepEqual(hidden, ["secret99"]);
});

Deno.test("a tool with confirm asks about the arguments that it takes, and no others", () => {
  const confirm = { question: "Shall I?" };
  const closed: Tool = {
    ...endCall,
    name: "pay",
    parameters: { type: "object", properties: { amount: { type: "number" } } },
    options: { confirm },
  };
  const open: Tool = {
    ...closed,
    name: "note",
    parameters: { ...closed.parameters, additionalProperties: true },
  };
  assert.deepEqual(createToolRegistry({ tools: [closed, open] }).policies, {
    pay: { confirm: { ...confirm, declared: ["amount"] } },
    note: { confirm },
  });
});
