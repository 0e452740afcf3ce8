import assert from "node:assert/strict";
import { STILL_RUNNING } from "../../../src/call/model/prompts.ts";
import type { ModelLoss } from "../../../src/call/realtimeClient.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const LOST: ModelLoss = { code: "connection_lost", retry: "now" };
const LONG = { idleMs: 1e9, maxMs: 1e9 };

/** Loses the connection and has another one after half a second. */
function lose(call: CallDriver) {
  const at = call.now;
  const before = call.all("openModel").length;
  call.input({ type: "modelLost", loss: LOST });
  call.advance(500);
  const opened = call.all("openModel")[before];
  assert.ok(opened !== undefined, "another connection is opened");
  call.take();
  call.ready();
  const requests = call.takeRequests();
  return {
    history: opened.history,
    /** How much of the caller's audio before the loss the next connection is given. */
    againMs: at - opened.audioFrom,
    told: requests.flatMap((one) => one.type === "message" ? [one.text] : []),
    asked: requests.flatMap((one) => one.type === "respond" ? [one.request] : []),
  };
}

Deno.test("case 50: a caller who speaks across a loss is heard again from the turn's beginning, once", () => {
  const call = new CallDriver(LONG).live();
  call.advance(10_000);
  call.callerStarts();
  call.advance(3000);
  const { againMs, asked } = lose(call);
  assert.ok(againMs >= 4000 && againMs <= 4200, `${againMs} ms, with what came before the report`);
  assert.deepEqual(asked, [], "the turn is not over");
  call.advance(500);
  call.callerSays("I would like to book a table for four");
  assert.deepEqual(call.script, ["caller: I would like to book a table for four"]);
});

Deno.test("case 50: what a caller has said and no model has understood yet is heard again, not asked for", () => {
  const call = new CallDriver(LONG).live();
  call.advance(10_000);
  call.callerStarts();
  call.advance(2000);
  call.callerStops();
  call.input({ type: "callerText", itemId: "user_1", text: "I would", final: false });
  call.advance(300);
  const { againMs, asked, history } = lose(call);
  assert.ok(againMs >= 3300, `${againMs} ms`);
  assert.deepEqual(asked, [], "the next connection answers by itself what it hears");
  assert.deepEqual(history, [], "no half sentence beside the sound of the whole");
  call.advance(200);
  call.callerSays("I would like to book a table");
  assert.deepEqual(call.script, ["caller: I would like to book a table"], "one turn, not two");
  const { againMs: laterMs } = lose(call);
  assert.ok(laterMs <= 500, "it is settled");
});

Deno.test("case 50: what a caller has said and is known in words is asked for, not heard again", () => {
  const call = new CallDriver(LONG).live();
  call.advance(10_000);
  call.callerSays("hello", 2000);
  call.advance(300);
  const { againMs, asked, history } = lose(call);
  assert.ok(againMs <= 300, `${againMs} ms: nothing from before the turn's end`);
  assert.deepEqual(asked, [{ purpose: "reply" }]);
  assert.deepEqual(history, [{ type: "message", role: "user", text: "hello" }]);
});

Deno.test("case 50: an answer that broke off to words that are not known is gone on with after their sound", () => {
  const call = new CallDriver(LONG).live();
  call.advance(10_000);
  call.callerStarts();
  call.advance(2000);
  call.callerStops();
  const responseId = call.begin();
  call.words(responseId, "item", "The table is booked for four people at eight.");
  call.sound(responseId, "item", 800);
  const { againMs, told, asked } = lose(call);
  assert.ok(againMs >= 3000, `${againMs} ms`);
  assert.equal(told.length, 1);
  assert.match(told[0]!, /do not begin again/);
  assert.deepEqual(asked, [], "the next connection answers when it has heard the turn");
});

Deno.test("case 50: a connection that hears nothing in a turn has the caller asked to say it again", () => {
  const call = new CallDriver(LONG).live();
  call.advance(10_000);
  call.callerStarts();
  call.advance(2000);
  call.callerStops();
  lose(call);
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), ["say"]);
});

Deno.test("case 50: what a caller says while a connection is lost again and again is not forgotten", () => {
  const call = new CallDriver(LONG).live();
  call.advance(10_000);
  call.callerStarts();
  call.advance(1000);
  call.input({ type: "modelLost", loss: LOST });
  const from = call.all("openModel").at(-1)!.audioFrom;
  for (let tries = 0; tries < 3; tries++) {
    call.input({ type: "modelLost", loss: { code: "timeout", retry: "backoff" } });
    call.advance(5000);
    assert.equal(call.all("openModel").at(-1)?.audioFrom, from);
    assert.equal(call.machine.audioNeededFrom(call.now), from);
  }
  call.ready();
  call.callerStarts();
  const opened = call.all("openModel").length;
  call.input({ type: "modelLost", loss: LOST });
  call.advance(6000);
  assert.equal(call.all("openModel")[opened]?.audioFrom, from, "nor before its words are known");
});

Deno.test("case 50: what is said while the first connection is made reaches the second", () => {
  const call = new CallDriver(LONG);
  call.join();
  call.advance(2000);
  call.input({ type: "modelLost", loss: { code: "timeout", retry: "backoff" } });
  call.advance(1000);
  assert.equal(call.all("openModel").at(-1)?.audioFrom, 0);
});

Deno.test("case 50: a caller who began to speak just before a loss, or unheard by a deaf model, is heard again", () => {
  const call = new CallDriver(LONG).live();
  call.advance(10_000);
  call.input({ type: "callerLevel", speaking: true });
  call.advance(2000);
  const { againMs } = lose(call);
  assert.ok(againMs >= 2500, `${againMs} ms`);
  const quiet = new CallDriver(LONG).live();
  quiet.advance(10_000);
  assert.equal(lose(quiet).againMs, 500);
});

Deno.test("case 50: words that were delivered whole are neither repeated nor gone on with", () => {
  for (const usesTools of [false, true]) {
    for (const text of ["Your table is booked.", "How many are you?"]) {
      const call = new CallDriver({ ...LONG, usesTools }).live();
      call.callerSays("hello");
      const responseId = call.begin();
      call.say(responseId, "item", 2000, text);
      call.advance(100);
      const { told, asked, history } = lose(call);
      assert.deepEqual(told, []);
      // The model may have been about to call a tool that it had announced.
      const nudged = usesTools && !text.endsWith("?");
      assert.deepEqual(asked.map(({ purpose }) => purpose), nudged ? ["idle_prompt"] : []);
      assert.ok(JSON.stringify(history).includes(text));
      call.advance(3000);
      assert.deepEqual(call.line.heard, [{ itemId: "item", ms: 2000 }]);
    }
  }
});

Deno.test("case 50: a tool that was announced with the words before it is asked for again", () => {
  const call = new CallDriver({ ...LONG, usesTools: true }).live();
  call.callerSays("hello");
  const responseId = call.begin();
  call.say(responseId, "item", 1000, "Let me see.");
  const tool = { callId: "call_1", name: "lookup", arguments: "{" };
  call.input({ type: "toolAnnounced", responseId, call: tool });
  const { told, asked } = lose(call);
  assert.equal(told.length, 1);
  assert.deepEqual(asked, [{ purpose: "reply" }]);
  assert.deepEqual(call.all("runTool"), []);
});

Deno.test("case 50: a reply that called a tool is not asked for once more by the sound of what it answered", () => {
  const call = new CallDriver(LONG).live();
  call.advance(10_000);
  call.callerStarts();
  call.advance(2000);
  call.callerStops();
  call.call("book");
  const { againMs, history, asked } = lose(call);
  assert.ok(againMs <= 500, `${againMs} ms: the model would call it again`);
  assert.deepEqual(asked, []);
  assert.ok(history.some((item) => item.type === "toolCall" && item.output === STILL_RUNNING));
  call.toolReturns("book", "booked");
  const [message, respond] = call.takeRequests();
  assert.ok(message?.type === "message" && message.text.includes("booked"));
  assert.ok(respond?.type === "respond" && respond.request.purpose === "tool_result");
  const again = lose(call);
  assert.ok(again.history.some((item) => item.type === "toolCall" && item.output === "booked"));
  assert.deepEqual(again.asked, [{ purpose: "tool_result" }]);
  assert.equal(call.all("runTool").length, 1);
});

Deno.test("case 50: last words are waited for while a connection is replaced, and their rest is said", () => {
  for (const spoken of [false, true]) {
    const call = new CallDriver(LONG).live();
    call.input({
      type: "endAsked",
      end: { reason: "operator_hung_up" },
      goodbye: "We close now. Goodbye.",
    });
    const responseId = call.begin("goodbye");
    if (spoken) {
      call.words(responseId, "item", "We close now. Goodbye.");
      call.sound(responseId, "item", 300);
    }
    call.advance(600);
    const { asked } = lose(call);
    assert.equal(call.end, undefined);
    assert.deepEqual(asked.map(({ purpose }) => purpose), ["goodbye"]);
    assert.match(asked[0]!.instructions!, spoken ? /broken off.*We close now/s : /^Say exactly/);
    call.speak("rest", 500, "Goodbye.");
    call.advance(1000);
    assert.deepEqual(call.end, { reason: "operator_hung_up" });
  }
});

Deno.test("case 50: a call that is to end does not wait long for a model that stays away", () => {
  const call = new CallDriver({ ...LONG, transfers: { sales: {} } }).live();
  call.input({ type: "transferAsked", alias: "sales" });
  call.begin("goodbye");
  call.input({ type: "modelLost", loss: LOST });
  call.advance(7000);
  assert.deepEqual(call.gone, { reason: "transferred", detail: "sales" });
});

Deno.test("case 52: the next connection knows where the caller cut the agent off, before the loss or after", () => {
  for (const reports of ["marks", "positions"] satisfies CallDriverOptions["reports"][]) {
    const before = new CallDriver({ ...LONG, reports }).live();
    before.speak("item", 5000, "one two three four five six seven eight nine ten");
    before.interruptAt(2500);
    const { history } = lose(before);
    assert.deepEqual(history, [
      { type: "message", role: "agent", text: "one two three four five …" },
    ], reports);
  }
  const after = new CallDriver(LONG).live();
  after.speak("item", 5000, "one two three four five six seven eight nine ten");
  after.advance(1000);
  const { history } = lose(after);
  assert.deepEqual(history, [{
    type: "message",
    role: "agent",
    text: "one two three four five six seven eight nine ten",
    itemId: "item",
  }]);
  after.interruptAt(1000);
  const requests = after.takeRequests();
  assert.deepEqual(requests.filter(({ type }) => type === "truncate" || type === "delete"), []);
  const [said] = requests.filter((one) => one.type === "said");
  assert.deepEqual(said, { type: "said", itemId: "item", text: "one two three four five …" });
});

Deno.test("case 50: a sentence whose continuation is lost too is still gone on with, not begun again", () => {
  const call = new CallDriver(LONG).live();
  call.callerSays("tell me a story");
  const responseId = call.begin();
  call.words(responseId, "item", "Once upon a time there was a frog who lived in a well.");
  call.sound(responseId, "item", 1000);
  assert.equal(lose(call).told.length, 1);
  call.begin("reply");
  const { told, asked } = lose(call);
  assert.equal(told.length, 1, "the second connection is told as the first was");
  assert.deepEqual(asked, [{ purpose: "reply" }]);
});

Deno.test("case 50: words that the model broke off by itself are gone on with over the next connection", () => {
  const call = new CallDriver(LONG).live();
  call.callerSays("Which days?");
  const responseId = call.begin();
  call.words(responseId, "item", "On Monday, on Tuesday and");
  call.sound(responseId, "item", 1500);
  call.finish(responseId, "failed");
  call.advance(500);
  const { told, asked } = lose(call);
  assert.equal(told.length, 1);
  assert.match(told[0]!, /Go on from there/);
  assert.deepEqual(asked, [{ purpose: "reply" }]);
});

Deno.test("case 50: a question into an answer is answered by the next connection, whether or not that answer's end has come", () => {
  for (const ends of [true, false]) {
    const call = new CallDriver(LONG).live();
    call.callerSays("tell me a story");
    const responseId = call.begin();
    call.sound(responseId, "item", 3000);
    call.advance(500);
    call.callerSays("What time is it?");
    if (ends) call.finish(responseId, "cancelled", { callerSpoke: true });
    assert.deepEqual(lose(call).asked, [{ purpose: "reply" }]);
  }
});
