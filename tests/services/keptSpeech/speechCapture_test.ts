import assert from "node:assert/strict";
import type { ModelInput } from "../../../src/call/realtimeClient.ts";
import { captureSpeech } from "../../../src/services/keptSpeech/speechCapture.ts";

Deno.test("who listens to what a model says passes everything on", () => {
  let isInUse = true;
  const passed: (ModelInput["type"] | "sound")[] = [];
  const sink = captureSpeech({
    onInput: ({ type }) => passed.push(type),
    onSpeech: () => passed.push("sound"),
    inUse: () => isInUse,
  }, { text: "Hello.", format: "pcmu", purpose: "greeting", onSpoken() {} });
  sink.onInput({ type: "modelReady" });
  sink.onSpeech({ responseId: "r", itemId: "i", contentIndex: 0 }, "AAAA");
  assert.deepEqual(passed, ["modelReady", "sound"]);
  assert.ok(sink.inUse());
  isInUse = false;
  assert.ok(!sink.inUse(), "a connection without a call is found");
});
