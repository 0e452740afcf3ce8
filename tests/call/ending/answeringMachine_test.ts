import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";

const end = { reason: "voicemail" } as const;
const message = "Please call back.";

Deno.test("case 124: the end of a machine's greeting does not take the message back, new speech does", () => {
  const call = new CallDriver().live();
  call.callerStarts();
  call.input({ type: "machineAnswered", end, message });
  call.callerStops();
  assert.equal(call.machine.phase, "closing");
  call.callerStarts();
  assert.equal(call.machine.phase, "live");
  const told = call.takeRequests().filter(({ type }) => type === "message");
  assert.deepEqual(told.map((it) => "role" in it && it.role), ["system"]);
  call.callerStops();
  call.advance(5000);
  assert.equal(call.end, undefined);
});

Deno.test("case 123: a screened call waits for a person without asking, and not for ever", () => {
  const call = new CallDriver({ idleMs: 5000 }).live();
  call.input({ type: "screened", message });
  assert.deepEqual(call.takeAsked(), ["reply"]);
  const reply = call.begin("reply");
  call.say(reply, "who", 1000);
  call.finish(reply);
  call.advance(40_000);
  assert.deepEqual([call.takeAsked(), call.end], [[], undefined]);
  call.advance(6000);
  assert.deepEqual(call.end, { reason: "idle", detail: "screened" });
});

Deno.test("case 123: after a person has spoken, silence ends a screened call as any other", () => {
  const call = new CallDriver({ idleMs: 5000 }).live();
  call.input({ type: "screened" });
  const reply = call.begin("reply");
  call.say(reply, "who", 1000);
  call.finish(reply);
  call.advance(20_000);
  call.callerSays("Hello?");
  const answer = call.begin();
  call.say(answer, "answer", 1000);
  call.finish(answer);
  call.takeAsked();
  call.advance(7500);
  assert.deepEqual(call.takeAsked(), ["idle_prompt"]);
});

Deno.test("an operator's end is not withdrawn by what is found out about the far end", () => {
  const call = new CallDriver().live();
  call.input({ type: "endAsked", end: { reason: "operator_hung_up" }, goodbye: "Bye." });
  call.input({ type: "screened", message });
  call.input({ type: "personAnswered" });
  assert.equal(call.machine.phase, "closing");
});
