import assert from "node:assert/strict";
import { CallDriver } from "../support/call/callDriver.ts";

Deno.test("case 89: what was announced and not done is done soon, where the agent has tools and asked nothing", () => {
  const call = new CallDriver({ usesTools: true }).live();
  call.callerSays("is there a table at eight?");
  call.speak("item", 1000, "Got it, let me check that for you.");
  call.advance(9100);
  const [nudge] = call.takeRequests();
  assert.ok(nudge?.type === "respond" && nudge.request.purpose === "idle_prompt");
  assert.equal(nudge.request.tools, undefined, "it may use its tools");
  const lookup = { callId: "call_lookup", name: "lookup", arguments: "{}" };
  call.finish(call.begin("idle_prompt"), "completed", { tools: [lookup] });
  assert.equal(call.all("runTool").length, 1);
});

Deno.test("case 89: a caller who was asked something, or has heard what was found, is left to think", () => {
  const said: readonly (readonly [string, boolean])[] = [
    ["How many are you?", false],
    ["Für wie viele Personen？", false],
    ["هل أنت مستعد؟", false],
    ["There is a table at eight.", true],
  ];
  for (const [text, usedTool] of said) {
    const call = new CallDriver({ usesTools: true }).live();
    call.callerSays("is there a table at eight?");
    if (usedTool) {
      call.call("lookup");
      call.toolReturns("lookup");
    }
    call.speak("item", 1000, text);
    call.take();
    call.advance(30_000);
    assert.deepEqual(call.takeAsked(), [], text);
    call.advance(1500);
    const [idle] = call.takeRequests();
    assert.ok(idle?.type === "respond" && idle.request.purpose === "idle_prompt");
  }
});

Deno.test("case 89: who says nothing more is asked soon only once, and without tools not at all", () => {
  const call = new CallDriver({ usesTools: true }).live();
  call.callerSays("thanks");
  call.speak("item", 1000, "You are welcome.");
  call.advance(9100);
  assert.deepEqual(call.takeAsked(), ["idle_prompt"]);
  call.say(call.begin("idle_prompt"), "else", 1000, "All right.");
  call.advance(29_000);
  assert.deepEqual(call.takeAsked(), []);

  const plain = new CallDriver().live();
  plain.callerSays("thanks");
  plain.speak("item", 1000, "You are welcome.");
  plain.advance(29_000);
  assert.deepEqual(plain.takeAsked(), []);
});

Deno.test("case 90: a model that goes on calling tools without the caller is stopped, and the call ends as idle", () => {
  const call = new CallDriver({ idleMs: 5000, usesTools: true }).live();
  call.callerSays("how is my order?");
  let serial = 0;
  let asked = 0;
  const lookUp = (responseId: string) => {
    const ran = call.all("runTool").length;
    const name = `t${serial++}`;
    call.finish(responseId, "completed", {
      tools: [{ callId: `call_${name}`, name, arguments: "{}" }],
    });
    if (call.all("runTool").length > ran) call.toolReturns(name);
  };
  lookUp(call.begin());
  for (let ms = 0; ms < 60_000 && call.end === undefined; ms += 100) {
    for (const purpose of call.takeAsked()) {
      asked++;
      if (purpose === "goodbye") call.finish(call.begin(purpose));
      else lookUp(call.begin(purpose));
    }
    call.advance(100);
  }
  assert.deepEqual(call.end, { reason: "idle" });
  assert.equal(call.all("runTool").length, 8);
  assert.ok(asked <= 10, `${asked} asked for`);
  assert.ok(call.now < 20_000);
});

Deno.test("case 90: the eighth round is asked for words, and a sign of the caller's begins anew", () => {
  const call = new CallDriver().live();
  for (let round = 1; round <= 8; round++) {
    call.call(`t${round}`);
    call.take();
    call.toolReturns(`t${round}`);
    const respond = call.takeRequests().find(({ type }) => type === "respond");
    assert.ok(respond?.type === "respond");
    assert.equal(respond.request.tools, round === 8 ? "none" : undefined);
    if (round < 8) call.finish(call.begin("tool_result"));
  }
  call.finish(call.begin("tool_result"));
  call.callerSays("go on");
  call.call("again");
  assert.equal(call.all("runTool").length, 9);
});

Deno.test("case 91: however many lines a caller writes, one answer a second is asked for, and no line is lost", () => {
  const call = new CallDriver({ maxMs: 1e9 }).live();
  let asked = 0;
  for (let ms = 0; ms < 20_000; ms += 20) {
    call.input({ type: "typed", text: `line ${ms}` });
    call.advance(20);
    for (const request of call.takeRequests()) {
      if (request.type === "respond") {
        asked++;
        call.sound(call.begin(request.request.purpose), `item_${asked}`, 100);
      }
      if (request.type === "cancel" && request.responseId !== undefined) {
        call.finish(request.responseId, "cancelled");
      }
    }
  }
  assert.ok(asked >= 15 && asked <= 24, `${asked}`);
  const lines = call.all("model").filter(({ request }) => request.type === "message");
  assert.equal(lines.length, 1000);
  call.advance(1000);
  const requests = call.all("model").map(({ request }) => request.type);
  const isAnswered = requests.lastIndexOf("respond") > requests.lastIndexOf("message");
  assert.ok(isAnswered, "the last line is answered as well");
});

Deno.test("case 91: turns ended by hand, and what an operator wants said, are asked for no more often", () => {
  const call = new CallDriver({
    modelResponds: false,
    modelInterrupts: false,
    modelListens: false,
    maxMs: 1e9,
  }).live();
  let asked = 0;
  for (let ms = 0; ms < 20_000; ms += 20) {
    call.input({ type: "turnCommitted" });
    call.input({ type: "committed", itemId: `user_${ms}` });
    call.input({ type: "interruptAsked" });
    call.input({ type: "sayAsked", text: "Listen." });
    call.advance(20);
    for (const request of call.takeRequests()) {
      if (request.type !== "respond") continue;
      asked++;
      call.finish(call.begin(request.request.purpose));
    }
  }
  assert.ok(asked >= 15 && asked <= 24, `${asked}`);
});

Deno.test("case 92: a protected greeting is heard whole, and what the caller says meanwhile is answered after it", () => {
  const call = new CallDriver({
    greeting: "This call is recorded.",
    greetingProtected: true,
    modelResponds: false,
    modelInterrupts: false,
  }).connect();
  const greeting = call.begin("greeting");
  call.sound(greeting, "hello", 2000);
  call.advance(400);
  call.take();
  call.callerStarts();
  call.advance(600);
  call.callerStops();
  call.press("1");
  call.input({ type: "interruptAsked" });
  call.input({ type: "typed", text: "hello?" });
  assert.ok(call.take().every(({ type }) => type !== "clear"));
  call.sound(greeting, "hello", 1000);
  call.finish(greeting);
  assert.deepEqual(call.takeAsked(), ["reply"]);
  call.finish(call.begin("reply"));
  call.advance(3000);
  assert.equal(call.line.heard[0]?.ms, 3000);
  // From then on the agent can be interrupted as ever.
  call.speak("story", 5000);
  call.interruptAt(1000);
  assert.ok(call.take().some(({ type }) => type === "clear"));
});

Deno.test("case 92: a protected greeting that is broken off all the same is completed", () => {
  for (const status of ["cancelled", "failed"] as const) {
    const call = new CallDriver({
      greeting: "This call is recorded.",
      greetingProtected: true,
      modelResponds: false,
      modelInterrupts: false,
    }).connect();
    const greeting = call.begin("greeting");
    call.sound(greeting, "hello", 500);
    call.callerStarts();
    call.finish(greeting, status, { reason: "turn_detected", callerSpoke: true });
    call.take();
    call.callerStops();
    call.advance(1100);
    const [respond] = call.takeRequests();
    assert.ok(respond?.type === "respond" && respond.request.purpose === "greeting");
    assert.ok(respond.request.instructions?.includes("from there"));
    call.finish(call.begin("greeting"));
    assert.deepEqual(call.takeAsked(), ["reply"]);
  }
});

Deno.test("case 94: positions that are no numbers change nothing, and written lines fill no memory", () => {
  const call = new CallDriver({ reports: "positions", maxMs: 1e9 }).live();
  call.speak("item", 3000, "one two three four");
  for (const ms of [NaN, Infinity, -Infinity]) {
    call.input({ type: "rendered", itemId: "item", ms });
    call.input({ type: "rendered", itemId: "item", ms, cleared: true });
  }
  call.advance(1000);
  call.take();
  call.callerStarts();
  call.advance(600);
  const cut = call.takeRequests().find(({ type }) => type === "truncate");
  assert.ok(cut?.type === "truncate" && cut.audioEndMs > 500 && cut.audioEndMs <= 1100);

  const flood = new CallDriver({ maxMs: 1e9 }).live();
  for (let line = 0; line < 2000; line++) {
    flood.input({ type: "typed", text: "x".repeat(4000) });
  }
  const kept = flood.transcript.reduce((sum, { text }) => sum + text.length, 0);
  assert.ok(kept < 1_000_000, `${kept}`);
});
