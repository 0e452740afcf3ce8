import assert from "node:assert/strict";
import { brokenOff } from "../../../src/call/brokenOff.ts";
import type { TranscriptTurn } from "../../../src/call/callEvent.ts";
import { isGoOn } from "../../../src/call/heard/goOnWords.ts";
import { noUsage } from "../../../src/services/store.ts";
import { present } from "../../../src/utils/present.ts";
import { CallDriver, type CallDriverOptions } from "../../support/call/callDriver.ts";

const SENTENCE = "one two three four five six seven eight nine ten eleven twelve";

/** What the model is asked to say word for word, latest last. */
function exactWords(call: CallDriver): readonly string[] {
  return call.takeRequests().flatMap((one) => {
    const instructions = one.type === "respond" ? one.request.instructions ?? "" : "";
    const words = /nothing else: "(.*)"$/s.exec(instructions)?.[1];
    return words === undefined ? [] : [words];
  });
}

function cutOff(options: CallDriverOptions, atMs: number): CallDriver {
  const call = new CallDriver({ ...options, languages: ["en"] }).live();
  call.speak("numbers", 6000, SENTENCE);
  call.interruptAt(atMs);
  return call;
}

Deno.test("a caller who says go on hears the first word that they have not heard, whatever was cut off", () => {
  for (const atMs of [1000, 2200, 3100, 4700]) {
    for (const modelResponds of [true, false]) {
      const call = cutOff({ modelResponds }, atMs);
      call.advance(500);
      const itemId = call.callerStops();
      call.take();
      call.input({ type: "callerText", itemId, text: "Sorry, go on.", final: true });
      const own = call.begin(modelResponds ? undefined : "reply");
      call.finish(own, "cancelled");
      const [rest] = exactWords(call);
      const turn = call.transcript.find(({ id }) => id === "numbers");
      assert.equal(turn?.unheard, rest);
      assert.equal(`${turn?.text} ${rest}`, SENTENCE, "no word is left out, and none said twice");
      assert.notEqual(turn?.text, "");
    }
  }
});

Deno.test("a model that was cut off before it had said all says the rest, and what was to come", () => {
  const words = "The blue room has a view of the lake, and it is";
  for (const modelResponds of [true, false]) {
    const call = new CallDriver({ modelResponds, languages: ["en"] }).live();
    const responseId = call.begin();
    call.input({ type: "itemAdded", itemId: "rooms", role: "agent" });
    call.words(responseId, "rooms", words);
    call.sound(responseId, "rooms", 6000);
    call.interruptAt(2500);
    call.finish(responseId, "cancelled");
    call.advance(500);
    const itemId = call.callerStops();
    call.take();
    call.input({ type: "callerText", itemId, text: "Go on.", final: true });
    const own = call.begin(modelResponds ? undefined : "reply");
    call.finish(own, "cancelled");
    const asked = call.takeRequests().flatMap((one) =>
      one.type === "respond" ? one.request.instructions ?? "" : []
    );
    const turn = call.transcript.find(({ id }) => id === "rooms");
    assert.ok(turn?.unheard?.endsWith("and it is") === true);
    assert.equal(`${turn.text} ${turn.unheard}`, words);
    assert.ok(
      asked.join().endsWith(`finish what you were about to say: "${turn.unheard}"`),
      asked.join(),
    );
  }
});

Deno.test("an answer of the model's that has begun to sound is let be", () => {
  const call = cutOff({}, 2200);
  call.advance(500);
  const itemId = call.callerStops();
  const own = call.begin();
  call.say(own, "own", 2000, "four five six");
  call.take();
  call.input({ type: "callerText", itemId, text: "Go on", final: true });
  assert.deepEqual(call.takeRequests(), []);
});

Deno.test("whoever asks for something else, or was told the rest already, is answered as usual", () => {
  const other = cutOff({}, 2200);
  other.advance(500);
  const itemId = other.callerStops();
  other.take();
  other.input({ type: "callerText", itemId, text: "Go on with the blue one", final: true });
  assert.deepEqual(exactWords(other), []);

  const told = cutOff({}, 2200);
  told.advance(500);
  told.callerStops();
  told.speak("answer", 1000, "Yes?");
  told.advance(1500);
  told.take();
  told.callerSays("Continue.");
  assert.deepEqual(exactWords(told), []);
});

Deno.test("a session that takes over goes on at the first word that was not heard", () => {
  const call = new CallDriver({
    resumed: {
      elapsedMs: 20_000,
      connectedMs: 20_000,
      turns: [{
        id: "before",
        role: "agent",
        position: 1,
        text: "one two three",
        unheard: "four five six",
        final: true,
        interrupted: true,
        by: "voice",
        startedMs: 1000,
        endedMs: 3000,
      }],
      tools: [],
      usage: noUsage,
    },
  });
  call.connect();
  assert.deepEqual(exactWords(call), ["four five six"]);
});

Deno.test("a session that takes over while the model was still speaking has it finish that, also when asked to go on", () => {
  for (const isComplete of [true, false]) {
    const before = new CallDriver().live();
    const words = "The blue room has a view of the lake, and it is";
    if (isComplete) before.speak("rooms", 6000, words);
    else {
      const responseId = before.begin();
      before.input({ type: "itemAdded", itemId: "rooms", role: "agent" });
      before.words(responseId, "rooms", words);
      before.sound(responseId, "rooms", 6000);
    }
    before.advance(2500);
    before.input({ type: "handoverAsked", withinMs: 500 });
    before.advance(600);
    assert.deepEqual(before.end, { reason: "handed_over" });
    const [turn] = before.transcript;
    assert.ok(turn?.final && turn.unheard?.endsWith("and it is"));
    const resumed = {
      elapsedMs: 20_000,
      connectedMs: 20_000,
      turns: [turn],
      tools: [],
      usage: noUsage,
    };
    const call = new CallDriver({ resumed }).connect();
    const asked = call.takeRequests().flatMap((one) =>
      one.type === "respond" ? one.request.instructions ?? "" : []
    );
    assert.match(
      asked.join(),
      isComplete ? /nothing else: ".*and it is"$/ : /finish what you were about to say: ".*it is"$/,
    );
    const silenced = call.begin();
    const itemId = call.callerStarts();
    call.finish(silenced, "cancelled", { callerSpoke: true });
    call.callerStops();
    call.take();
    call.input({ type: "callerText", itemId, text: "Go on.", final: true });
    call.finish(call.begin(), "cancelled");
    const again = call.takeRequests().flatMap((one) =>
      one.type === "respond" ? one.request.instructions ?? "" : []
    );
    assert.match(
      again.join(),
      isComplete ? /nothing else: ".*and it is"$/ : /finish what you were about to say: ".*it is"$/,
    );
  }
});

const LAKE = "The blue room has a view of the lake. ";
const HILLS = "The green room looks out on the hills. ";
const GATE = "The white room is above the gate.";

/** A call whose process died, with one line of the agent's that was not final. */
function afterCrash(
  line: Partial<TranscriptTurn>,
  greeting: string | undefined = undefined,
): CallDriver {
  const turn = {
    id: "before",
    role: "agent",
    position: 1,
    text: LAKE + HILLS + GATE,
    final: false,
    interrupted: false,
    by: "voice",
    startedMs: 15_000,
    ...line,
  } as const;
  const call = new CallDriver({
    ...present({ greeting }),
    resumed: {
      elapsedMs: 20_000,
      connectedMs: 20_000,
      turns: [brokenOff(turn)],
      tools: [],
      usage: noUsage,
    },
  });
  call.connect();
  return call;
}

Deno.test("what was heard is shown sentence by sentence, and never before it was", () => {
  for (const reports of ["marks", "positions"] as const) {
    const call = new CallDriver({ reports }).live();
    const text = LAKE + HILLS + GATE;
    call.speak("rooms", 6000, text);
    const seen = new Set<number>();
    for (let ms = 100; ms < 6000; ms += 100) {
      call.advance(100);
      const { heardCharacters = 0, final } = call.transcript.at(-1)!;
      if (final) break;
      seen.add(heardCharacters);
      assert.ok(heardCharacters <= text.length * ms / 6000, `${heardCharacters} at ${ms} ms`);
    }
    assert.deepEqual([...seen], [0, LAKE.length, (LAKE + HILLS).length]);
    // The beginning, the whole text, and one for each sentence but the last.
    assert.ok(call.events("turn").length <= 5);
  }
});

Deno.test("after a crash in the middle of a line it goes on at the sentence that was not heard to its end", () => {
  const call = afterCrash({ heardCharacters: LAKE.length });
  assert.deepEqual(exactWords(call), [HILLS + GATE]);
  const [turn] = call.transcript;
  assert.deepEqual([turn?.text, turn?.unheard], [LAKE.trim(), HILLS + GATE]);
  assert.equal(turn?.final && turn.interrupted, true);
});

Deno.test("a greeting of which no sentence was heard begins anew, another line is said whole", () => {
  const greeted = afterCrash({ text: "Good day. What can I do?", heardCharacters: 0 }, "Good day.");
  assert.deepEqual(exactWords(greeted), ["Good day."]);
  const other = afterCrash({ heardCharacters: 0 });
  assert.deepEqual(exactWords(other), [LAKE + HILLS + GATE]);
});

Deno.test("words that the model had not finished are followed by the rest of its own", () => {
  const call = afterCrash({
    text: `${LAKE}${HILLS}The white room is`,
    heardCharacters: LAKE.length,
  });
  const [request] = call.takeRequests().flatMap((one) => one.type === "respond" ? one.request : []);
  assert.equal(request?.purpose, "reply");
  assert.match(
    request?.instructions ?? "",
    /Begin with exactly these words.*"The green room .* is"$/,
  );
});

Deno.test("words that ask to go on are known in several languages, and nothing else is taken for them", () => {
  for (
    const text of [
      "Go on.",
      "please continue",
      "Yes, go ahead",
      "What were you saying?",
      "Keep going",
    ]
  ) assert.ok(isGoOn(text, ["en"]), text);
  for (
    const [text, language] of [
      ["Machen Sie bitte weiter", "de"],
      ["Siga, por favor", "es"],
      ["Continuez, s'il vous plaît", "fr"],
      ["Proszę kontynuować", "pl"],
    ] as const
  ) assert.ok(isGoOn(text, [language]), text);
  for (const text of ["", "Yes", "Go on Friday", "I want to continue my subscription", "Stop"]) {
    assert.ok(!isGoOn(text, ["en"]), text);
  }
});
