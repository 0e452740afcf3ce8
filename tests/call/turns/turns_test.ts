import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";
import type { CallEvent } from "../../../src/call/callEvent.ts";
import type { ModelRequest } from "../../../src/call/realtimeClient.ts";

Deno.test("case 11: the greeting is asked for once, whichever end is ready first", () => {
  const orders: readonly (readonly ("answer" | "ready" | "join")[])[] = [
    ["ready", "join"],
    ["join", "ready"],
    ["answer", "ready", "join"],
    ["ready", "answer", "join"],
    ["answer", "join", "ready"],
  ];
  for (const order of orders) {
    const call = new CallDriver({ greeting: "Hello!" });
    for (const step of order) {
      if (step === "answer") call.input({ type: "answered" });
      if (step === "ready") call.ready();
      if (step === "join") call.join();
    }
    assert.deepEqual(call.takeAsked(), ["greeting"], order.join());
    call.advance(3000);
    call.begin("greeting");
    assert.deepEqual(call.takeAsked(), [], order.join());
  }
});

Deno.test("case 11: a caller who speaks at once gets one greeting", () => {
  const call = new CallDriver({ greeting: "Hello!" }).connect();
  assert.deepEqual(call.takeAsked(), ["greeting"]);
  call.callerStarts();
  const greeting = call.begin("greeting");
  call.sound(greeting, "hello", 1000);
  call.finish(greeting);
  call.callerStops();
  const own = call.begin();
  call.sound(own, "reply", 1000);
  call.finish(own);
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("case 11: a greeting that was prepared before the audio came is played when it comes", () => {
  const call = new CallDriver({ greeting: "Hello!" });
  call.input({ type: "answered" });
  call.ready();
  const greeting = call.begin("greeting");
  call.say(greeting, "hello", 1500, "Hello!");
  call.finish(greeting);
  assert.deepEqual(call.all("play"), []);
  call.advance(700);
  call.join();
  call.advance(3000);
  assert.deepEqual(call.line.heard, [{ itemId: "hello", ms: 1500 }]);
});

Deno.test("case 10: a model that is slow to come up is waited for, and greets when it is there", () => {
  const call = new CallDriver({ greeting: "Hello!", idleMs: 5000 });
  call.join();
  call.advance(25_000);
  assert.deepEqual(call.takeAsked(), []);
  assert.equal(call.machine.phase, "connecting");
  call.ready();
  assert.deepEqual(call.takeAsked(), ["greeting"]);
});

Deno.test("an agent without a greeting leaves the first word to the caller", () => {
  const call = new CallDriver().live();
  call.advance(3000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("case 34: what is asked for during a response waits for its end and is sent once", () => {
  const call = new CallDriver().live();
  const running = call.begin();
  call.input({ type: "typed", text: "and another thing" });
  call.input({ type: "typed", text: "and one more" });
  assert.deepEqual(call.takeAsked(), []);
  call.finish(running, "cancelled");
  assert.deepEqual(call.takeAsked(), ["reply"]);
  call.finish(call.begin("reply"));
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("case 34: a request that collides with the model's own response is repeated after it, unseen", () => {
  const call = new CallDriver().live();
  call.input({ type: "sayAsked", text: "Your taxi is here." });
  const [request] = call.takeRequests();
  assert.ok(request !== undefined);
  call.input({ type: "requestRefused", request, kind: "busy", code: "active_response" });
  const own = call.begin();
  assert.deepEqual(call.takeAsked(), []);
  call.finish(own);
  assert.deepEqual(call.takeAsked(), ["say"]);
  const shown = call.events("notice").map(({ code }) => code);
  assert.deepEqual(shown, []);
});

Deno.test("case 34: a refusal that comes after the other response has started asks no second time", () => {
  const call = new CallDriver().live();
  call.input({ type: "sayAsked", text: "Your taxi is here." });
  const [request] = call.takeRequests();
  assert.ok(request !== undefined);
  call.callerStarts();
  call.callerStops();
  const own = call.begin("reply");
  call.input({
    type: "requestRefused",
    request: structuredClone(request),
    kind: "busy",
    code: "active_response",
  });
  call.finish(own);
  assert.deepEqual(call.takeAsked(), ["say"]);
  call.finish(call.begin("say"));
  call.advance(1000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("case 34: a request that the model lost does not block what comes after it", () => {
  const call = new CallDriver().live();
  call.input({ type: "sayAsked", text: "One." });
  assert.deepEqual(call.takeAsked(), ["say"]);
  call.advance(9000);
  call.input({ type: "typed", text: "hello?" });
  assert.deepEqual(call.takeAsked(), []);
  call.advance(2000);
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("case 35: a cancel that came too late is nothing to speak of", () => {
  const call = new CallDriver({ modelInterrupts: false }).live();
  const responseId = call.begin();
  call.sound(responseId, "item", 2000);
  call.interruptAt(500);
  const [cancel] = call.takeRequests();
  assert.ok(cancel?.type === "cancel");
  call.input({ type: "requestRefused", request: cancel, kind: "over", code: "not_active" });
  assert.deepEqual(call.take(), []);
  assert.equal(call.machine.phase, "live");
});

Deno.test("case 48: whatever request the model refuses, for whatever reason, the call goes on", () => {
  const refused: readonly ModelRequest[] = [
    { type: "cancel" },
    { type: "truncate", itemId: "item", contentIndex: 0, audioEndMs: 100 },
    { type: "delete", itemId: "item" },
    { type: "toolOutput", callId: "call", output: "{}" },
    { type: "message", role: "user", text: "hello" },
    { type: "respond", request: { purpose: "reply" } },
  ];
  const call = new CallDriver().live();
  for (const request of refused) {
    for (const kind of ["other", "unsupported", "tooShort", "over", "busy"] as const) {
      for (const code of ["unknown", "", "null", "invalid_value"]) {
        call.input({ type: "requestRefused", request, kind, code });
      }
    }
  }
  assert.deepEqual(call.takeRequests(), []);
  call.input({ type: "typed", text: "hello" });
  assert.deepEqual(call.takeAsked(), ["reply"]);
});

Deno.test("two things that an operator wants said are both said, one after the other", () => {
  const call = new CallDriver().live();
  const running = call.begin();
  call.input({ type: "sayAsked", text: "One." });
  call.input({ type: "sayAsked", text: "Two." });
  call.finish(running);
  assert.deepEqual(call.takeAsked(), ["say"]);
  call.finish(call.begin("say"));
  assert.deepEqual(call.takeAsked(), ["say"]);
});

Deno.test("nothing is asked for while the caller speaks or the model is about to answer", () => {
  const call = new CallDriver().live();
  call.callerStarts();
  call.input({ type: "sayAsked", text: "Your taxi is here." });
  call.advance(800);
  call.callerStops();
  assert.deepEqual(call.takeAsked(), []);
  call.finish(call.begin());
  assert.deepEqual(call.takeAsked(), ["say"]);
});

Deno.test("what is owed is asked for when the model does not answer the caller after all", () => {
  const call = new CallDriver().live();
  call.callerStarts();
  call.input({ type: "sayAsked", text: "Your taxi is here." });
  call.callerStops();
  call.advance(2900);
  assert.deepEqual(call.takeAsked(), []);
  call.advance(200);
  assert.deepEqual(call.takeAsked(), ["reply"], "the caller's turn was taken in, and comes first");
  call.finish(call.begin("reply"));
  assert.deepEqual(call.takeAsked(), ["say"]);
});

Deno.test("an answer to half a sentence is silenced when the caller has gone on speaking", () => {
  const call = new CallDriver().live();
  call.input({ type: "typed", text: "hello" });
  call.callerStarts();
  call.take();
  const responseId = call.begin("reply");
  assert.deepEqual(call.takeRequests(), [{ type: "cancel", responseId }]);
  call.sound(responseId, "item", 500);
  assert.ok(call.take().every(({ type }) => type !== "play"));
});

Deno.test("case 42: a failed response is asked for once more, a moment later", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  call.finish(call.begin(), "failed", { reason: "rate_limit_exceeded" });
  assert.deepEqual(call.takeAsked(), []);
  call.advance(1100);
  assert.deepEqual(call.takeAsked(), ["reply"]);
  assert.deepEqual(notices(call), ["response_retried"]);
});

Deno.test("case 42: a failed response is not asked for again once the model answers the caller anew", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  call.finish(call.begin(), "failed", { reason: "server_error" });
  call.callerSays("are you there?", 200);
  call.finish(call.begin());
  call.advance(5000);
  assert.deepEqual(call.takeAsked(), []);
});

Deno.test("case 42: a model that fails again and again ends the call, each try later than the one before", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  call.finish(call.begin(), "failed", { reason: "server_error" });
  call.advance(1100);
  call.finish(call.begin("reply"), "failed", { reason: "server_error" });
  call.advance(1900);
  call.take();
  call.advance(200);
  assert.deepEqual(call.takeAsked(), ["reply"]);
  call.finish(call.begin("reply"), "failed", { reason: "server_error" });
  assert.deepEqual(call.end, { reason: "model_failed", detail: "server_error" });
});

Deno.test("case 42: without quota the call ends, and no connection is opened again", () => {
  const call = new CallDriver().live();
  call.callerSays("hello");
  call.finish(call.begin(), "failed", { reason: "insufficient_quota", fatal: true });
  assert.deepEqual(call.end, { reason: "model_failed", detail: "insufficient_quota" });
  assert.equal(call.all("openModel").length, 1);
});

Deno.test("case 42: an incomplete response that was heard counts as said, one that was not as failed", () => {
  const heard = new CallDriver().live();
  const response = heard.begin();
  heard.sound(response, "item", 2000);
  heard.finish(response, "incomplete", { reason: "max_output_tokens" });
  heard.advance(5000);
  assert.deepEqual(heard.takeAsked(), []);

  const unheard = new CallDriver().live();
  unheard.callerSays("hello");
  unheard.finish(unheard.begin(), "incomplete", { reason: "content_filter" });
  unheard.advance(1100);
  assert.deepEqual(unheard.takeAsked(), ["reply"]);
});

Deno.test("case 43: the usage of every response is published, of those beside the conversation too", () => {
  const call = new CallDriver().live();
  const usage = {
    inputText: 10,
    inputAudio: 20,
    cachedText: 5,
    cachedAudio: 0,
    outputText: 3,
    outputAudio: 30,
  };
  const [reply, aside] = [call.begin(), call.begin("filler", { aside: true })];
  for (const responseId of [reply, aside]) {
    call.input({ type: "responseDone", responseId, status: "completed", toolCalls: [], usage });
  }
  call.finish(call.begin());
  call.input({ type: "transcriptionUsed", usage: { unit: "seconds", seconds: 3 } });
  const spoken = call.begin();
  call.say(spoken, "item_spoken", 200, "Hello.");
  call.input({
    ...{ type: "responseDone", responseId: spoken, status: "completed", toolCalls: [], usage },
  });
  assert.deepEqual(call.events("usage"), [
    { type: "usage", usage },
    { type: "usage", usage },
    { type: "usage", usage, itemId: "item_spoken" },
  ]);
  assert.equal(call.events("transcriptionUsage").length, 1);
});

function notices(call: CallDriver): readonly Extract<CallEvent, { type: "notice" }>["code"][] {
  return call.events("notice").map(({ code }) => code);
}

Deno.test("observers are told that the caller speaks no more, though no model reports it", () => {
  const call = new CallDriver().live();
  const told = () => call.events("speaking").filter(({ who }) => who === "caller").at(-1)?.on;
  call.callerStarts();
  assert.equal(told(), true);
  call.input({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  assert.equal(told(), false);
  call.advance(1);
  call.ready();
  call.callerStarts();
  call.input({ type: "typed", text: "Never mind." });
  assert.equal(told(), false);
});
