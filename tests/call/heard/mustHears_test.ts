import assert from "node:assert/strict";
import { noUsage } from "../../../src/services/store.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const RECORDED = "This call is recorded.";
const PRICE = "It costs forty dollars.";
const AT_START: CallDriverOptions = {
  mustHear: { recording: { text: RECORDED, at: "start" } },
};
const START: CallDriverOptions = { ...AT_START, greeting: "Hello!" };

let items = 0;

function proofs(call: CallDriver, name = "recording") {
  return call.events("mustHear").filter((one) => one.name === name);
}

/** Greets, and gives what is asked of the model then. */
function greet(call: CallDriver, text = "Hello!"): void {
  const greeting = call.begin("greeting");
  call.say(greeting, "greeting", 1000, text);
  call.finish(greeting);
  call.advance(1200);
}

function says(call: CallDriver, text: string, ms = 2000): void {
  const id = call.begin("say");
  call.say(id, `sentence_${++items}`, ms, text);
  call.finish(id);
}

Deno.test("a sentence for the start is said word for word after the greeting, and proven with its times", () => {
  const call = new CallDriver(START).live();
  greet(call);
  const [request] = call.takeRequests();
  assert.ok(request?.type === "respond" && request.request.purpose === "say");
  assert.ok(request.request.instructions?.includes(RECORDED));
  const begun = call.now;
  says(call, RECORDED);
  call.advance(2200);
  const proof = proofs(call).at(-1);
  assert.ok(proof?.heard === true);
  assert.equal(proof.times, 1);
  assert.ok(Math.abs(proof.fromMs - begun) < 150, `${proof.fromMs} is not ${begun}`);
  assert.ok(Math.abs(proof.toMs - begun - 2000) < 300, `${proof.toMs} is not ${begun + 2000}`);
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), [], "and not said again");
});

Deno.test("a sentence whose words come when its sound is over was heard, and at that time", () => {
  const call = new CallDriver(START).live();
  greet(call);
  const [begun, id] = [call.now, call.begin("say")];
  const ref = { responseId: id, itemId: "late", contentIndex: 0 };
  call.sound(id, "late", 2000);
  call.input({ type: "speechDone", ref });
  call.advance(3000);
  call.words(id, "late", RECORDED);
  call.finish(id);
  const proof = proofs(call).at(-1);
  assert.ok(proof?.heard === true);
  assert.ok(Math.abs(proof.fromMs - begun) < 150, `${proof.fromMs} is not ${begun}`);
  assert.ok(Math.abs(proof.toMs - begun - 2000) < 300, `${proof.toMs} is not ${begun + 2000}`);
});

Deno.test("a greeting that has the words in it is enough, as far as it was heard", () => {
  const heard = new CallDriver(START).live();
  greet(heard, "Hello, this call is recorded! How can I help?");
  assert.equal(proofs(heard).at(-1)?.heard, true);
  assert.deepEqual(heard.takeAsked(), []);

  // Where it was cut off is known only so well: just behind the words is not far enough.
  for (const atMs of [1200, 2250]) {
    const cut = new CallDriver(START).live();
    const greeting = cut.begin("greeting");
    cut.say(greeting, "greeting", 4000, "Hello, this call is recorded! How can I help you today?");
    cut.finish(greeting);
    cut.interruptAt(atMs);
    cut.callerStops();
    cut.speak("answer", 500, "Sure.");
    cut.advance(800);
    assert.equal(proofs(cut).at(-1)?.heard, false);
    assert.deepEqual(cut.takeAsked(), ["say"]);
  }
});

Deno.test("a caller who hangs up within the last word has not heard it", () => {
  for (const [ms, isHeard] of [[1900, false], [2300, true]] as const) {
    const call = new CallDriver(START).live();
    greet(call);
    says(call, RECORDED);
    call.advance(ms);
    call.input({ type: "left", end: { reason: "caller_hung_up" } });
    assert.equal(proofs(call).at(-1)?.heard, isHeard, `after ${ms} ms`);
  }
});

Deno.test("what is cut off is said again after the caller has been answered, five times at most", () => {
  const call = new CallDriver(START).live();
  greet(call);
  for (let time = 1; time <= 5; time++) {
    assert.deepEqual(call.takeAsked(), ["say"], `time ${time}`);
    says(call, RECORDED);
    call.interruptAt(700);
    call.advance(500);
    call.callerStops();
    call.advance(100);
    assert.deepEqual(call.takeAsked(), [], "the caller is answered first");
    call.speak(`answer_${time}`, 500, "Sure.");
    call.advance(800);
    assert.equal(proofs(call).at(-1)?.times, time);
  }
  assert.deepEqual(call.takeAsked(), []);
  call.input({ type: "left", end: { reason: "caller_hung_up" } });
  assert.equal(proofs(call).at(-1)?.heard, false);
});

Deno.test("a sentence for the end is said before the goodbye, and not to a machine", () => {
  const options = { mustHear: { rights: { text: "You can cancel.", at: "end" as const } } };
  const call = new CallDriver(options).live();
  call.callerSays("That is all.");
  call.call("end_call");
  call.take();
  call.toolReturns("end_call", "{}", { effect: { type: "endCall" } });
  const [first] = call.takeRequests().filter((one) => one.type === "respond");
  assert.ok(first?.type === "respond" && first.request.instructions?.includes("You can cancel."));
  says(call, "You can cancel.");
  assert.deepEqual(call.takeAsked(), ["goodbye"]);
  const goodbye = call.begin("goodbye");
  call.say(goodbye, "bye", 800, "Goodbye.");
  call.finish(goodbye);
  call.advance(4000);
  assert.equal(proofs(call, "rights").at(-1)?.heard, true);
  assert.equal(call.end?.reason, "agent_hung_up");

  const machine = new CallDriver({ ...options, ...START, direction: "outbound" }).live();
  machine.take();
  machine.input({ type: "machineAnswered", end: { reason: "voicemail" }, message: "Call us." });
  assert.deepEqual(machine.takeAsked().filter((purpose) => purpose === "say"), []);
});

Deno.test("a tool waits for what has to be heard first: it is said, and the model is told to call again", () => {
  const call = new CallDriver({
    mustHear: { price: { text: PRICE, at: "asked" } },
    toolPolicies: { book: { afterHeard: ["price"] } },
  }).live();
  call.advance(3000);
  assert.deepEqual(call.takeAsked(), [], "not said before it is asked for");
  call.callerSays("Book it.");
  call.call("book");
  assert.deepEqual(call.all("runTool"), []);
  assert.deepEqual(call.takeAsked(), ["say"]);
  says(call, PRICE);
  call.advance(2300);
  const asked = call.takeRequests();
  assert.ok(asked.some((one) => one.type === "message" && one.text.includes("call this again")));
  assert.ok(asked.some((one) => one.type === "respond"));
  const again = call.begin("tool_result");
  call.finish(again, "completed", {
    tools: [{ callId: "call_again", name: "book", arguments: "{}" }],
  });
  assert.equal(call.all("runTool").length, 1);
});

Deno.test("words of the agent's own let a tool run as well, once they were heard", () => {
  const call = new CallDriver({
    mustHear: { price: { text: PRICE, at: "asked" } },
    toolPolicies: { book: { afterHeard: ["price"] } },
  }).live();
  call.speak("offer", 3000, `Friday is free. ${PRICE} Shall I book?`);
  call.advance(3300);
  call.callerSays("Yes.");
  call.call("book");
  assert.equal(call.all("runTool").length, 1);
});

Deno.test("what an earlier session has proven is not said again, and what it has not is", () => {
  // Its words are in the record all the same, as where the sound broke off before them.
  const turn = {
    id: "before",
    role: "agent" as const,
    text: `Hello! ${RECORDED}`,
    position: 1,
    final: true,
    interrupted: false,
    by: "voice" as const,
    startedMs: 1000,
    endedMs: 3000,
  };
  for (const proof of [{ heard: true, fromMs: 1200, toMs: 3000 }, { heard: false }] as const) {
    const call = new CallDriver({
      ...START,
      resumed: {
        elapsedMs: 20_000,
        connectedMs: 20_000,
        turns: [turn],
        tools: [],
        mustHears: [{ text: RECORDED, times: 1, ...proof }],
        usage: noUsage,
      },
    }).live();
    call.speak("back", 500, "I am back.");
    call.advance(1000);
    assert.equal(call.takeAsked().includes("say"), !proof.heard);
  }
});

Deno.test("words that came further than their sound prove nothing: the sentence is said again", () => {
  for (const how of ["failed", "incomplete", "cancelled", "interrupted", "lost"] as const) {
    const call = new CallDriver(AT_START).live();
    const id = call.begin("say");
    call.words(id, "sentence", RECORDED);
    call.sound(id, "sentence", 1100);
    if (how === "lost") {
      call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
      call.ready();
    } else if (how !== "interrupted") {
      const ref = { responseId: id, itemId: "sentence", contentIndex: 0 };
      call.advance(1400);
      // Servers report the end of the sound, whatever has become of the response.
      call.input({ type: "speechDone", ref });
      call.finish(id, how, { reason: "content_filter" });
    }
    call.advance(1400);
    if (how === "interrupted") {
      call.callerStarts();
      call.callerStops();
      call.finish(id, "cancelled");
      call.speak("answer", 500, "Sure.");
    }
    call.advance(800);
    assert.equal(proofs(call).at(-1)?.heard, false, how);
    assert.equal(call.takeAsked().at(-1), "say", how);
    says(call, RECORDED);
    call.advance(2200);
    assert.equal(proofs(call).at(-1)?.heard, true, how);
  }
});

Deno.test("what was said long before an answer was broken off is proven all the same", () => {
  const call = new CallDriver(AT_START).live();
  const id = call.begin();
  call.words(id, "answer", `${RECORDED} ${"Now I will tell you all about our offers. ".repeat(8)}`);
  call.sound(id, "answer", 20_000);
  call.interruptAt(15_000);
  call.advance(10);
  assert.equal(proofs(call).at(-1)?.heard, true);
});

Deno.test("a sentence whose response comes to a halt is said again at once", () => {
  const call = new CallDriver({ ...AT_START, idleMs: 3_600_000 }).live();
  const id = call.begin("say");
  call.words(id, "sentence", RECORDED);
  call.sound(id, "sentence", 200);
  call.take();
  call.advance(10_100);
  assert.deepEqual(call.takeAsked(), ["say"]);
});

Deno.test("all sentences for the end are said, as many as an agent may have", () => {
  const names = Array.from({ length: 16 }, (_, index) => `right_${index}`);
  const mustHear = Object.fromEntries(
    names.map((name, index) => [name, { text: `Right number ${index}.`, at: "end" as const }]),
  );
  const call = new CallDriver({ mustHear }).live();
  call.callerSays("That is all.");
  call.call("end_call");
  call.toolReturns("end_call", "{}", { effect: { type: "endCall" } });
  for (const _ of names) {
    const text = call.takeRequests().flatMap((one) =>
      one.type === "respond"
        ? [/"(Right number \d+\.)"$/.exec(one.request.instructions ?? "")?.[1]]
        : []
    ).at(-1);
    assert.ok(text !== undefined);
    says(call, text, 1000);
    call.advance(1100);
  }
  for (const name of names) assert.equal(proofs(call, name).at(-1)?.heard, true, name);
});

Deno.test("a sentence of which its variables have left no word is not said, and holds its tools back", () => {
  const call = new CallDriver({
    mustHear: { terms: { text: " … ", at: "start" } },
    toolPolicies: { book: { afterHeard: ["terms"] } },
  }).live();
  call.advance(3000);
  assert.ok(!call.all("model").some(({ request }) => request.type === "respond"));
  call.callerSays("Book it.");
  call.call("book");
  assert.deepEqual(call.all("runTool"), []);
  assert.equal(proofs(call, "terms").at(-1)?.heard, false);
});
