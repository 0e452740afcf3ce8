import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";

Deno.test("an aside that was heard whole before its words gets them all, whatever else ends between them", () => {
  const call = new CallDriver({ fillerAfterMs: 1000 }).live();
  call.callerSays("Is there a table?");
  call.call("find");
  call.advance(1500);
  const aside = call.begin("filler", { aside: true });
  call.sound(aside, "aside", 800);
  call.input({ type: "speechDone", ref: { responseId: aside, itemId: "aside", contentIndex: 0 } });
  call.advance(2000);
  call.words(aside, "aside", "One ");
  call.toolReturns("find");
  call.speak("answer", 500, "There is.");
  const line = () => call.transcript.find(({ id }) => id === "aside");
  assert.equal(line()?.final, false);
  call.words(aside, "aside", "moment.");
  call.finish(aside);
  assert.deepEqual([line()?.text, line()?.final], ["One moment.", true]);
});
