import assert from "node:assert/strict";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const BRIDGED: CallDriverOptions = { fillerAfterMs: 2500 };

Deno.test("case 80: a greeting that is begun and never sounds is bridged, asked for again, and then asked of another connection", () => {
  const call = new CallDriver({ ...BRIDGED, greeting: "Hello!" }).connect();
  assert.deepEqual(call.takeAsked(), ["greeting"]);
  const stuck = call.begin("greeting");
  call.advance(2600);
  assert.deepEqual(call.takeAsked(), ["filler"]);
  call.advance(1500);
  assert.deepEqual(conversation(call), [
    { type: "cancel", responseId: stuck },
    { type: "respond", purpose: "greeting" },
  ]);
  call.begin("greeting");
  call.advance(4100);
  assert.equal(call.all("openModel").length, 2);
  assert.equal(call.events("modelLost")[0]?.code, "unresponsive");
  call.take();
  call.ready();
  assert.deepEqual(call.takeAsked().filter((one) => one !== "filler"), ["greeting"]);
  call.finish(call.begin("greeting"));
  call.advance(1000);
  assert.equal(call.machine.phase, "live");
  assert.equal(call.line.heard.length, 1);
});

Deno.test("case 80: a model that gets nothing out on any connection ends the call", () => {
  for (const options of [BRIDGED, {}]) {
    const call = new CallDriver({ ...options, greeting: "Hello!" }).connect();
    const stuck = { opened: 1, asked: 0 };
    for (let s = 0; s < 60 && call.end === undefined; s++) {
      call.advance(1000);
      for (const purpose of call.takeAsked()) {
        if (purpose === "filler") continue;
        stuck.asked++;
        call.begin(purpose);
      }
      if (call.all("openModel").length === stuck.opened) continue;
      stuck.opened++;
      call.ready();
    }
    assert.deepEqual(call.end, { reason: "model_failed", detail: "unresponsive" });
    assert.ok(stuck.opened <= 3 && stuck.asked <= 4);
    assert.ok(call.now < 40_000, `${call.now}`);
  }
});

Deno.test("case 80: a model that is slow but alive is not cut while it works, and its caller hears a word", () => {
  const call = new CallDriver(BRIDGED).live();
  call.callerSays("what is the meaning of life?");
  const reply = call.begin();
  call.advance(2600);
  assert.deepEqual(call.takeAsked(), ["filler"]);
  const bridge = call.begin("filler", { aside: true });
  call.say(bridge, "moment", 900, "One moment.");
  call.finish(bridge);
  call.advance(3900);
  assert.deepEqual(call.takeRequests(), []);
  call.say(reply, "answer", 1500, "42.");
  call.finish(reply);
  call.advance(3000);
  assert.deepEqual(call.line.heard.map(({ itemId }) => itemId), ["moment", "answer"]);
  // What it took once it may take again.
  call.callerSays("and why?");
  call.begin();
  call.advance(7000);
  assert.deepEqual(conversation(call), []);
});

Deno.test("case 80: a response that writes a long tool call is at work, though nothing is heard of it", () => {
  const call = new CallDriver({ fillerAfterMs: 0 }).live();
  call.callerSays("order all of it");
  const responseId = call.begin();
  for (let s = 0; s < 30; s++) {
    call.advance(1000);
    call.input({ type: "responseProgress", responseId });
  }
  assert.deepEqual(call.takeRequests(), []);
});

Deno.test("case 81: a response that stops in the middle is gone on with from there, and frees the caller's next turn", () => {
  for (const modelInterrupts of [true, false]) {
    const call = new CallDriver({
      greeting: "Hello!",
      modelInterrupts,
      modelResponds: modelInterrupts,
    }).connect();
    const stuck = call.begin("greeting");
    call.sound(stuck, "hello", 1000);
    call.take();
    call.advance(11_000);
    const requests = call.takeRequests();
    assert.deepEqual(requests.map(({ type }) => type), [
      "cancel",
      "truncate",
      "message",
      "respond",
    ]);
    assert.deepEqual(requests[1], {
      type: "truncate",
      itemId: "hello",
      contentIndex: 0,
      audioEndMs: 1000,
    });
    const [, , , respond] = requests;
    assert.ok(respond?.type === "respond" && respond.request.purpose === "reply");
    call.sound(stuck, "hello", 500);
    call.finish(call.begin("reply"));
    call.callerSays("hello?");
    call.finish(call.begin(modelInterrupts ? undefined : "reply"));
    call.advance(3000);
    assert.equal(call.line.heard[0]?.ms, 1000, "nothing of it comes later");
    call.advance(32_000);
    assert.ok(call.events("notice").some(({ code }) => code === "idle_prompt"));
  }
});

Deno.test("case 81: of a response whose end was never told, what it brought is finished", () => {
  const spoken = new CallDriver().live();
  const whole = spoken.begin();
  spoken.say(whole, "item", 1000, "Hi.");
  spoken.advance(12_000);
  assert.deepEqual(spoken.takeRequests(), [{ type: "cancel", responseId: whole }]);
  const tool = { callId: "call_lookup", name: "lookup", arguments: "{}" };
  const calling = new CallDriver().live();
  calling.callerSays("look it up");
  calling.input({ type: "toolAnnounced", responseId: calling.begin(), call: tool });
  calling.advance(12_000);
  assert.equal(calling.all("runTool").length, 1);
  calling.toolReturns("lookup");
  assert.deepEqual(calling.takeAsked(), ["tool_result"]);
});

Deno.test("case 82: a cancel that was refused because nothing is active frees the way for the reply", () => {
  const call = new CallDriver({ modelInterrupts: false, modelResponds: false }).live();
  const stuck = call.begin();
  call.sound(stuck, "item", 1000);
  call.input({ type: "typed", text: "hello?" });
  const cancel = call.takeRequests().find(({ type }) => type === "cancel");
  assert.ok(cancel?.type === "cancel");
  call.input({ type: "requestRefused", request: cancel, kind: "over", code: "not_active" });
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("case 82: a cancel that nothing answers holds the reply up for two seconds at most", () => {
  const call = new CallDriver().live();
  call.sound(call.begin(), "item", 1000);
  call.input({ type: "typed", text: "hello?" });
  assert.deepEqual(call.takeAsked(), []);
  call.advance(2100);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("case 83: a response that completes without a sound is asked for twice more, and then the call ends", () => {
  for (const purpose of ["greeting", "reply", "tool_result"] as const) {
    const call = new CallDriver(purpose === "greeting" ? { greeting: "Hello!" } : {});
    call.ready();
    call.join();
    if (purpose === "reply") call.callerSays("hello");
    if (purpose === "tool_result") {
      call.call("lookup");
      call.toolReturns("lookup");
    }
    const asked = purpose === "reply" ? undefined : purpose;
    call.take();
    call.finish(call.begin(asked), "completed", { silent: true });
    call.advance(1100);
    assert.deepEqual(call.takeAsked(), [purpose]);
    call.finish(call.begin(purpose), "completed", { silent: true });
    call.advance(2100);
    assert.deepEqual(call.takeAsked(), [purpose]);
    call.finish(call.begin(purpose), "completed", { silent: true });
    assert.deepEqual(call.end, { reason: "model_failed", detail: "no_speech" });
  }
});

Deno.test("case 83: an answer that was only written is on record, is forgotten by the model and asked for again", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  const written = call.begin();
  call.words(written, "item", "Good morning!");
  call.finish(written);
  assert.deepEqual(call.takeRequests(), [{ type: "delete", itemId: "item" }]);
  call.advance(1100);
  assert.deepEqual(call.takeAsked(), ["reply"]);
  call.finish(call.begin("reply"));
  assert.ok(call.script.includes("agent: Good morning!"));
  call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  const history = call.all("openModel").at(-1)?.history ?? [];
  assert.ok(!JSON.stringify(history).includes("Good morning!"), "nobody has heard it");
});

Deno.test("case 83: a goodbye without a sound holds up no end, and a silent filler is let be", () => {
  const call = new CallDriver(BRIDGED).live();
  call.input({ type: "endAsked", end: { reason: "operator_hung_up" }, goodbye: true });
  for (let tries = 0; tries < 2 && call.end === undefined; tries++) {
    call.finish(call.begin("goodbye"), "completed", { silent: true });
    call.advance(1100);
  }
  assert.deepEqual(call.end, { reason: "operator_hung_up" });

  const slow = new CallDriver(BRIDGED).live();
  slow.call("lookup");
  slow.advance(2600);
  slow.finish(slow.begin("filler", { aside: true }), "completed", { silent: true });
  slow.take();
  slow.advance(2000);
  assert.deepEqual(slow.takeAsked(), []);
});

Deno.test("case 80: a goodbye that never sounds is asked for once more, and then the call ends without it", () => {
  const call = new CallDriver({ ...BRIDGED, transfers: { sales: { sentence: "One moment." } } });
  call.ready();
  call.join();
  call.input({ type: "transferAsked", alias: "sales" });
  call.begin("goodbye");
  call.advance(4100);
  assert.deepEqual(call.takeAsked(), ["goodbye", "goodbye"]);
  call.begin("goodbye");
  call.advance(4100);
  assert.deepEqual(call.gone, { reason: "transferred", detail: "sales" });
});

Deno.test("case 84: a greeting that fails after two seconds is not begun again: the model goes on from there", () => {
  const call = new CallDriver({ greeting: "Hello, this is Acme. How can I help you?" }).connect();
  const greeting = call.begin("greeting");
  call.words(greeting, "hello", "Hello, this is Acme. How can I help you?");
  call.sound(greeting, "hello", 1000);
  call.take();
  call.finish(greeting, "failed", { reason: "server_error" });
  call.advance(1100);
  const requests = call.takeRequests();
  assert.deepEqual(requests.map(({ type }) => type), ["truncate", "message", "respond"]);
  assert.ok(requests[2]?.type === "respond" && requests[2].request.purpose === "reply");
  call.finish(call.begin("reply"));
  call.advance(2000);
  const [hello] = call.transcript;
  assert.ok(hello !== undefined && hello.text.length < 30, `nobody heard all of: ${hello?.text}`);
});

Deno.test("case 85: a refused request is repeated after what the model says, later each time, and not for ever", () => {
  const call = new CallDriver().live();
  call.input({ type: "typed", text: "hello" });
  refuse(call, "rate_limit_exceeded", 3000);
  call.advance(2900);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(200);
  refuse(call, "server_error");
  call.advance(2100);
  refuse(call, "server_error");
  assert.deepEqual(call.end, { reason: "model_failed", detail: "server_error" });
});

Deno.test("case 86: a model that does not begin its own answer is asked for it", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  call.advance(2900);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(200);
  assert.deepEqual(call.takeAsked(), ["reply"]);
  call.finish(call.begin("reply"));
  // A noise that the model did not take in is no turn.
  call.callerStarts();
  call.input({ type: "speechStopped" });
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("case 93: a finished tool call of a response that was cut off is answered, and not run", () => {
  for (const status of ["cancelled", "incomplete", "failed"] as const) {
    const call = new CallDriver().live();
    call.callerSays("order it");
    const responseId = call.begin();
    const tool = { callId: "call_order", name: "order", arguments: "{}" };
    call.input({ type: "toolAnnounced", responseId, call: tool });
    if (status === "cancelled") call.callerStarts();
    call.take();
    call.finish(responseId, status, { tools: [tool] });
    const [output, ...others] = call.takeRequests();
    assert.ok(output?.type === "toolOutput" && output.output.includes("not carried out"), status);
    assert.deepEqual(others, []);
    assert.deepEqual(call.all("runTool"), []);
  }
});

Deno.test("case 95: a response that begins twice, or beside another, is one", () => {
  const call = new CallDriver().live();
  call.input({ type: "sayAsked", text: "Your taxi is here." });
  const say = call.begin("say");
  call.sound(say, "taxi", 1000);
  call.input({ type: "responseStarted", responseId: say, aside: false, purpose: "say" });
  call.finish(say);
  call.input({ type: "responseStarted", responseId: say, aside: false, purpose: "say" });
  call.advance(2000);
  call.take();
  call.input({ type: "typed", text: "thanks" });
  assert.deepEqual(call.takeAsked(), ["reply"], "what began twice is over once");
  const first = call.begin("reply");
  call.sound(first, "one", 300);
  const second = call.begin();
  call.finish(first);
  call.sound(second, "two", 300);
  call.finish(second);
  call.input({ type: "typed", text: "bye" });
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("case 95: what begins after it was given up is cancelled, not heard beside its second try", () => {
  const call = new CallDriver({ ...BRIDGED, greeting: "Hello!" }).connect();
  call.advance(4100);
  assert.equal(call.takeAsked().filter((one) => one === "greeting").length, 2);
  const first = call.begin("greeting");
  const second = call.begin("greeting");
  assert.deepEqual(call.takeRequests(), [{ type: "cancel", responseId: second }]);
  call.say(first, "hello", 500, "Hello!");
  call.sound(second, "hello_again", 500);
  call.advance(1500);
  assert.deepEqual(call.line.heard.map(({ itemId }) => itemId), ["hello"]);
});

Deno.test("case 96: a caller who waits for a tool hears a word every some seconds, but not for ever", () => {
  const call = new CallDriver(BRIDGED).live();
  call.call("endless");
  let silentMs = 0;
  let longestMs = 0;
  for (let ms = 0; ms < 40_000; ms += 100) {
    call.advance(100);
    for (const purpose of call.takeAsked()) {
      assert.equal(purpose, "filler");
      const bridge = call.begin("filler", { aside: true });
      call.say(bridge, `moment_${ms}`, 800);
      call.finish(bridge);
      silentMs = 0;
    }
    silentMs += 100;
    longestMs = Math.max(longestMs, silentMs);
  }
  assert.ok(longestMs - 800 <= 4000, `${longestMs}`);
  call.advance(200_000);
  assert.ok(call.events("notice").filter(({ code }) => code === "filler").length <= 12);
});

Deno.test("case 98: an answer that comes while the caller is asked for patience is heard after that", () => {
  const call = new CallDriver(BRIDGED).live();
  call.callerSays("hello");
  const reply = call.begin();
  call.advance(2600);
  const bridge = call.begin("filler", { aside: true });
  call.sound(bridge, "moment", 400);
  call.sound(reply, "answer", 1000);
  call.sound(bridge, "moment", 400);
  call.finish(bridge);
  call.sound(reply, "answer", 500);
  call.finish(reply);
  call.advance(4000);
  assert.deepEqual(call.line.heard, [{ itemId: "moment", ms: 800 }, {
    itemId: "answer",
    ms: 1500,
  }]);
});

Deno.test("case 98: an answer that comes before the caller was asked for patience makes that needless", () => {
  const call = new CallDriver(BRIDGED).live();
  call.callerSays("hello");
  const reply = call.begin();
  call.advance(2600);
  call.take();
  call.sound(reply, "answer", 1000);
  const bridge = call.begin("filler", { aside: true });
  assert.deepEqual(call.takeRequests(), [{ type: "cancel", responseId: bridge }]);
  call.sound(bridge, "moment", 400);
  call.finish(reply);
  call.advance(3000);
  assert.deepEqual(call.line.heard, [{ itemId: "answer", ms: 1000 }]);
});

function refuse(call: CallDriver, code: string, retryAfterMs?: number): void {
  const request = call.takeRequests().find(({ type }) => type === "respond");
  assert.ok(request !== undefined, `nothing to refuse with ${code}`);
  const hint = retryAfterMs === undefined ? {} : { retryAfterMs };
  call.input({ type: "requestRefused", request, kind: "other", code, ...hint });
}

Deno.test("case 84: an answer that its server cancels in the middle, and does not say why, is gone on with", () => {
  const call = new CallDriver().live();
  call.callerSays("how long is it?");
  const reply = call.begin();
  call.sound(reply, "answer", 800);
  call.finish(reply, "cancelled");
  call.advance(1100);
  assert.deepEqual(conversation(call).map((one) => "type" in one && one.type), [
    "truncate",
    "message",
    "respond",
  ]);

  call.sound(call.begin("reply"), "rest", 800);
  call.callerStarts();
  call.finish("resp_2", "cancelled", { reason: "turn_detected", callerSpoke: true });
  call.advance(2000);
  assert.deepEqual(call.takeAsked(), [], "what the caller cut off is not");
});

Deno.test("case 80: a question whether the caller is there that never sounds does not keep the call", () => {
  for (const isBegun of [true, false]) {
    const call = new CallDriver({ idleMs: 8000 }).live();
    call.advance(8100);
    assert.deepEqual(call.takeAsked(), ["idle_prompt"]);
    if (isBegun) call.begin("idle_prompt");
    call.advance(60_000);
    assert.deepEqual(call.end, { reason: "idle" }, `begun: ${isBegun}`);
  }
});

Deno.test("case 80: a model that is for ever at work on another response is done without", () => {
  const call = new CallDriver().live();
  call.input({ type: "typed", text: "hello" });
  for (let s = 0; s < 60 && call.end === undefined; s++) {
    const asked = call.takeRequests().filter(({ type }) => type === "respond");
    for (const request of asked) {
      call.input({ type: "requestRefused", request, kind: "busy", code: "active_response" });
    }
    call.advance(1000);
    if (call.machine.phase === "recovering") call.ready();
  }
  assert.equal(call.all("openModel").length, 3);
  assert.deepEqual(call.end, { reason: "model_failed", detail: "unresponsive" });
});

Deno.test("case 80: signs of life without a sound are believed for a minute", () => {
  const call = new CallDriver(BRIDGED).live();
  call.callerSays("what is the meaning of life?");
  const reply = call.begin();
  call.take();
  for (let s = 0; s < 62; s++) {
    call.input({ type: "responseProgress", responseId: reply });
    call.advance(1000);
  }
  assert.deepEqual(conversation(call), [
    { type: "cancel", responseId: reply },
    { type: "respond", purpose: "reply" },
  ]);
});

/** What was asked of the model but for fillers. */
function conversation(call: CallDriver): readonly object[] {
  return call.takeRequests()
    .filter((one) => one.type !== "respond" || one.request.aside !== true)
    .map((one) => one.type === "respond" ? { type: one.type, purpose: one.request.purpose } : one);
}
