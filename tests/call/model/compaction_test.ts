import assert from "node:assert/strict";
import type { ModelRequest, RefusalKind } from "../../../src/call/realtimeClient.ts";
import { CallDriver } from "../../support/call/callDriver.ts";

const compaction = { afterMs: 60_000, audioTurns: 1 };

Deno.test("case 79: the agent's sound gives way to its words as soon as it was heard, the caller's some turns later", () => {
  const call = oldCall();
  converse(call, 1);
  assert.deepEqual(replacements(call), ["item_1"], "a connection is asked for one item first");
  confirm(call, "item_1");
  assert.deepEqual(replacements(call), [], "the caller's latest turns stay");
  converse(call, 2);
  assert.deepEqual(replacements(call), ["item_2"]);
  confirm(call, "item_2");
  converse(call, 3, 4);
  assert.deepEqual(replacements(call, true), ["item_3", "item_4"]);
  converse(call, 5);
  assert.deepEqual(replacements(call, true), ["user_1", "user_2", "user_3", "user_4", "item_5"]);
  converse(call, 6);
  assert.deepEqual(replacements(call, true), ["item_6"]);
});

Deno.test("a turn is replaced where it stands, by what was heard of it", () => {
  const call = oldCall();
  call.callerSays("My name is Ada.");
  const responseId = call.begin();
  call.say(responseId, "item_1", 4000, "one two three four five six seven eight");
  call.finish(responseId);
  call.interruptAt(2000);
  call.callerStops();
  call.input({ type: "callerText", itemId: "user_2", text: "Stop.", final: true });
  call.speak("item_2", 400, "Yes?");
  call.advance(1000);
  const [cut] = requests(call);
  assert.deepEqual(cut, {
    type: "replace",
    itemId: "item_1",
    role: "agent",
    text: "one two three four …",
  });
  assert.equal(call.script[1], "agent: one two three four /");
});

Deno.test("all that a call has by then is replaced when it is old enough, but for the latest turns", () => {
  const call = new CallDriver({ compaction }).live();
  converse(call, 1, 2, 3, 4, 5, 6);
  call.advance(40_000 - call.now);
  assert.deepEqual(replacements(call), []);
  call.advance(60_000 - call.now);
  assert.deepEqual(replacements(call), [], "it waits for an event of the call");
  converse(call, 7);
  const first = replacements(call);
  assert.deepEqual(first, ["user_1"]);
  confirm(call, "user_1");
  assert.deepEqual(replacements(call), [
    ...["item_1", "user_2", "item_2", "user_3", "item_3", "user_4", "item_4"],
    ...["user_5", "item_5", "user_6", "item_6", "item_7"],
  ]);
});

Deno.test("nothing is replaced while the agent speaks, thinks, works or was just interrupted", () => {
  for (
    const [what, begin] of [
      ["speaks", (call: CallDriver) => void call.speak("next", 60_000, "long")],
      ["thinks", (call: CallDriver) => void call.begin()],
      ["is asked", (call: CallDriver) => call.input({ type: "sayAsked", text: "Hello" })],
      ["works", (call: CallDriver) => void call.call("find")],
      ["has its turn", (call: CallDriver) => {
        call.callerStarts();
        call.callerStops();
      }],
      [
        "is to end",
        (call: CallDriver) =>
          call.input({ type: "endAsked", end: { reason: "operator_hung_up" }, goodbye: "Bye." }),
      ],
      [
        "has no model",
        (call: CallDriver) =>
          call.input({ type: "modelLost", loss: { code: "network", retry: "backoff" } }),
      ],
      ["has no caller", (call: CallDriver) => call.lose()],
    ] as const
  ) {
    const call = new CallDriver({ compaction: { afterMs: 20_000, audioTurns: 0 } }).live();
    converse(call, 1);
    begin(call);
    call.advance(20_000 - call.now + 1);
    call.input({ type: "tick" });
    assert.deepEqual(replacements(call), [], what);
  }
});

Deno.test("a browser has said where the agent fell silent before its words take the place of its sound", () => {
  const call = oldCall({ reports: "positions" });
  call.callerSays("Hello?");
  call.speak("item_1", 4000, "one two three four five six seven eight");
  call.advance(2000);
  call.take();
  const commands = call.machine.handle({ type: "speechStarted", itemId: "user_2" }, call.now);
  assert.deepEqual(commands.map(({ type }) => type), ["publish", "clear", "publish"]);
  call.advance(600);
  assert.deepEqual(replacements(call), ["item_1"]);
});

Deno.test("sound whose words are not known stays, and is not waited for without end", () => {
  const call = oldCall({ compaction: { ...compaction, audioTurns: 0 } });
  const late = unworded(call, 1);
  const failed = unworded(call, 2);
  call.input({ type: "callerTextFailed", itemId: failed });
  const noise = unworded(call, 3);
  call.input({ type: "callerText", itemId: noise, text: " ", final: true });
  unworded(call, 4);
  call.callerSays("Hello.");
  call.speak("mute", 500);
  call.advance(1000);
  const asked = replacements(call, true);
  assert.deepEqual(asked, ["item_1", "item_2", "item_3", "item_4", "user_5"]);
  call.input({ type: "callerText", itemId: late, text: "At last.", final: true });
  call.advance(1);
  assert.deepEqual(replacements(call, true), [late]);
  call.advance(70_000);
  call.input({ type: "tick" });
  call.input({ type: "callerText", itemId: "user_4", text: "Too late.", final: true });
  assert.deepEqual(replacements(call), []);
});

Deno.test("what the model has in words already stays as it is", () => {
  const call = oldCall({ fillerAfterMs: 1000, compaction: { ...compaction, audioTurns: 0 } });
  call.input({ type: "typed", text: "I write." });
  call.input({ type: "itemAdded", itemId: "typed_1", role: "user" });
  call.call("find");
  call.advance(1500);
  const aside = call.begin("filler", { aside: true });
  call.say(aside, "aside_1", 1000, "One moment.");
  call.finish(aside);
  call.advance(1500);
  call.toolReturns("find");
  call.input({ type: "itemAdded", itemId: "output", role: "tool", callId: "call_find" });
  const result = call.begin("tool_result");
  call.say(result, "item_1", 400, "Found.");
  call.finish(result);
  call.advance(1000);
  assert.deepEqual(replacements(call, true), ["item_1"]);
});

Deno.test("an item that the conversation does not have is left, and the next one is tried", () => {
  const call = oldCall();
  converse(call, 1, 2);
  assert.deepEqual(replacements(call), ["item_1"]);
  refuse(call, "item_1", "gone");
  assert.deepEqual(replacements(call), ["item_2"]);
  confirm(call, "item_2");
  assert.equal(call.events("compacted").length, 1);
  for (let count = 3; count < 20; count++) {
    converse(call, count);
    for (const itemId of replacements(call)) refuse(call, itemId, "gone");
  }
  converse(call, 20);
  assert.deepEqual(replacements(call), [], "a server that never has it is not asked for ever");
});

Deno.test("case 78: a model that cannot do this, or does not say, keeps the whole conversation as it was", () => {
  for (const kind of ["unsupported", "other", undefined] as const) {
    const call = oldCall();
    converse(call, 1);
    const [itemId = ""] = replacements(call);
    if (kind !== undefined) refuse(call, itemId, kind);
    else call.advance(11_000);
    converse(call, 2, 3, 4, 5, 6);
    assert.deepEqual(replacements(call), [], kind ?? "no answer");
    assert.equal(call.events("compacted").length, 0);
    assert.equal(call.end, undefined);
    // The next connection may be to another server.
    call.input({ type: "modelLost", loss: { code: "network", retry: "now" } });
    call.advance(500);
    call.ready();
    converse(call, 7);
    assert.deepEqual(replacements(call), ["item_7"]);
  }
});

Deno.test("a model that writes in place of speaking gets no more words in the place of sound", () => {
  const call = oldCall();
  converse(call, 1);
  assert.deepEqual(replacements(call, true), ["item_1"]);
  call.callerSays("And?");
  const written = call.begin();
  call.words(written, "written", "This is not spoken.");
  call.finish(written);
  call.advance(1500);
  converse(call, 3);
  assert.deepEqual(replacements(call), []);
});

Deno.test("after a change of the connection only its own items are replaced", () => {
  const call = oldCall();
  converse(call, 1);
  call.callerSays("Are you there?");
  assert.deepEqual(replacements(call), ["item_1"]);
  call.input({ type: "modelLost", loss: { code: "network", retry: "now" } });
  call.advance(500);
  call.ready();
  call.input({ type: "replaced", itemId: "item_1" });
  assert.equal(call.events("compacted").length, 0, "of the connection that is gone");
  const history = call.all("openModel").at(-1)?.history ?? [];
  assert.deepEqual(history.map((item) => item.type === "message" && item.text), [
    "Question 1.",
    "Answer 1.",
    "Are you there?",
  ]);
  call.speak("item_2", 500, "I am.");
  call.advance(1000);
  assert.deepEqual(replacements(call), ["item_2"]);
});

Deno.test("a call that is taken over goes on replacing what it hears from then on", () => {
  const resumed = {
    elapsedMs: 300_000,
    connectedMs: 299_000,
    turns: [{
      id: "old",
      role: "agent",
      position: 1,
      text: "Before.",
      final: true,
      interrupted: false,
      by: "voice",
      startedMs: 0,
    }],
    tools: [],
    usage: { ...NO_TOKENS, responses: 0 },
  } as const;
  const call = new CallDriver({ compaction, resumed }).live();
  converse(call, 1);
  assert.deepEqual(replacements(call), ["item_1"]);
});

Deno.test("what was replaced is on record with the length of its sound and of its words", () => {
  const call = oldCall({ compaction: { ...compaction, audioTurns: 0 } });
  converse(call, 1);
  replacements(call, true);
  assert.deepEqual(call.events("compacted"), [
    { type: "compacted", role: "caller", audioMs: 800, characters: "Question 1.".length },
    { type: "compacted", role: "agent", audioMs: 500, characters: "Answer 1.".length },
  ]);
});

Deno.test("without the setting the conversation stays as it is", () => {
  const call = new CallDriver().live();
  call.advance(3_000_000);
  converse(call, 1, 2, 3, 4, 5, 6);
  assert.deepEqual(replacements(call), []);
});

const NO_TOKENS = {
  inputText: 0,
  inputAudio: 0,
  cachedText: 0,
  cachedAudio: 0,
  outputText: 0,
  outputAudio: 0,
  transcriptionInput: 0,
  transcriptionOutput: 0,
  transcriptionSeconds: 0,
};

/** A call in which replacing has begun. */
function oldCall(options: ConstructorParameters<typeof CallDriver>[0] = {}): CallDriver {
  const call = new CallDriver({ compaction, idleMs: 10_000_000, ...options }).live();
  call.advance(60_000);
  return call;
}

function converse(call: CallDriver, ...numbers: readonly number[]): void {
  for (const number of numbers) {
    call.callerSays(`Question ${number}.`);
    call.speak(`item_${number}`, 500, `Answer ${number}.`);
    call.advance(1000);
  }
}

/** A turn whose transcription does not come. */
function unworded(call: CallDriver, number: number): string {
  call.callerStarts();
  call.advance(800);
  const itemId = call.callerStops();
  call.speak(`item_${number}`, 500, `Answer ${number}.`);
  call.advance(1000);
  return itemId;
}

function requests(call: CallDriver): readonly ModelRequest[] {
  return call.takeRequests().filter(({ type }) => type === "replace");
}

/** The items that are to be replaced; with `confirmed`, those that follow when they are, too. */
function replacements(call: CallDriver, confirmed = false): readonly string[] {
  const items = requests(call).flatMap((request) =>
    request.type === "replace" ? [request.itemId] : []
  );
  if (!confirmed || items.length === 0) return items;
  for (const itemId of items) confirm(call, itemId);
  return [...items, ...replacements(call, true)];
}

function confirm(call: CallDriver, itemId: string): void {
  call.input({ type: "replaced", itemId });
}

function refuse(call: CallDriver, itemId: string, kind: RefusalKind): void {
  const request = { type: "replace", itemId, role: "agent", text: "" } as const;
  call.input({ type: "requestRefused", request, kind, code: "no" });
}
