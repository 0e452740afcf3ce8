import assert from "node:assert/strict";
import type { ModelRequest, ToolCall } from "../../../src/call/realtimeClient.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const ARGS = '{"day":"Friday","people":4}';
const QUESTION = "Please confirm: book table, day: Friday, people: 4. Shall I do that?";

const CONFIRMED: CallDriverOptions = {
  toolPolicies: { book: { confirm: { title: "book table" } }, transfer_call: { confirm: {} } },
  languages: ["en"],
};

let calls = 0;

function callTool(call: CallDriver, args = ARGS, name = "book"): ToolCall {
  const tool = { callId: `call_${name}_${++calls}`, name, arguments: args };
  call.finish(call.begin(), "completed", { tools: [tool] });
  return tool;
}

function requests(call: CallDriver): readonly ModelRequest[] {
  return call.takeRequests();
}

/** The first call of the tool: the model says the question, and the caller hears it out. */
function asks(call: CallDriver, { args = ARGS, said = QUESTION } = {}): void {
  callTool(call, args);
  sayQuestion(call, said);
}

function sayQuestion(call: CallDriver, said = QUESTION): void {
  const responseId = call.begin("say");
  call.say(responseId, `question_${++calls}`, 3000, said);
  call.finish(responseId);
  call.advance(3300);
}

function outputsOf(call: CallDriver): readonly string[] {
  return call.all("model").flatMap(({ request }) =>
    request.type === "toolOutput" ? [request.output] : []
  );
}

const ran = (call: CallDriver) => call.all("runTool").length;

Deno.test("a tool with confirm asks first, word for word, and runs after a yes", () => {
  const call = new CallDriver(CONFIRMED).live();
  call.callerSays("a table for Friday");
  callTool(call);
  const sent = requests(call);
  assert.equal(ran(call), 0);
  const [output, question] = sent;
  assert.ok(output?.type === "toolOutput" && output.output.includes("confirmation_asked"));
  assert.ok(question?.type === "respond" && question.request.purpose === "say");
  assert.ok(question.request.instructions?.includes(QUESTION));
  assert.equal(sent.length, 2, "and the model is asked for nothing else");
  sayQuestion(call);
  call.callerSays("Yes, please.");
  const tool = callTool(call);
  assert.deepEqual(call.all("runTool"), [{ type: "runTool", call: tool }]);
});

Deno.test("a yes that began before the question's last word was heard does not count", () => {
  const call = new CallDriver(CONFIRMED).live();
  callTool(call);
  const responseId = call.begin("say");
  call.say(responseId, "question", 3000, QUESTION);
  call.finish(responseId);
  call.interruptAt(2500);
  call.advance(600);
  const itemId = call.callerStops();
  call.input({ type: "callerText", itemId, text: "yes", final: true });
  call.take();
  callTool(call);
  assert.equal(ran(call), 0);
  assert.deepEqual(call.takeAsked(), ["say"], "it is asked once more");
  sayQuestion(call);
  call.callerSays("yes");
  callTool(call);
  assert.equal(ran(call), 1);
});

Deno.test("a turn counts by its beginning: one under way when the question ends is no answer", () => {
  const call = new CallDriver({
    ...CONFIRMED,
    modelResponds: false,
    modelInterrupts: false,
    interruptAfterMs: 5000,
  }).live();
  const responseId = call.begin();
  call.finish(responseId, "completed", {
    tools: [{ callId: "call_1", name: "book", arguments: ARGS }],
  });
  const asked = call.begin("say");
  call.say(asked, "question", 3000, QUESTION);
  call.finish(asked);
  call.advance(2000);
  const itemId = call.callerStarts();
  call.advance(1500);
  call.callerStops();
  call.input({ type: "callerText", itemId, text: "yes", final: true });
  call.take();
  const reply = call.begin("reply");
  call.finish(reply, "completed", {
    tools: [{ callId: "call_2", name: "book", arguments: ARGS }],
  });
  assert.equal(ran(call), 0);
  assert.ok(call.takeAsked().includes("say"));
});

Deno.test("words that come after the second call are waited for, and decide", () => {
  for (const [text, runs] of [["yes", 1], ["no, thanks", 0], ["what?", 0]] as const) {
    const call = new CallDriver(CONFIRMED).live();
    asks(call);
    const itemId = call.callerStarts();
    call.advance(500);
    call.callerStops();
    callTool(call);
    call.advance(800);
    assert.equal(ran(call), 0, "not before the words are known");
    call.input({ type: "callerText", itemId, text, final: true });
    assert.equal(ran(call), runs, text);
  }
});

Deno.test("words that never come are no yes: the caller is asked again", () => {
  const call = new CallDriver(CONFIRMED).live();
  asks(call);
  call.callerStarts();
  call.advance(500);
  call.callerStops();
  callTool(call);
  call.take();
  call.advance(4100);
  assert.equal(ran(call), 0);
  assert.deepEqual(call.takeAsked(), ["say"]);
});

Deno.test("a caller who says no is not asked again, and the model is told", () => {
  const call = new CallDriver(CONFIRMED).live();
  asks(call);
  call.callerSays("No, not on Friday.");
  call.take();
  callTool(call);
  assert.equal(ran(call), 0);
  assert.ok(outputsOf(call).at(-1)?.includes("declined"));
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
});

Deno.test("a yes is spent once, and counts for just these arguments", () => {
  const call = new CallDriver(CONFIRMED).live();
  asks(call);
  call.callerSays("yes");
  callTool(call, '{"day":"Friday","people":5}');
  assert.equal(ran(call), 0, "other arguments are another question");
  sayQuestion(call, QUESTION.replace("4", "5"));
  call.callerSays("yes");
  callTool(call, '{"people": 5, "day": "Friday"}');
  assert.equal(ran(call), 1, "the order of members does not matter");
  callTool(call, '{"people": 5, "day": "Friday"}');
  assert.equal(ran(call), 1);
});

Deno.test("key 1 is a yes, and other keys are none", () => {
  for (const [keys, runs] of [["1#", 1], ["2#", 0], ["11#", 0]] as const) {
    const call = new CallDriver(CONFIRMED).live();
    asks(call);
    call.press(keys);
    const reply = call.begin("reply");
    call.finish(reply, "completed", {
      tools: [{ callId: "again", name: "book", arguments: ARGS }],
    });
    assert.equal(ran(call), runs, keys);
  }
});

Deno.test("a key that was pressed before the question was heard is no answer", () => {
  const call = new CallDriver({ ...CONFIRMED, digitTimeoutMs: 10_000 }).live();
  callTool(call);
  call.press("1");
  sayQuestion(call);
  call.advance(7000);
  const reply = call.begin("reply");
  call.finish(reply, "completed", { tools: [{ callId: "again", name: "book", arguments: ARGS }] });
  assert.equal(ran(call), 0);
});

Deno.test("a model that says something else in the question's place is asked once more, then refused", () => {
  const call = new CallDriver(CONFIRMED).live();
  asks(call, { said: "Please confirm: book table, day: Monday, people: 4. Shall I do that?" });
  assert.ok(call.takeAsked().includes("say"), "said again");
  sayQuestion(call, "All right, I will do that for you now.");
  assert.ok(
    call.takeRequests().some((one) =>
      one.type === "message" && one.text.includes("could not put the question")
    ),
  );
  call.finish(call.begin("tool_result"));
  call.callerSays("yes");
  callTool(call);
  assert.equal(ran(call), 0);
  assert.ok(outputsOf(call).at(-1)?.includes("not_confirmed"));
});

Deno.test("after three questions without a yes the tool is refused", () => {
  const call = new CallDriver(CONFIRMED).live();
  for (let n = 0; n < 3; n++) {
    asks(call);
    call.callerSays("What is on the menu?");
  }
  call.take();
  callTool(call);
  assert.deepEqual(call.takeAsked(), ["tool_result"]);
  assert.ok(outputsOf(call).at(-1)?.includes("not_confirmed"));
  assert.equal(ran(call), 0);
});

Deno.test("a yes to something that the agent has said after the question is no answer to it", () => {
  const call = new CallDriver(CONFIRMED).live();
  asks(call);
  call.callerSays("What about Saturday?");
  call.speak("offer", 2000, "Saturday is free as well. Do you want Saturday?");
  call.advance(2500);
  call.callerSays("yes");
  callTool(call);
  assert.equal(ran(call), 0);
});

Deno.test("the question survives the loss of the model's connection, and so does a yes", () => {
  const call = new CallDriver(CONFIRMED).live();
  callTool(call);
  call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  call.advance(10);
  call.take();
  call.ready();
  assert.ok(call.takeAsked().includes("say"), "asked over the next connection");
  sayQuestion(call);
  call.callerSays("yes");
  call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  call.advance(10);
  call.ready();
  const reply = call.begin("reply");
  call.finish(reply, "completed", { tools: [{ callId: "again", name: "book", arguments: ARGS }] });
  assert.equal(ran(call), 1);
});

Deno.test("without transcription a turn that began after the question is the model's to judge", () => {
  const call = new CallDriver({ ...CONFIRMED, transcribes: false }).live();
  asks(call);
  callTool(call);
  assert.equal(ran(call), 0, "nobody has said anything");
  call.callerStarts();
  call.advance(500);
  call.callerStops();
  callTool(call);
  assert.equal(ran(call), 1);
});

Deno.test("push-to-talk: a turn begins with the sound of the caller, not when the button is let go", () => {
  const options = {
    ...CONFIRMED,
    modelListens: false,
    modelResponds: false,
    modelInterrupts: false,
  };
  for (const after of [false, true]) {
    const call = new CallDriver({ ...options, direction: "web", reports: "positions" }).live();
    call.finish(call.begin(), "completed", {
      tools: [{ callId: "first", name: "book", arguments: ARGS }],
    });
    const asked = call.begin("say");
    call.say(asked, "question", 3000, QUESTION);
    call.finish(asked);
    call.advance(after ? 3300 : 2000);
    call.input({ type: "callerLevel", speaking: true });
    call.advance(1500);
    call.input({ type: "callerLevel", speaking: false });
    call.input({ type: "turnCommitted" });
    call.input({ type: "committed", itemId: "turn" });
    call.input({ type: "callerText", itemId: "turn", text: "yes", final: true });
    call.finish(call.begin("reply"), "completed", {
      tools: [{ callId: "second", name: "book", arguments: ARGS }],
    });
    assert.equal(ran(call), after ? 1 : 0, after ? "after" : "before");
  }
});

Deno.test("arguments that cannot be read out, or are no JSON, never run", () => {
  const call = new CallDriver(CONFIRMED).live();
  callTool(call, "{");
  callTool(call, JSON.stringify({ note: "long ".repeat(400) }));
  assert.equal(ran(call), 0);
  assert.deepEqual(outputsOf(call).map((one) => JSON.parse(one).error), [
    "invalid_arguments",
    "invalid_arguments",
  ]);
});

Deno.test("a transfer that the model asks for before the caller has said anything is refused", () => {
  const call = new CallDriver({ transfers: { sales: {} } }).live();
  call.call("move");
  call.toolReturns("move", "{}", { effect: { type: "transfer", alias: "sales" } });
  assert.deepEqual(call.events("transfer"), []);
  assert.ok(outputsOf(call).at(-1)?.includes("no_caller_turn"));
  call.callerSays("To sales, please.");
  call.call("again");
  call.toolReturns("again", "{}", { effect: { type: "transfer", alias: "sales" } });
  assert.equal(call.events("transfer").length, 1);
});

const MOVE = { confirm: { question: "Shall I move {{amount}} euros from {{from}} to {{to}}?" } };
const MOVED = JSON.stringify({ amount: 5, from: "Anna", to: "Bert" });

for (
  const said of [
    "Shall I move 5 euros from Bert to Anna?",
    "Shall I move 5 euros from Anna to Bert? No, we leave that, would you like to hear our opening hours?",
  ]
) {
  Deno.test(`a yes to "${said.slice(0, 50)}..." is none to another question`, () => {
    const call = new CallDriver({ toolPolicies: { move: MOVE }, languages: ["en"] }).live();
    callTool(call, MOVED, "move");
    sayQuestion(call, said);
    call.callerSays("Yes, please.");
    callTool(call, MOVED, "move");
    assert.equal(ran(call), 0);
  });
}

Deno.test("a negative number is asked for with a word, as a sign would not be heard", () => {
  const call = new CallDriver({ toolPolicies: { move: MOVE }, languages: ["en"] }).live();
  callTool(call, JSON.stringify({ amount: -5, from: "Anna", to: "Bert" }), "move");
  const asked = requests(call).find((one) => one.type === "respond");
  assert.ok(asked?.request.instructions?.includes("move minus 5 euros"));
});

Deno.test("what the tool will not be given is not asked about", () => {
  const confirm = { title: "pay", declared: ["amount"] };
  const call = new CallDriver({ toolPolicies: { pay: { confirm } }, languages: ["en"] }).live();
  callTool(call, '{"amount":500,"refunded at once":500}', "pay");
  const asked = requests(call).find((one) => one.type === "respond");
  assert.ok(asked?.request.instructions?.includes("confirm: pay, amount: 500. Shall"));
});

Deno.test("a question whose sound broke off is asked anew, though all its words had come", () => {
  const call = new CallDriver(CONFIRMED).live();
  callTool(call);
  const id = call.begin("say");
  call.words(id, "question", QUESTION);
  // So much that all of these words could be in it, spoken as fast as anybody speaks.
  call.sound(id, "question", QUESTION.length * 50);
  call.finish(id, "failed");
  call.advance(QUESTION.length * 50 + 300);
  call.callerSays("Yes.");
  callTool(call);
  assert.equal(ran(call), 0);
});

Deno.test("a question whose sound breaks off again and again is given up in words, not in silence", () => {
  const call = new CallDriver(CONFIRMED).live();
  callTool(call);
  for (const item of ["once", "twice"]) {
    call.take();
    const id = call.begin("say");
    call.words(id, item, QUESTION);
    call.sound(id, item, 800);
    call.finish(id, "failed");
    call.advance(1200);
  }
  const asked = call.takeRequests();
  assert.ok(asked.some((one) => one.type === "message" && one.text.includes("book")));
  assert.ok(asked.some((one) => one.type === "respond"), "somebody speaks");
  call.finish(call.begin("tool_result"));
  call.callerSays("Please try again.");
  callTool(call);
  assert.equal(ran(call), 0);
  assert.ok(call.takeAsked().includes("say"), "and it can be asked again");
});
