import assert from "node:assert/strict";
import type { CallInput } from "../../../src/call/callInput.ts";
import { heardText } from "../../../src/call/transcript/heardText.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

Deno.test("case 44: what the caller said stands before the reply, though it is known only afterwards", () => {
  const call = new CallDriver().live();
  call.callerStarts();
  call.advance(600);
  const itemId = call.callerStops();
  call.speak("item", 1000, "It is noon.");
  call.advance(1500);
  call.input({ type: "callerText", itemId, text: "What time is it?", final: true });
  assert.deepEqual(call.script, ["caller: What time is it?", "agent: It is noon."]);
});

Deno.test("case 44: a transcription that fails, or never comes, holds nothing up", () => {
  const call = new CallDriver().live();
  const itemId = call.callerStarts();
  call.callerStops();
  call.speak("one", 1000, "Pardon?");
  call.advance(1500);
  call.input({ type: "callerTextFailed", itemId });
  call.callerStarts();
  call.callerStops();
  call.speak("two", 1000, "Hello?");
  call.advance(1500);
  call.input({ type: "left", end: { reason: "caller_hung_up" } });
  assert.deepEqual(call.script, ["caller: ", "agent: Pardon?", "caller: ", "agent: Hello?"]);
  assert.ok(call.transcript.every(({ final }) => final));
});

Deno.test("case 44: pieces of a transcription add up, and the final text replaces them", () => {
  const call = new CallDriver().live();
  const itemId = call.callerStarts();
  call.callerStops();
  for (const text of ["What ", "thyme"]) {
    call.input({ type: "callerText", itemId, text, final: false });
  }
  assert.deepEqual(call.script, ["caller: What thyme"]);
  call.input({ type: "callerText", itemId, text: "What time?", final: true });
  call.input({ type: "callerText", itemId, text: " late", final: false });
  assert.deepEqual(call.script, ["caller: What time?"]);
  assert.equal(call.transcript[0]?.final, true);
});

Deno.test("a line begins with its first sound, though its words come after that was heard", () => {
  const call = new CallDriver({ reports: "positions" }).live();
  call.advance(1000);
  const responseId = call.begin();
  call.sound(responseId, "item", 800);
  call.advance(600);
  call.words(responseId, "item", "It is noon.");
  call.finish(responseId);
  call.advance(2000);
  assert.deepEqual(call.transcript.map(({ text, startedMs }) => [text, startedMs]), [
    ["It is noon.", 1000],
  ]);
});

Deno.test("a line that was heard whole before its words came is final with its response, or the call", () => {
  for (const reports of ["marks", "positions"] as const) {
    for (const isLast of [false, true]) {
      const call = new CallDriver({ reports }).live();
      const responseId = call.begin();
      call.sound(responseId, "item", 800);
      call.input({ type: "speechDone", ref: { responseId, itemId: "item", contentIndex: 0 } });
      call.advance(2000);
      for (const text of ["It is ", "noon."]) call.words(responseId, "item", text);
      const [open] = call.transcript;
      assert.deepEqual([open?.text, open?.final, open?.heardCharacters], [
        "It is noon.",
        false,
        11,
      ]);
      if (isLast) call.input({ type: "left", end: { reason: "caller_hung_up" } });
      else call.finish(responseId);
      const [line] = call.transcript;
      assert.deepEqual([line?.text, line?.final, line?.interrupted], ["It is noon.", true, false]);
      assert.equal(line?.endedMs, 800);
    }
  }
});

Deno.test("words that come after their response, and after its sound was heard, make a final line in the end", () => {
  const call = new CallDriver().live();
  const responseId = call.begin();
  call.sound(responseId, "item", 800);
  call.finish(responseId);
  call.advance(2000);
  for (const text of ["It is ", "noon."]) call.words(responseId, "item", text);
  call.speak("next", 500, "Well.");
  const [line] = call.transcript;
  assert.deepEqual([line?.text, line?.final, line?.endedMs], ["It is noon.", true, 800]);
});

Deno.test("a line of which the end was heard as the caller cut it off is final, and was not cut off", () => {
  const call = new CallDriver({ reports: "positions" }).live();
  call.speak("item", 1000, "It is noon.");
  call.advance(999.5);
  call.callerStarts();
  assert.deepEqual(
    call.transcript.map(({ text, final, interrupted, endedMs }) => ({
      ...{ text, final, interrupted, endedMs },
    })),
    [{ text: "It is noon.", final: true, interrupted: false, endedMs: 1000 }],
  );
  assert.deepEqual(call.events("interrupted"), []);
});

Deno.test("a line that was heard out, and whose mark is still on the way, is final where the caller speaks", () => {
  const call = new CallDriver().live();
  call.speak("item", 1000, "It is noon.");
  // The echoes are late, and none of them comes before.
  call.now = 1200;
  call.callerStarts();
  const [line] = call.transcript;
  assert.deepEqual([line?.text, line?.final, line?.interrupted], ["It is noon.", true, false]);
});

Deno.test("case 44: items stand behind the item that the model names, whatever came first", () => {
  const placed = [
    { type: "committed", itemId: "user_1" },
    { type: "itemAdded", itemId: "agent_1", role: "agent", previousItemId: "user_1" },
  ] satisfies CallInput[];
  for (const order of [placed, placed.toReversed()]) {
    const call = new CallDriver().live();
    for (const input of order) call.input(input);
    const responseId = call.begin();
    call.words(responseId, "agent_1", "Hi.");
    call.input({ type: "callerText", itemId: "user_1", text: "Hello", final: true });
    assert.deepEqual(call.script, ["caller: Hello", "agent: Hi."]);
  }
});

Deno.test("case 44: an item that the model puts between two others stands there", () => {
  const call = new CallDriver().live();
  call.input({ type: "committed", itemId: "one" });
  call.input({ type: "committed", itemId: "three", previousItemId: "one" });
  call.input({ type: "committed", itemId: "two", previousItemId: "one" });
  for (const itemId of ["three", "one", "two"]) {
    call.input({ type: "callerText", itemId, text: itemId, final: true });
  }
  assert.deepEqual(call.script, ["caller: one", "caller: two", "caller: three"]);
});

Deno.test("case 99: the answer to what was written before the greeting began stands behind both", () => {
  const call = new CallDriver().live();
  call.input({ type: "typed", text: "what time is it" });
  call.input({ type: "itemAdded", itemId: "greeting", role: "agent" });
  call.input({ type: "itemAdded", itemId: "text", role: "user", previousItemId: "greeting" });
  call.input({ type: "itemAdded", itemId: "call", role: "tool", previousItemId: "text" });
  call.input({ type: "itemAdded", itemId: "answer", role: "agent", previousItemId: "call" });
  for (const [itemId, text] of [["greeting", "Hello."], ["answer", "It is noon."]] as const) {
    const responseId = call.begin();
    call.words(responseId, itemId, text);
    call.finish(responseId);
  }
  assert.deepEqual(call.script, ["caller: what time is it", "agent: Hello.", "agent: It is noon."]);
});

Deno.test("a turn is final when all of it was heard, and not before", () => {
  const call = new CallDriver().live();
  call.speak("item", 2000, "It is noon.");
  call.advance(1900);
  assert.equal(call.transcript[0]?.final, false);
  call.advance(150);
  assert.equal(call.transcript[0]?.final, true);
  assert.equal(call.transcript[0]?.interrupted, false);
  assert.equal(call.transcript[0]?.endedMs, 2000);
});

Deno.test("a turn is final when all of it was heard, also where lengths are no whole numbers", () => {
  for (let bytes = 4801; bytes < 4848; bytes++) {
    const call = new CallDriver({ reports: bytes % 2 === 0 ? "positions" : "marks" }).live();
    const responseId = call.begin();
    call.words(responseId, "item", "It is noon.");
    for (let i = 0; i < 7; i++) call.sound(responseId, "item", (bytes + 700 * i) / 48);
    call.finish(responseId);
    call.advance(1500);
    assert.equal(call.transcript[0]?.final, true);
    assert.deepEqual(call.events("speaking").at(-1), { type: "speaking", who: "agent", on: false });
  }
});

Deno.test("a turn is final for a browser that rounds the positions it reports", () => {
  const call = new CallDriver({ reports: "positions" });
  call.ready();
  call.input({ type: "joined", format: "pcm24k", reports: "positions" });
  const responseId = call.begin();
  call.words(responseId, "item", "It is noon.");
  call.sound(responseId, "item", 1000.7);
  call.finish(responseId);
  call.input({ type: "rendered", itemId: "item", ms: 1000 });
  assert.equal(call.transcript[0]?.final, true);
});

Deno.test("typed text is a turn at once, silences the agent and is answered", () => {
  const call = new CallDriver().live();
  call.speak("item", 3000, "one two three four five six");
  call.advance(1000);
  call.take();
  call.input({ type: "typed", text: "stop please" });
  const requests = call.takeRequests().map(({ type }) => type);
  assert.deepEqual(requests, ["truncate", "message", "respond"]);
  assert.deepEqual(call.script, ["agent: one two /", "caller: stop please"]);
  assert.equal(call.transcript[1]?.by, "text");
});

Deno.test("a call of hours is on record whole, and its latest part is what a new model gets", () => {
  const call = new CallDriver({ idleMs: 1e9, maxMs: 1e9 }).live();
  for (let turn = 0; turn < 3000; turn++) {
    call.input({
      type: "callerText",
      itemId: `user_${turn}`,
      text: `question ${turn}`,
      final: true,
    });
    call.speak(`item_${turn}`, 100, `answer ${turn}`);
    call.advance(200);
  }
  assert.equal(call.transcript.length, 6000);
  assert.deepEqual(call.script.slice(-2), ["caller: question 2999", "agent: answer 2999"]);
  // Told again, it does not replace what is on record.
  call.input({ type: "callerText", itemId: "user_2500", text: "something else", final: true });
  assert.equal(call.script[5000], "caller: question 2500");
  call.input({ type: "modelLost", loss: { code: "closed_1006", retry: "now" } });
  const texts = call.all("openModel").at(-1)?.history.map((item) =>
    item.type === "message" ? item.text : ""
  );
  assert.deepEqual(texts?.slice(-2), ["question 2999", "answer 2999"]);
});

Deno.test("what floods a call ends up neither on record nor in memory without end", () => {
  const call = new CallDriver({ idleMs: 1e9, maxMs: 1e9 }).live();
  for (let turn = 0; turn < 25_000; turn++) {
    call.input({ type: "callerText", itemId: `item_${turn}`, text: "x", final: true });
  }
  assert.equal(call.transcript.length, 20_000);
  const long = new CallDriver().live();
  long.input({ type: "callerText", itemId: "a", text: "x".repeat(1e6), final: true });
  assert.equal(long.transcript[0]?.text.length, 20_000);
});

Deno.test("case 47: events about items that nobody has announced do no harm", () => {
  const call = new CallDriver().live();
  const ref = { responseId: "ghost", itemId: "ghost", contentIndex: 3 };
  const stray: readonly CallInput[] = [
    { type: "speechDone", ref },
    { type: "responseDone", responseId: "ghost", status: "completed", toolCalls: [] },
    { type: "rendered", itemId: "ghost", ms: -5 },
    { type: "rendered", itemId: "ghost", ms: 1e12, cleared: true },
    { type: "speechStopped" },
    { type: "itemAdded", itemId: "ghost", role: "tool", callId: "ghost" },
    { type: "callerTextFailed", itemId: "ghost_user" },
    {
      type: "requestRefused",
      request: { type: "delete", itemId: "ghost" },
      kind: "other",
      code: "x",
    },
    { type: "lost" },
    { type: "modelReady" },
  ];
  for (const input of stray) call.input(input);
  call.advance(5000);
  assert.equal(call.end, undefined);
});

Deno.test("heardText() ends with the last whole word that was heard", () => {
  const text = "one two three four";
  assert.equal(heardText(text, 0, 4000, true), "");
  assert.equal(heardText(text, 500, 4000, true), "");
  assert.equal(heardText(text, 2000, 4000, true), "one two");
  assert.equal(heardText(text, 4000, 4000, true), text);
  assert.equal(heardText(text, 9000, 4000, true), text);
  assert.equal(heardText("", 100, 100, true), "");
});

Deno.test("heardText() does not believe that text spoke itself when its audio is yet to come", () => {
  const text = "word ".repeat(100).trim();
  const heard = heardText(text, 500, 500, false);
  assert.ok(heard.length > 0 && heard.length < 20, heard);
});
