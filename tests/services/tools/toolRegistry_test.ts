import assert from "node:assert/strict";
import {
  createToolRegistry,
  type ToolRegistryOptions,
} from "../../../src/services/tools/toolRegistry.ts";
import { endCall } from "../../../src/services/tools/builtin/endCall.ts";
import { getCurrentTime } from "../../../src/services/tools/builtin/getCurrentTime.ts";
import {
  createHttpTool,
  type HttpToolDefinition,
} from "../../../src/services/tools/http/httpTool.ts";
import { sendDigits } from "../../../src/services/tools/builtin/sendDigits.ts";
import { type Tool, type ToolContext, ToolError } from "../../../src/services/tools/tool.ts";
import { createTransferCall } from "../../../src/services/tools/builtin/transferCall.ts";

const TOOLS = [endCall, getCurrentTime, sendDigits, createTransferCall(["sales", "support"])];

function context(changes: Partial<ToolContext> = {}): ToolContext {
  return {
    signal: new AbortController().signal,
    callId: "call_1",
    direction: "inbound",
    agent: "receptionist",
    now: () => new Date("2026-07-14T22:05:06Z"),
    ...changes,
  };
}

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

async function run(
  tools: readonly Tool[],
  name: string,
  args: string,
  changes: Partial<ToolContext> = {},
  options: Partial<ToolRegistryOptions> = {},
) {
  const call = { callId: "c1", name, arguments: args };
  const { output, ...rest } = await createToolRegistry({ tools, ...options }).run(
    call,
    context(changes),
  );
  return { output: output.startsWith("{") ? JSON.parse(output) : output, ...rest };
}

// The registry

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
  assert.deepEqual(await run([echo], "probe", ""), { output: {}, ok: true });
  assert.deepEqual(await run([echo], "probe", '{"size":2}'), { output: { size: 2 }, ok: true });
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
    const outcome = await run([never], "probe", args);
    assert.match(outcome.output.error, error);
    assert.deepEqual([outcome.output.code, outcome.ok], ["invalid_arguments", false]);
  }
});

Deno.test("run() names a required field that is missing", async () => {
  const { output } = await run(TOOLS, "transfer_call", "{}");
  assert.match(output.error, /must have required property 'to'/);
});

Deno.test("run() lets no argument reach a prototype (case 36)", async () => {
  const open = tool((args) => ({ output: Object.assign({}, args) }), {
    parameters: { additionalProperties: true },
  });
  const args = '{"__proto__":{"admin":true},"deep":{"__proto__":{"admin":true}}}';
  assert.deepEqual(await run([open], "probe", args), { output: { deep: {} }, ok: true });
});

Deno.test("run() names the tools there are when asked for another (case 36)", async () => {
  const { output, ok } = await run(TOOLS, "open_door", "{}");
  assert.match(output.error, /end_call, get_current_time, send_dtmf, transfer_call/);
  assert.deepEqual([output.code, ok], ["unknown_tool", false]);
  assert.equal((await run(TOOLS, "constructor", "{}")).output.code, "unknown_tool");
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
    const outcome = await run([broken], "probe", "{}", {}, {
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
  assert.deepEqual(await run([full], "probe", "{}"), {
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
  const { output, ok } = await run([stuck], "probe", "{}", {}, { timeLimitMs: 1 });
  assert.deepEqual([output.code, ok, signals[0]?.aborted], ["timeout", false, true]);
});

Deno.test("run() bears a tool that fails after its time", async () => {
  const late = Promise.withResolvers<never>();
  const outcome = await run([tool(() => late.promise)], "probe", "{}", {}, { timeLimitMs: 1 });
  assert.equal(outcome.output.code, "timeout");
  late.reject(new Error("late"));
});

Deno.test("run() lets a tool set its own time limit", async () => {
  const stuck = tool(() => new Promise(() => {}), { timeLimitMs: 1 });
  assert.equal((await run([stuck], "probe", "{}")).output.code, "timeout");
});

Deno.test("run() stops when the call ends (case 40)", async () => {
  const call = new AbortController();
  const started = Promise.withResolvers<AbortSignal>();
  const stuck = tool((_args, { signal }) => {
    started.resolve(signal);
    return new Promise(() => {});
  });
  const running = run([stuck], "probe", "{}", { signal: call.signal });
  const signal = await started.promise;
  call.abort();
  const { output, ok } = await running;
  assert.deepEqual([output.code, ok, signal.aborted], ["call_ended", false, true]);
  const never = tool(() => assert.fail("ran"));
  const after = await run([never], "probe", "{}", { signal: call.signal });
  assert.equal(after.output.code, "call_ended");
});

Deno.test("run() truncates long output for the model, and says so", async () => {
  const long = tool(() => ({ output: "x".repeat(99) + "😀" }));
  const { output, ok } = await run([long], "probe", "{}", {}, { maxOutputChars: 100 });
  assert.deepEqual([output.truncated, output.text, ok], [true, "x".repeat(99) + "\ufffd", true]);
});

// The tools

Deno.test("end_call asks for the end of the call", async () => {
  assert.deepEqual(await run(TOOLS, "end_call", '{"reason":"done"}'), {
    output: { status: "ending" },
    ok: true,
    effect: { type: "endCall" },
  });
});

Deno.test("get_current_time gives the time in the zone asked for, or else in the agent's", async () => {
  assert.deepEqual((await run(TOOLS, "get_current_time", '{"time_zone":"Asia/Tokyo"}')).output, {
    iso: "2026-07-15T07:05:06+09:00",
    weekday: "Wednesday",
    time_zone: "Asia/Tokyo",
    spoken: "Wednesday, July 15, 2026 at 7:05 AM",
  });
  const zone = { timeZone: "America/New_York" };
  const { output } = await run(TOOLS, "get_current_time", "", zone);
  assert.equal(output.iso, "2026-07-14T18:05:06-04:00");
  assert.equal((await run(TOOLS, "get_current_time", "")).output.iso, "2026-07-14T22:05:06Z");
});

Deno.test("get_current_time says that a zone does not exist", async () => {
  const { output, ok } = await run(TOOLS, "get_current_time", '{"time_zone":"Mars/Base"}');
  assert.match(output.error, /Unknown time zone "Mars\/Base"/);
  assert.equal(ok, false);
});

Deno.test("case 112: tools of the server's own bear whatever a model may say", async () => {
  const cases: readonly (readonly [string, unknown, RegExp | undefined])[] = [
    ["get_current_time", { time_zone: null }, undefined],
    ["get_current_time", { time_zone: "+05:30" }, undefined],
    ["get_current_time", { time_zone: "europe/berlin" }, undefined],
    ["get_current_time", { time_zone: "" }, /unknown_time_zone/],
    ["get_current_time", { time_zone: "Mars\0/../Base" }, /unknown_time_zone/],
    ["get_current_time", { time_zone: "x".repeat(10_000) }, /must NOT have more than 64/],
    ["get_current_time", { time_zone: ["UTC"] }, /must be string/],
    ["send_dtmf", { digits: "1".repeat(10_000) }, /must match pattern/],
    ["send_dtmf", { digits: 123 }, undefined],
    ["send_dtmf", { digits: null }, /must have required property 'digits'/],
    ["transfer_call", { to: "__proto__" }, /must be one of/],
    ["transfer_call", { to: "constructor" }, /must be one of/],
    ["transfer_call", { to: "sales", number: "+15550100" }, /must not have a field/],
    ["end_call", { reason: null }, undefined],
    ["end_call", { reason: "x".repeat(10_000) }, /must NOT have more than 200/],
  ];
  for (const [name, args, expected] of cases) {
    const { output, ok } = await run(TOOLS, name, JSON.stringify(args));
    const told = JSON.stringify(output);
    if (expected === undefined) assert.ok(ok, told);
    else assert.match(told, expected);
    assert.ok(told.length < 400, told);
  }
});

Deno.test("transfer_call knows the operator's aliases and nothing else", async () => {
  const { effect } = await run(TOOLS, "transfer_call", '{"to":"sales"}');
  assert.deepEqual(effect, { type: "transfer", alias: "sales" });
  const invented = await run(TOOLS, "transfer_call", '{"to":"+15550100"}');
  assert.match(invented.output.error, /must be one of \["sales","support"\]/);
  assert.equal(invented.effect, undefined);
  assert.throws(() => createTransferCall([]), RangeError);
});

Deno.test("send_dtmf takes keys and nothing else", async () => {
  const { effect } = await run(TOOLS, "send_dtmf", '{"digits":"1w2W*#"}');
  assert.deepEqual(effect, { type: "sendDigits", digits: "1w2W*#" });
  for (const digits of ["", "12a", "1 2", "٣", "1".repeat(33), "1\n"]) {
    const { ok } = await run(TOOLS, "send_dtmf", JSON.stringify({ digits }));
    assert.equal(ok, false, JSON.stringify(digits));
  }
});

Deno.test("transfer_call and send_dtmf say that there is no phone in a browser", async () => {
  const web = { direction: "web" } as const;
  for (
    const [name, args] of [["transfer_call", '{"to":"sales"}'], ["send_dtmf", '{"digits":"1"}']]
  ) {
    const { output, effect } = await run(TOOLS, name!, args!, web);
    assert.deepEqual([output.code, effect], ["not_on_a_phone", undefined]);
  }
});

// Tools over HTTP

async function overHttp(
  answer: (request: Request) => Response | Promise<Response>,
  args: string,
  definition: Partial<HttpToolDefinition> = {},
  changes: Partial<ToolContext> = {},
) {
  const asked: { method: string; search: string; headers: Headers; body: string }[] = [];
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { method, url } = request;
      const headers = new Headers(request.headers);
      asked.push({ method, search: new URL(url).search, headers, body: await request.text() });
      return await answer(request);
    },
  );
  const http = createHttpTool({
    name: "book",
    description: "Books.",
    parameters: { type: "object", additionalProperties: true },
    url: `http://127.0.0.1:${server.addr.port}/book`,
    ...definition,
  });
  return { ...await run([http], "book", args, changes), asked };
}

Deno.test("createHttpTool() posts the arguments and gives the answer as it is", async () => {
  const answer = () => new Response("Table 7");
  const headers = { Authorization: "Bearer x" };
  const { output, ok, asked } = await overHttp(answer, '{"people":2}', { headers });
  assert.deepEqual([output, ok], ["Table 7", true]);
  const [{ method, headers: sent, body } = assert.fail()] = asked;
  assert.deepEqual(
    [method, sent.get("authorization"), sent.get("content-type")],
    ["POST", "Bearer x", "application/json"],
  );
  assert.equal(body, '{"people":2}');
});

Deno.test("createHttpTool() puts the arguments of a GET into the query", async () => {
  const answer = () => new Response("ok");
  const { asked } = await overHttp(answer, '{"q":"a&b","n":2}', { method: "GET" });
  assert.equal(asked[0]?.search, "?q=a%26b&n=2");
});

Deno.test("createHttpTool() leaves the query that its URL has as it was written", async () => {
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    ({ url }) => new Response(new URL(url).search),
  );
  const http = (path: string) =>
    createHttpTool({
      name: "book",
      description: "Books.",
      parameters: { properties: { q: {} } },
      method: "GET",
      url: `http://127.0.0.1:${server.addr.port}${path}`,
    });
  const cases = [
    ["/?sig=a%2Fb%20c&flag", '{"q":"é&x=1"}', "?sig=a%2Fb%20c&flag&q=%C3%A9%26x%3D1"],
    ["/?flag", "{}", "?flag"],
    ["/", '{"q":null}', ""],
    ["/", "{}", ""],
    ["/#part", '{"q":1}', "?q=1"],
  ] as const;
  for (const [path, args, expected] of cases) {
    assert.equal((await run([http(path)], "book", args)).output, expected);
  }
});

Deno.test("createHttpTool() refuses URLs that strangers could read", () => {
  const definition = { name: "t", description: "", parameters: {} };
  for (const url of ["http://example.com/", "ftp://localhost/", "file:///etc/passwd", "x", ""]) {
    assert.throws(() => createHttpTool({ ...definition, url }), TypeError, url);
  }
  for (const url of ["https://example.com/", "http://localhost:1/", "http://[::1]/"]) {
    createHttpTool({ ...definition, url });
  }
});

Deno.test("createHttpTool() reports what was wrong with the request, not with the server", async () => {
  const bad = await overHttp(() => new Response("no such day", { status: 422 }), "{}");
  assert.deepEqual(bad.output, {
    error: "The service answered 422: no such day",
    code: "http_422",
  });
  const broken = await overHttp(() => new Response("stack trace", { status: 500 }), "{}");
  assert.deepEqual(broken.output, { error: "The service answered 500", code: "http_500" });
});

Deno.test("createHttpTool() follows redirects on the same host only", async () => {
  const answer = ({ url }: Request) =>
    url.endsWith("/book")
      ? new Response(null, { status: 307, headers: { location: "/moved" } })
      : new Response("here");
  const { output, asked } = await overHttp(answer, '{"a":1}');
  assert.deepEqual([output, asked[1]?.body], ["here", '{"a":1}']);

  for (const location of ["http://localhost:1/", "//example.com/", "http://", "/book"]) {
    const astray = () => new Response(null, { status: 302, headers: { location } });
    const outcome = await overHttp(astray, "{}");
    assert.deepEqual([outcome.output.code, outcome.ok], ["redirected", false], location);
  }
});

Deno.test("createHttpTool() reads no more than it needs of an endless answer", async () => {
  const endless = () =>
    new Response(
      new ReadableStream({
        pull: (stream) => stream.enqueue(new TextEncoder().encode("x".repeat(16_384))),
      }),
    );
  const { output, ok } = await overHttp(endless, "{}");
  assert.deepEqual([output.truncated, output.text.length, ok], [true, 16_000, true]);
});

Deno.test("createHttpTool() is stopped by its own time limit", async () => {
  const released = Promise.withResolvers<Response>();
  const { output } = await overHttp(
    ({ signal }) => {
      signal.addEventListener("abort", () => released.resolve(new Response()));
      return released.promise;
    },
    "{}",
    { timeoutMs: 30 },
  );
  assert.equal(output.code, "timeout");
});

Deno.test("createHttpTool() reports that no server answers", async () => {
  const { output } = await overHttp(() => new Response(), "{}", { url: "http://127.0.0.1:1/" });
  assert.deepEqual(output, { error: "The service cannot be reached.", code: "unreachable" });
});
