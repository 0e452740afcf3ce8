import assert from "node:assert/strict";
import { STAYS_MS } from "../../../src/call/ending/answeringMachine.ts";
import type { HistoryItem } from "../../../src/call/modelSetup.ts";
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

Deno.test("case 123: a screening that was answered before a call was resumed is not answered again", () => {
  const call = new CallDriver({ idleMs: 5000 }).live();
  call.input({ type: "screened", again: true });
  assert.deepEqual(call.takeRequests().map(({ type }) => type), ["message"]);
  call.advance(46_000);
  assert.deepEqual([call.takeAsked(), call.end], [[], { reason: "idle", detail: "screened" }]);
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

Deno.test("a message that a machine's beep disturbs is said again at once, and to its end", () => {
  const call = new CallDriver({ findsOutWhoAnswers: true }).live();
  call.input({ type: "farEndFound", who: "machine", why: "long_greeting" });
  const leave = { type: "machineAnswered", end, message, listens: true } as const;
  call.input(leave);
  const first = call.begin("goodbye");
  call.words(first, "too_soon", message);
  call.sound(first, "too_soon", 200);
  call.advance(20);
  call.input({ type: "messageDisturbed" });
  call.input(leave);
  call.advance(10);
  assert.equal(call.end, undefined, "nothing is on the tape yet");
  call.finish(first, "cancelled");
  const second = call.begin("goodbye");
  call.say(second, "message", 1000, message);
  call.finish(second);
  call.advance(500);
  assert.equal(call.end, undefined);
  call.advance(1500);
  assert.deepEqual(call.end, { reason: "voicemail", detail: "voicemail_left" });
});

Deno.test("a message that is disturbed before its first sound is said once", () => {
  const call = new CallDriver({ findsOutWhoAnswers: true }).live();
  call.input({ type: "farEndFound", who: "machine", why: "long_greeting" });
  const leave = { type: "machineAnswered", end, message, listens: true } as const;
  call.input(leave);
  call.input({ type: "messageDisturbed" });
  call.advance(10);
  call.input(leave);
  assert.deepEqual(call.takeAsked(), ["goodbye"]);
  const only = call.begin("goodbye");
  call.say(only, "message", 1000, message);
  call.finish(only);
  call.advance(500);
  assert.deepEqual([call.end, call.takeAsked()], [undefined, []]);
  call.advance(1500);
  assert.deepEqual(call.end, { reason: "voicemail", detail: "voicemail_left" });
});

/** A message is on the tape of what may be a machine, which is then waited for. */
function guessed(): CallDriver {
  const call = new CallDriver({ findsOutWhoAnswers: true }).live();
  call.input({ type: "farEndFound", who: "machine", why: "long_greeting" });
  call.input({ type: "machineAnswered", end, message, listens: true, isGuess: true });
  const only = call.begin("goodbye");
  call.say(only, "message", 1000, message);
  call.finish(only);
  call.advance(STAYS_MS);
  assert.equal(call.end, undefined, "it is still waited for");
  return call;
}

Deno.test("behind a message to what may be a machine the call goes on for a while, and then ends with the proof", () => {
  const call = guessed();
  call.advance(STAYS_MS);
  assert.deepEqual(call.end, { reason: "voicemail", detail: "voicemail_left" });
});

Deno.test("who answers a message gets the conversation, and hangs up as any caller", () => {
  const call = guessed();
  call.input({ type: "farEndFound", who: "person", why: "spoke" });
  call.advance(STAYS_MS);
  assert.equal(call.end, undefined);
  call.input({ type: "left", end: { reason: "caller_hung_up" } });
  assert.deepEqual(call.end, { reason: "caller_hung_up" });
});

Deno.test("a machine that hangs up behind a message has it all the same", () => {
  for (const how of ["left", "hangUp"] as const) {
    const call = guessed();
    call.input({ type: how, end: { reason: "caller_hung_up" } });
    assert.deepEqual(call.end, { reason: "voicemail", detail: "voicemail_left" }, how);
  }
  const nobody = guessed();
  nobody.input({ type: "busyTone" });
  assert.deepEqual(
    nobody.end,
    { reason: "not_answered", detail: "busy_tone" },
    "what was taken for a machine's beep began with the tone",
  );
  const stopped = guessed();
  stopped.input({ type: "hangUp", end: { reason: "operator_hung_up" } });
  assert.deepEqual(stopped.end, { reason: "operator_hung_up" });
});

Deno.test("an operator's end is not withdrawn by what is found out about the far end", () => {
  const call = new CallDriver().live();
  call.input({ type: "endAsked", end: { reason: "operator_hung_up" }, goodbye: "Bye." });
  call.input({ type: "screened", message });
  call.input({ type: "personAnswered" });
  assert.equal(call.machine.phase, "closing");
});

/** Both ways in which another session takes the place of the present one, and the history that it gets. */
const successors: readonly [string, (call: CallDriver) => readonly HistoryItem[] | undefined][] = [
  ["after a loss", (call) => {
    call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
    call.advance(1);
    return call.all("openModel").at(-1)?.history;
  }],
  ["from the standby", (call) => {
    call.advance(3_600_000);
    call.input({ type: "standbyReady", expiresInMs: 3_600_000 });
    return call.all("takeOver").at(-1)?.history;
  }],
];

for (const [how, successor] of successors) {
  Deno.test(`case 123: a session that takes over ${how} knows of the screening`, () => {
    const call = anHour();
    call.input({ type: "screened", message });
    call.speak("who", 1000, "This is Ann of the desk.");
    call.advance(1500);
    call.callerSays("Hello?");
    call.speak("hello", 1000, "Hello, this is Ann.");
    call.advance(1500);
    const told = successor(call)?.map((item) => item.type === "message" && item.role);
    assert.deepEqual(told, ["system", "agent", "user", "agent"]);
    assert.deepEqual(call.script.length, 3, "what the model is told is no line of the transcript");
  });

  Deno.test(`case 124: a session that takes over ${how} knows that a machine was suspected`, () => {
    const call = anHour();
    call.input({ type: "machineAnswered", end, message });
    call.callerSays("Hello? Who is there?");
    call.speak("hello", 1000, "Hello, this is Ann.");
    call.advance(1500);
    const [note] = successor(call)?.filter((item) =>
      item.type === "message" && item.role === "system"
    ) ?? [];
    assert.ok(note?.type === "message" && note.text.includes(message));
  });
}

Deno.test("case 123: what is found out while there is no connection is told to the next, once", () => {
  const call = anHour();
  call.input({ type: "modelLost", loss: { code: "closed", retry: "backoff" } });
  call.input({ type: "screened" });
  call.take();
  call.advance(1000);
  call.ready();
  const notes = call.all("openModel").at(-1)?.history ?? [];
  assert.deepEqual(notes.map((item) => item.type === "message" && item.role), ["system"]);
  const told = call.takeRequests().map(({ type }) => type);
  assert.deepEqual(told, ["respond"]);
});

function anHour(): CallDriver {
  const call = new CallDriver({ idleMs: 1e9, maxMs: 1e9 });
  call.ready(3_600_000);
  call.join();
  call.take();
  return call;
}
