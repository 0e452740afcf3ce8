import assert from "node:assert/strict";
import type { RecordedCall, RecordedTurn } from "../../../src/scenarios/callEvidence.ts";
import { callDifference } from "../../../src/scenarios/recorded/callDifference.ts";
import { changesOf, likenessOf } from "../../../src/scenarios/recorded/differenceWords.ts";

Deno.test("two calls stand side by side by what the caller said, whatever is missing or new", () => {
  const then = call(["a: Good day.", "c: I would like a haircut.", "a: Gladly, when?"]);
  const { exchanges } = callDifference(
    { ...then, turns: [...then.turns, ...turns(["c: Tuesday at ten.", "a: Fine.", "c: Bye."])] },
    call([
      "a: good day",
      "c: Hello?",
      "a: Hello.",
      "c: I would like a hair cut.",
      "a: Gladly. When?",
      "c: (0.4 seconds of speech)",
      "a: Goodbye.",
    ]),
  );
  assert.deepEqual(exchanges, [
    { then: "Good day.", now: "good day", isSame: true },
    { caller: "Hello?", then: "", now: "Hello.", isSame: false },
    {
      ...{ caller: "I would like a haircut.", then: "Gladly, when?", now: "Gladly. When?" },
      isSame: true,
    },
    { caller: "Tuesday at ten.", then: "Fine.", now: "Goodbye.", isSame: false },
    { caller: "Bye.", then: "", now: "", isSame: true },
  ]);
});

Deno.test("an answer that was cut off may end at another word, and not much earlier", () => {
  const cut = (text: string): RecordedCall => {
    const [turn] = turns([`a: ${text}`]);
    return { ...call([]), turns: turn === undefined ? [] : [{ ...turn, interrupted: true }] };
  };
  const isSame = (then: RecordedCall, now: RecordedCall) =>
    callDifference(then, now).exchanges[0]?.isSame;
  const five = "We are open from nine";
  assert.equal(isSame(cut(five), cut(`${five} to`)), true);
  assert.equal(isSame(cut(five), cut("We are")), false);
  assert.equal(isSame(call([`a: ${five}`]), call([`a: ${five} to`])), false);
});

Deno.test("what has changed is told in words: end, tools, answers, times and cost", () => {
  const tool = (name: string, more: object) => ({ name, arguments: more, startedMs: 0 });
  const difference = callDifference(
    call(["a: Good day.", "c: Bye.", "a: Goodbye."], {
      end: { reason: "agent_hung_up" },
      tools: [tool("find", { day: 1, hour: 2 }), tool("find", { day: 2 }), tool("book", {})],
      latenciesMs: [700, 800, 900],
      costUsd: 0.1,
    }),
    call(["a: Good day.", "c: Bye.", "a: So long."], {
      end: { reason: "idle" },
      tools: [tool("find", { hour: 2, day: 1 }), tool("find", { day: 3 }), tool("end_call", {})],
      latenciesMs: [1500],
      costUsd: 0.2,
    }),
  );
  assert.deepEqual(changesOf(difference), [
    "it ended by agent_hung_up, now idle",
    'find was called with {"day":2}, now {"day":3}',
    "book is not called any more ({})",
    "end_call is called, which was not ({})",
    'after "Bye." the agent said "Goodbye.", now "So long."',
    "answers came after 0.80 s, now 1.50 s",
    "it cost $0.100, now $0.200",
  ]);
  assert.equal(likenessOf(difference), "as then: 1 of 2 answers in words, 1 of 4 tool calls");
});

function call(lines: readonly string[], more: Partial<RecordedCall> = {}): RecordedCall {
  return { id: "call_1", turns: turns(lines), tools: [], transfers: [], ...more };
}

function turns(lines: readonly string[]): readonly RecordedTurn[] {
  return lines.map((line, index): RecordedTurn => ({
    id: String(index),
    role: line.startsWith("a: ") ? "agent" : "caller",
    text: line.slice(3),
    startedMs: index * 1000,
    endedMs: index * 1000 + 900,
    interrupted: false,
  }));
}
