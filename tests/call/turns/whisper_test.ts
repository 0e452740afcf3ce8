import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";
import { historyOf } from "../../../src/call/transcript/history.ts";
import { resumedEntries } from "../../../src/call/transcript/resumedEntries.ts";

const TEXT = "Offer a discount of ten percent.";

Deno.test("a whisper tells the agent alone, and neither interrupts it nor makes it speak", () => {
  const call = new CallDriver().live();
  call.speak("item_1", 2000, "Hello there.");
  call.advance(500);
  call.take();
  call.input({ type: "whispered", text: TEXT });
  const commands = call.take();
  const [request] = commands.flatMap((one) => one.type === "model" ? [one.request] : []);
  assert.ok(request?.type === "message" && request.role === "system", JSON.stringify(request));
  assert.ok(request.text.endsWith(TEXT));
  assert.ok(!commands.some(({ type }) => type === "clear"));
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), []);
  assert.deepEqual(call.line.heard, [{ itemId: "item_1", ms: 2000 }]);
  const { turn } = call.events("turn").find(({ turn }) => turn.text === TEXT)!;
  assert.deepEqual([turn.by, turn.aside, turn.final], ["whisper", true, true]);
});

Deno.test("a model that takes over is told what was whispered, as an operator's words", () => {
  const call = new CallDriver().live();
  call.callerSays("How much is it?");
  call.input({ type: "whispered", text: TEXT });
  call.input({ type: "modelLost", loss: { code: "closed", fatal: false } } as never);
  call.advance(5000);
  const [opened] = call.all("openModel").slice(-1);
  const told = opened?.history.find((item) => item.type === "message" && item.text.endsWith(TEXT));
  assert.ok(told?.type === "message" && told.role === "system", JSON.stringify(opened));
});

Deno.test("a session that goes on with a call has what was whispered, and not as the caller's words", () => {
  const turn = {
    ...{ id: "local_1", role: "caller", by: "whisper", position: 1, text: TEXT } as const,
    ...{ final: true, interrupted: false, aside: true, startedMs: 0 } as const,
  };
  const resumed = { turns: [turn], tools: [], elapsedMs: 1000, connectedMs: 10 } as never;
  const [item] = historyOf(resumedEntries(resumed, 0));
  assert.ok(item?.type === "message" && item.role === "system" && item.text.endsWith(TEXT));
});
