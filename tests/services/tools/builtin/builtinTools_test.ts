import assert from "node:assert/strict";
import { createTransferCall } from "../../../../src/services/tools/builtin/transferCall.ts";
import { endCall } from "../../../../src/services/tools/builtin/endCall.ts";
import { getCurrentTime } from "../../../../src/services/tools/builtin/getCurrentTime.ts";
import { sendDigits } from "../../../../src/services/tools/builtin/sendDigits.ts";
import { runTool } from "../../../support/runTool.ts";

const TOOLS = [endCall, getCurrentTime, sendDigits, createTransferCall(["sales", "support"])];

Deno.test("end_call asks for the end of the call", async () => {
  assert.deepEqual(await runTool(TOOLS, "end_call", '{"reason":"done"}'), {
    output: { status: "ending" },
    ok: true,
    effect: { type: "endCall" },
  });
});

Deno.test("get_current_time gives the time in the zone asked for, or else in the agent's", async () => {
  assert.deepEqual(
    (await runTool(TOOLS, "get_current_time", '{"time_zone":"Asia/Tokyo"}')).output,
    {
      iso: "2026-07-15T07:05:06+09:00",
      weekday: "Wednesday",
      time_zone: "Asia/Tokyo",
      spoken: "Wednesday, July 15, 2026 at 7:05 AM",
    },
  );
  const zone = { timeZone: "America/New_York" };
  const { output } = await runTool(TOOLS, "get_current_time", "", zone);
  assert.equal(output.iso, "2026-07-14T18:05:06-04:00");
  assert.equal((await runTool(TOOLS, "get_current_time", "")).output.iso, "2026-07-14T22:05:06Z");
});

Deno.test("get_current_time says that a zone does not exist", async () => {
  const { output, ok } = await runTool(TOOLS, "get_current_time", '{"time_zone":"Mars/Base"}');
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
    const { output, ok } = await runTool(TOOLS, name, JSON.stringify(args));
    const told = JSON.stringify(output);
    if (expected === undefined) assert.ok(ok, told);
    else assert.match(told, expected);
    assert.ok(told.length < 400, told);
  }
});

Deno.test("transfer_call knows the operator's aliases and nothing else", async () => {
  const { effect } = await runTool(TOOLS, "transfer_call", '{"to":"sales"}');
  assert.deepEqual(effect, { type: "transfer", alias: "sales" });
  const invented = await runTool(TOOLS, "transfer_call", '{"to":"+15550100"}');
  assert.match(invented.output.error, /must be one of \["sales","support"\]/);
  assert.equal(invented.effect, undefined);
  assert.throws(() => createTransferCall([]), RangeError);
});

Deno.test("send_dtmf takes keys and nothing else", async () => {
  const { effect } = await runTool(TOOLS, "send_dtmf", '{"digits":"1w2W*#"}');
  assert.deepEqual(effect, { type: "sendDigits", digits: "1w2W*#" });
  for (const digits of ["", "12a", "1 2", "٣", "1".repeat(33), "1\n"]) {
    const { ok } = await runTool(TOOLS, "send_dtmf", JSON.stringify({ digits }));
    assert.equal(ok, false, JSON.stringify(digits));
  }
});

Deno.test("transfer_call and send_dtmf say that there is no phone in a browser", async () => {
  const web = { direction: "web" } as const;
  for (
    const [name, args] of [["transfer_call", '{"to":"sales"}'], ["send_dtmf", '{"digits":"1"}']]
  ) {
    const { output, effect } = await runTool(TOOLS, name!, args!, web);
    assert.deepEqual([output.code, effect], ["not_on_a_phone", undefined]);
  }
});
