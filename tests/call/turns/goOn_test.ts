import assert from "node:assert/strict";
import { isGoOn } from "../../../src/call/heard/goOnWords.ts";
import { noUsage } from "../../../src/services/store.ts";
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
