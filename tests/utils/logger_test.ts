import assert from "node:assert/strict";
import fc from "fast-check";
import { createLogger, type LoggerOptions } from "../../src/utils/logger.ts";
import { maskNumber } from "../../src/utils/logging/redaction.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

Deno.test("Logger writes one JSON record a line: time, level, message, context, fields", () => {
  const { log, lines } = recorded({ context: { service: "parley" } });
  log.child({ callId: "call_1" }).info("Call started", { agent: "receptionist", durationMs: 12.5 });
  assert.equal(
    lines[0],
    '{"time":"2026-01-02T03:04:05.678Z","level":"info","message":"Call started",' +
      '"service":"parley","callId":"call_1","agent":"receptionist","durationMs":12.5}',
  );
});

Deno.test("Logger writes what is at least as grave as its level", () => {
  const grave = { debug: 4, info: 3, warn: 2, error: 1, silent: 0 } as const;
  for (const level of ["debug", "info", "warn", "error", "silent"] as const) {
    const { log, lines } = recorded({ level });
    log.debug("a");
    log.info("b");
    log.child({}).warn("c");
    log.error("d");
    assert.equal(lines.length, grave[level], level);
  }
});

Deno.test("Logger lets fields win over context, but not over the record's own", () => {
  const { log, records } = recorded({ context: { step: 1, level: -32 } });
  log.child({ step: 2 }).warn("Odd", { step: 3, message: "mine", time: 0 });
  assert.deepEqual(records(), [{
    time: "2026-01-02T03:04:05.678Z",
    level: "warn",
    message: "Odd",
    level_: -32,
    step: 3,
    message_: "mine",
    time_: 0,
  }]);
});

Deno.test("Logger never shows private fields, in context, nested or in lists", () => {
  const { log, lines } = recorded({ level: "debug", context: { apiKey: "private" } });
  log.child({ to: "private" }).error("Call failed", {
    transcript: ["private"],
    nested: { list: [{ arguments: { city: "private" } }], "auth-token": "private", digits: 1234 },
    error: Object.assign(new Error("outer"), { cause: { password: "private" } }),
  });
  assert.ok(!/private|1234/.test(lines.join()), lines[0]);
  assert.equal(lines.join().split("[redacted]").length - 1, 7);
});

Deno.test("Logger masks secrets and numbers in messages, values, names and errors", () => {
  for (const format of ["json", "pretty"] as const) {
    const { log, lines } = recorded({ level: "debug", format });
    const error = new TypeError("401 for sk-proj-abc", { cause: new Error("+14155550123 busy") });
    log.error("Cannot call +14155550123", {
      error,
      url: new URL("https://x.io/?token=abc"),
      detail: "Bearer abc",
      counts: { "+14155550123": 1 },
    });
    assert.ok(!/4155550|abc/.test(lines.join().replaceAll("redacted", "")), lines[0]);
    assert.ok(lines[0]!.includes("+1…23"));
  }
  assert.equal(maskNumber("+14155550123"), "+1…23");
});

Deno.test("Logger writes errors with their causes, and stacks at debug only", () => {
  const error = Object.assign(
    new TypeError("no", { cause: new AggregateError([new Error("a"), "b"], "both") }),
    { code: "ECONNREFUSED", status: 502 },
  );
  const quiet = recorded({ level: "info" });
  quiet.log.error("Failed", { error });
  assert.deepEqual(quiet.records()[0].error, {
    name: "TypeError",
    message: "no",
    code: "ECONNREFUSED",
    status: 502,
    cause: {
      name: "AggregateError",
      message: "both",
      errors: [{ name: "Error", message: "a" }, "b"],
    },
  });
  const verbose = recorded({ level: "debug" });
  verbose.log.error("Failed", { error });
  assert.match(verbose.records()[0].error.stack, /^TypeError: no\n +at /);
});

Deno.test("Logger writes values that JSON has no words for", () => {
  const { log, records } = recorded({});
  log.info("Odd", {
    big: 10n,
    nan: NaN,
    infinite: -Infinity,
    nothing: undefined,
    none: null,
    when: new Date(NOW_MS),
    never: new Date(NaN),
    fn: () => 1,
    symbol: Symbol("s"),
    bytes: new Uint8Array(3),
  });
  const { time: _time, level: _level, message: _message, ...fields } = records()[0];
  assert.deepEqual(fields, {
    big: "10",
    nan: "NaN",
    infinite: "-Infinity",
    none: null,
    when: "2026-01-02T03:04:05.678Z",
    never: "[no date]",
    fn: "[function]",
    symbol: "[symbol]",
    bytes: "[3 bytes]",
  });
});

Deno.test("Logger bounds what is circular, deep, wide or long", () => {
  const { log, lines, records } = recorded({});
  const circular: Record<string, unknown> = {};
  circular.self = [circular];
  let deep: unknown = 1;
  for (let n = 0; n < 100_000; n++) deep = { deep };
  log.info("Huge", {
    circular,
    deep,
    wide: Array.from({ length: 100_000 }, () => ({ a: 1 })),
    long: "x ".repeat(1_000_000),
  });
  assert.ok(lines[0]!.length < 10_000);
  assert.deepEqual(records()[0].circular, { self: ["[circular]"] });
});

Deno.test("case 186: a phone number that is no text is masked, whatever it is called", () => {
  const { log, lines, records } = recorded({});
  const number = 14155550123;
  log.info("Odd", { line: number, list: [number], in: { extension: number }, large: 14155550123n });
  assert.doesNotMatch(lines.join(), /4155550/);
  log.info("Usual", { expiresAt: NOW_MS, freeBytes: 8_589_934_592, port: 65_535 });
  const { expiresAt, freeBytes, port } = records()[1];
  assert.deepEqual([expiresAt, freeBytes, port], [NOW_MS, 8_589_934_592, 65_535]);
});

Deno.test("case 186: of a huge record no more is read than is shown", () => {
  const { log, lines } = recorded({});
  let read = 0;
  const huge: Record<string, unknown> = {};
  for (let n = 0; n < 10_000; n++) {
    Object.defineProperty(huge, `member${n}`, {
      enumerable: true,
      get: () => (read++, n % 2 === 0 ? undefined : n),
    });
  }
  log.info("Huge", { huge });
  assert.ok(read <= 200, `${read} read`);
  assert.ok(lines[0]!.length < 10_000);
});

Deno.test("Logger shows a value twice when it is not circular", () => {
  const { log, records } = recorded({});
  const shared = { a: 1 };
  log.info("Twice", { list: [shared, shared] });
  assert.deepEqual(records()[0].list, [{ a: 1 }, { a: 1 }]);
});

Deno.test("Logger never throws, whatever it is given and wherever it writes", () => {
  const trap = new Proxy({}, {
    get() {
      throw new Error("trap");
    },
    ownKeys() {
      throw new Error("trap");
    },
  });
  for (const format of ["json", "pretty"] as const) {
    const { log, lines } = recorded({ format });
    log.info("Trap", { value: trap });
    log.info("Trap", trap);
    log.child(trap).info("Trap");
    assert.equal(lines.length, 3);
    fc.assert(fc.property(fc.anything(), (value) => log.info("Anything", { value })));
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.anything()), (f) => log.info("Any", f)));
  }
  const broken = recorded({
    write: () => {
      throw new Error("disk full");
    },
  });
  broken.log.error("Nobody hears");
  recorded({ now: () => NaN }).log.error("No time");
});

Deno.test("Logger writes exactly one line a record in JSON, whatever it is given", () => {
  const { log, lines } = recorded({});
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.anything(), (message, value) => {
    lines.length = 0;
    log.info(message, { value, [message]: value });
    assert.equal(lines.length, 1);
    assert.ok(!lines[0]!.includes("\n"));
    JSON.parse(lines[0]!);
  }));
});

Deno.test("Logger writes pretty lines with the time, level, message and fields", () => {
  const { log, lines } = recorded({ format: "pretty", context: { callId: "call_1" } });
  log.warn("Slow tool", { tool: "weather", ms: 12, why: "two words", list: [1, { a: 2 }] });
  assert.equal(
    lines[0],
    '03:04:05.678 WARN  Slow tool callId=call_1 tool=weather ms=12 why="two words" ' +
      'list=[1,{"a":2}]',
  );
});

Deno.test("Logger indents stacks in pretty lines", () => {
  const { log, lines } = recorded({ format: "pretty", level: "debug" });
  log.error("Failed", { error: new Error("no") });
  const [first, ...frames] = lines[0]!.split("\n");
  assert.equal(first, '03:04:05.678 ERROR Failed error={"name":"Error","message":"no"}');
  assert.equal(frames[0], "    Error: no");
  assert.ok(frames.length > 1 && frames.every((frame) => frame.startsWith("    ")));
});

Deno.test("Logger lets no logged text forge a pretty line or command the terminal", () => {
  const { log, lines } = recorded({ format: "pretty" });
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    lines.length = 0;
    log.info(text, { value: text, [text]: { text: 1, nested: [text] } });
    // deno-lint-ignore no-control-regex -- they are what must not be there
    assert.ok(!/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(lines[0]!), lines[0]);
  }));
  log.info("Odd\nline \u001b[31m", { a: "x\u009b y=z\u202e" });
  assert.equal(lines.at(-1), '03:04:05.678 INFO  Odd·line ·[31m a="x· y=z·"');
});

function recorded(options: Partial<LoggerOptions>) {
  const lines: string[] = [];
  const log = createLogger({
    level: "info",
    format: "json",
    write: (line) => lines.push(line),
    now: () => NOW_MS,
    ...options,
  });
  return { log, lines, records: () => lines.map((line) => JSON.parse(line)) };
}
