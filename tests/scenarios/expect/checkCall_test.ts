import assert from "node:assert/strict";
import type { CallEvidence, RecordedCall } from "../../../src/scenarios/callEvidence.ts";
import type { HeardLine } from "../../../src/scenarios/ear/heardLines.ts";
import { checkCall } from "../../../src/scenarios/expect/checkCall.ts";
import type { Expectation } from "../../../src/scenarios/scenario.ts";

Deno.test("what was heard counts to its last word, and what was cut off does not", async () => {
  const evidence = call({ lines: [line("a", 400, "It costs forty dollars."), cutLine] });
  assert.deepEqual(
    await states(evidence, [
      { type: "heard", text: "forty dollars" },
      { type: "heard", text: "forty dollars", withinMs: 1000 },
      { type: "heard", text: "shall I" },
      { type: "neverHeard", text: "Shall I" },
      { type: "neverHeard", text: "costs" },
      { type: "heard", text: "thirty" },
    ]),
    [
      "held: heard at 1.60 s",
      "failed: heard at 1.60 s",
      "failed: it was cut off before its end",
      "held: not heard",
      "failed: heard at 0.70 s",
      "failed: it was not said",
    ],
  );
});

Deno.test("words are heard after others, the caller's or the agent's, and in time since them", async () => {
  const span = (fromMs: number, toMs: number, words: string) => ({
    ...{ fromMs, toMs, words, cutsIn: false, asks: true },
  });
  const evidence = call({
    lines: [line("a", 400, "It costs forty dollars."), line("b", 5000, "Forty dollars.")],
    said: [span(2000, 3500, "What does it cost, again?"), span(7000, 8000, "Thanks.")],
  });
  const heard = (more: { readonly withinMs?: number; readonly after: string }): Expectation => ({
    ...{ type: "heard", text: "forty dollars" },
    ...more,
  });
  assert.deepEqual(
    await states(evidence, [
      heard({ after: "cost again", withinMs: 2100 }),
      heard({ after: "cost again", withinMs: 2000 }),
      heard({ after: "It costs" }),
      heard({ after: "thanks" }),
      heard({ after: "goodbye" }),
    ]),
    [
      "held: heard at 5.60 s, 2.10 s after it",
      "failed: heard at 5.60 s, 2.10 s after it",
      "held: heard at 1.60 s, 0.60 s after it",
      "failed: heard only before, at 1.60 s",
      'failed: "goodbye" was never said',
    ],
  );
});

Deno.test("what follows a cut does not go on what was cut", async () => {
  const evidence = call({ lines: [cutLine, line("c", 4000, "Like it.")] });
  assert.deepEqual(
    await states(evidence, [
      { type: "neverHeard", text: "would you like" },
      { type: "heard", text: "would you like it" },
    ]),
    ["held: not heard", "failed: it was said, but not all of it was heard"],
  );
});

Deno.test("what can be read as two numbers or as one was heard as either, and is never unheard", async () => {
  const said = (text: string) => line("a", 400, text);
  const told = async (text: string, ...wanted: readonly string[]) =>
    await states(call({ lines: [said(text)] }), [
      ...wanted.map((text): Expectation => ({ type: "neverHeard", text })),
    ]);
  const failed = /^failed: heard at/;
  for (
    const verdict of [
      ...await told("It costs between one hundred and two hundred dollars.", ...AMOUNTS),
      ...await told(
        "Your code is twenty. One moment.",
        "code is twenty",
        "twenty one",
        "21 moment",
      ),
      ...await told("Three hundred and five dollars.", "305 dollars", "three hundred"),
    ]
  ) assert.match(verdict, failed);
  const evidence = call({ lines: [said("It costs one hundred. Five people are before you.")] });
  assert.deepEqual(
    await states(evidence, [
      { type: "heard", text: "one hundred" },
      { type: "heard", text: "105" },
    ]),
    ["held: heard at 1.60 s", "failed: it was not said"],
  );
  const lines = [said("Your code is twenty"), line("b", 3000, "five moments")];
  assert.deepEqual(await states(call({ lines }), [{ type: "heard", text: "25" }]), [
    "failed: it was not said",
  ]);
});

const AMOUNTS = ["one hundred", "$200"];

Deno.test("the end of a number is not heard as a number of its own, however the whole is written", async () => {
  const told = (text: string) =>
    states(call({ lines: [line("a", 400, text)] }), [{
      type: "neverHeard",
      text: "forty dollars",
    }]);
  assert.deepEqual(await told("It is two hundred and forty dollars."), ["held: not heard"]);
  assert.deepEqual(await told("It is $240."), ["held: not heard"]);
  assert.deepEqual(await told("One, forty dollars."), ["failed: heard at 0.70 s"]);
});

Deno.test("what begins within an amount, and is none itself, was said and is not heard as an amount", async () => {
  const told = async (said: string, text: string) =>
    await states(call({ lines: [line("a", 400, said)] }), [
      { type: "neverHeard", text },
      { type: "heard", text },
    ]);
  for (
    const [said, text] of [
      ["It costs a hundred dollars.", "hundred dollars"],
      ["It costs a thousand euros.", "thousand euros"],
      ["One hundred and five.", "and five"],
    ] as const
  ) {
    const [never, heard] = await told(said, text);
    assert.match(never ?? "", /^failed: heard at/, text);
    assert.equal(heard, "failed: it was not said", text);
  }
  assert.deepEqual(await told("One hundred and five.", "five"), [
    "held: not heard",
    "failed: it was not said",
  ]);
});

Deno.test("a record without texts tells nothing of words, heard or not", async () => {
  const bare = { ...line("a", 400, "..."), words: [] };
  const tools = [{ name: "book_slot", arguments: {}, startedMs: 500 }];
  const wanted: readonly Expectation[] = [
    { type: "heard", text: "forty dollars" },
    { type: "neverHeard", text: "forty dollars" },
    { type: "meant", meaning: "the price", not: false },
    { type: "tool", name: "book_slot", afterHeard: "forty dollars" },
  ];
  const found = await states(
    call({ wordsBy: "record", lines: [bare], record: { tools } }),
    wanted,
  );
  const untold = "skipped: the server's record has no words of what was heard";
  assert.deepEqual(found, [untold, untold, untold, untold]);
  const [heard] = await states(
    call({ wordsBy: "record", lines: [bare, line("b", 3000, "Goodbye.")], record: { tools } }),
    wanted,
  );
  assert.equal(heard, "failed: it was not said");
});

Deno.test("a call that is too long to be compared word by word is not told", async () => {
  const text = "word ".repeat(4001).trim();
  const evidence = call({
    wordsBy: "ear",
    lines: [line("a", 400, text)],
    record: { turns: [turn("a", 400, text)] },
  });
  assert.deepEqual(await states(evidence, [{ type: "recordIsHeard", withinMs: 150 }]), [
    "skipped: a call of more than 4000 words is too long to compare",
  ]);
});

Deno.test("times at the ear are held against their limits, the worst of each kind", async () => {
  const evidence = call({
    taking: {
      firstSoundMs: 700,
      answers: [{ atMs: 3000, afterMs: 900 }, { atMs: 8000, afterMs: 1400 }],
      unanswered: [{ fromMs: 8500, toMs: 9700, waitedMs: 1200 }],
      cuts: [{ atMs: 5000, afterMs: 250, isSpokenOver: false }],
      silences: [{ fromMs: 0, toMs: 700 }, { fromMs: 6600, toMs: 8000 }],
    },
  });
  const limits = (ms: number): readonly Expectation[] => [
    { type: "firstSoundWithin", ms },
    { type: "answersWithin", ms },
    { type: "cutWithin", ms },
    { type: "deadAirUnder", ms },
  ];
  assert.deepEqual(await states(evidence, limits(1500)), [
    "held: at 0.70 s",
    "held: the slowest of 2 after 1.40 s",
    "held: after 0.25 s",
    "held: the longest is 1.40 s",
  ]);
  const failed = await states(evidence, limits(200));
  assert.ok(failed.every((text) => text.startsWith("failed")), failed.join("\n"));
  const over = { atMs: 5000, afterMs: 90, isSpokenOver: true };
  const spokenOver = call({ taking: { ...evidence.taking, cuts: [over] } });
  assert.deepEqual(await states(spokenOver, [{ type: "cutWithin", ms: 500 }]), [
    "failed: the agent went on while the caller spoke",
  ]);
});

Deno.test("a line without an answer fails where there was time for one", async () => {
  const told = async (ms: number, answers: CallEvidence["taking"]["answers"]) => {
    const unanswered = [{ fromMs: 4000, toMs: 6500, waitedMs: 2000 }];
    const evidence = call({ taking: { answers, unanswered, cuts: [], silences: [] } });
    return (await states(evidence, [{ type: "answersWithin", ms }]))[0];
  };
  assert.equal(await told(1500, []), "failed: a line had no answer for 2.00 s");
  assert.equal(
    await told(1500, [{ atMs: 3000, afterMs: 900 }]),
    "failed: a line had no answer for 2.00 s",
  );
  assert.equal(await told(2500, []), "skipped: the agent answered nothing");
  assert.equal(
    await told(2500, [{ atMs: 3000, afterMs: 900 }]),
    "held: the slowest of 1 after 0.90 s",
  );
});

Deno.test("tools are held against name, arguments, number, and what was heard before", async () => {
  const tools = [
    { name: "find_slots", arguments: { service: "haircut", on: "Tuesday" }, startedMs: 500 },
    { name: "book_slot", arguments: { slot: "s1" }, startedMs: 2500 },
    { name: "book_slot", arguments: { slot: "s1" }, startedMs: 3000 },
  ];
  const evidence = call({ lines: [line("a", 400, "It costs forty dollars.")], record: { tools } });
  const tool = (more: Partial<Extract<Expectation, { type: "tool" }>>): Expectation => ({
    ...{ type: "tool", name: "book_slot" },
    ...more,
  });
  assert.deepEqual(
    await states(evidence, [
      tool({ name: "find_slots", with: { service: "haircut" }, times: 1 }),
      tool({ with: { slot: "s2" } }),
      tool({ times: 1 }),
      tool({ name: "end_call", times: 0 }),
      tool({ afterHeard: "forty dollars" }),
      tool({ name: "find_slots", afterHeard: "forty dollars" }),
    ]),
    [
      "held: at 0.50 s",
      'failed: called with {"slot":"s1"}',
      "failed: 2 such calls of 2",
      "held: not called",
      "held: called 2 times, first at 2.50 s, heard by 1.60 s",
      "failed: called at 0.50 s, heard by 1.60 s",
    ],
  );
});

Deno.test("a tool that the server refused was not carried out, and one that failed was", async () => {
  const refused = (code: string) => ({
    ...{ name: "book_slot", arguments: { slot: "s1" }, startedMs: 500, ok: false },
    output: JSON.stringify({ error: "Not so.", code }),
  });
  const asked = { ...refused(""), output: '{"status":"confirmation_asked"}' };
  const done = { ...refused(""), startedMs: 2500, ok: true, output: "Booked." };
  const tool = (more: Partial<Extract<Expectation, { type: "tool" }>>): Expectation => ({
    ...{ type: "tool", name: "book_slot" },
    ...more,
  });
  const lines = [line("a", 400, "It costs forty dollars.")];
  const wanted = [tool({}), tool({ times: 1 }), tool({ times: 0 })];
  assert.deepEqual(
    await states(call({ lines, record: { tools: [refused("invalid_arguments")] } }), wanted),
    [
      'failed: called, but refused: {"error":"Not so.","code":"invalid_arguments"}',
      "failed: 0 such calls of 1, 1 called, but refused",
      "failed: 1 such calls of 1",
    ],
  );
  const one = async (tool: typeof asked) =>
    (await states(call({ lines, record: { tools: [tool] } }), wanted.slice(0, 1)))[0];
  assert.match(await one(refused("not_in_scenario")) ?? "", /^failed: called, but refused/);
  const own = { ...refused(""), output: '{"status":"declined"}' };
  for (const tool of [refused("failed"), refused("no_answer"), own]) {
    assert.equal(await one(tool), "held: at 0.50 s");
  }
  assert.deepEqual(
    await states(call({ lines, record: { tools: [asked, done, { ...done, startedMs: 4000 }] } }), [
      tool({ afterHeard: "forty dollars", times: 2 }),
      tool({ times: 0, with: { slot: "s2" } }),
    ]),
    [
      "held: called 2 times, first at 2.50 s, heard by 1.60 s",
      "held: called, but not so, 3 times",
    ],
  );
  const early = { ...done, startedMs: 500 };
  assert.deepEqual(
    await states(call({ lines, record: { tools: [early, done] } }), [
      tool({ afterHeard: "forty dollars" }),
    ]),
    ["failed: called 2 times, first at 0.50 s, heard by 1.60 s"],
  );
});

Deno.test("the record must say what was heard: the same words, no more and no less, at the same times", async () => {
  const lines = [line("a", 400, "It costs forty dollars."), cutLine];
  const turns = [
    { ...turn("a", 300, "It costs forty dollars."), endedMs: 1500 },
    { ...turn("b", 1900, "Would you"), endedMs: 2500, interrupted: true },
  ];
  const records: readonly (readonly [Partial<RecordedCall>, string])[] = [
    [{ turns }, "held: 2 lines of the agent's"],
    [{ turns: [turns[0]!] }, 'failed: it lacks "Would you"'],
    [
      { turns: [{ ...turns[0]!, text: "It costs fifty dollars." }, turns[1]!] },
      'failed: it has "It costs fifty dollars.", heard was "It costs forty dollars."',
    ],
    [
      { turns: [turns[0]!, { ...turns[1]!, text: "Would you like another? Shall I book" }] },
      'failed: it has "Would you like another? Shall I book", heard was "Would you"',
    ],
    [{ turns: [turns[0]!, { ...turns[1]!, endedMs: 2900 }] }, "failed: its cut is 0.40 s off"],
    [
      { turns: [...turns, turn("c", 4000, "Goodbye.")] },
      'failed: it has "Goodbye.", of which nothing was heard',
    ],
  ];
  for (const [record, expected] of records) {
    const evidence = call({ lines, record });
    assert.deepEqual(await states(evidence, [{ type: "recordIsHeard", withinMs: 150 }]), [
      expected,
    ]);
  }
});

Deno.test("a cut within a number is as any other, and numbers may be written in two ways", async () => {
  const told = async (heard: string, unheard: string, text: string, interrupted = true) => {
    const lines = [{ ...line("a", 400, heard), unheard }];
    const turns = [{ ...turn("a", 400, text), endedMs: lines[0]!.toMs, interrupted }];
    const check: readonly Expectation[] = [{ type: "recordIsHeard", withinMs: 150 }];
    return (await states(call({ lines, record: { turns } }), check))[0]?.split(":")[0];
  };
  assert.equal(await told("It costs forty two", "dollars.", "It costs forty"), "held");
  assert.equal(await told("It costs forty", "two dollars.", "It costs forty two"), "held");
  assert.equal(await told("It costs forty two", "dollars.", "It costs 42"), "held");
  assert.equal(await told("It costs forty two", "dollars.", "It costs fifty"), "failed");
  assert.equal(await told("It costs forty two", "", "It costs forty", false), "failed");
});

Deno.test("a sentence that was kept from another call is the turn with its words", async () => {
  const lines = [line("of another call", 400, "Good day to you."), cutLine];
  const turns = [
    { ...turn("kept", 100, "Good day to you."), endedMs: 1300 },
    { ...turn("b", 1700, "Would you"), endedMs: 2300, interrupted: true },
  ];
  const check: readonly Expectation[] = [{ type: "recordIsHeard", withinMs: 150 }];
  assert.deepEqual(await states(call({ lines, record: { turns } }), check), [
    "held: 2 lines of the agent's",
  ]);
  const other = { ...turns[0]!, text: "Good night to you." };
  assert.deepEqual(await states(call({ lines, record: { turns: [other, turns[1]!] } }), check), [
    'failed: it lacks "Good day to you."',
  ]);
});

Deno.test("end, outcome, transfer, analysis and cost are those of the record; a meaning needs a judge", async () => {
  const evidence = call({
    missed: [{ what: 'never heard "Hello"', atMs: 900 }],
    record: {
      end: { reason: "agent_hung_up" },
      outcome: "human",
      costUsd: 0.04,
      transfers: [{ alias: "sales", step: "connected", isConnected: true }],
      analysis: { topic: "refund", urgent: true },
    },
  });
  const expectations: readonly Expectation[] = [
    { type: "ended", because: ["caller_hung_up", "agent_hung_up"] },
    { type: "outcome", outcome: "human" },
    { type: "answeredBy", who: "machine" },
    { type: "transferredTo", target: "sales" },
    { type: "transferredTo", target: "support" },
    { type: "analysis", fields: { topic: "refund" } },
    { type: "costUnder", usd: 0.03 },
    { type: "meant", meaning: "the price", not: false },
  ];
  assert.deepEqual(await states(evidence, expectations), [
    'failed: never heard "Hello"',
    "held: agent_hung_up",
    "held: human",
    "failed: none",
    "held: it came to: connected",
    "failed: no such transfer",
    'held: {"topic":"refund","urgent":true}',
    "failed: $0.0400",
    "skipped: there is no judge without a key",
  ]);
});

Deno.test("an analysis that is still to come is not told, one that has failed fails", async () => {
  const check: readonly Expectation[] = [{ type: "analysis", fields: { topic: "refund" } }];
  const ofRecord = (record: NonNullable<Parameters<typeof call>[0]["record"]>) =>
    states(call({ record }), check);
  assert.deepEqual(await ofRecord({ analysisState: "pending" }), [
    "skipped: the text model has not answered in time",
  ]);
  assert.deepEqual(await ofRecord({ analysisState: "failed" }), ["failed: its state is failed"]);
  assert.deepEqual(await ofRecord({}), ["failed: there is none"]);
});

const cutLine: HeardLine = {
  ...line("b", 2000, "Would you"),
  toMs: 2600,
  wholeMs: 3000,
  unheard: "like another? Shall I book it?",
};

/** A line whose words take 300 ms each. */
function line(itemId: string, fromMs: number, text: string): HeardLine {
  const words = text.split(" ").map((text, index) => ({
    text,
    fromMs: fromMs + index * 300,
    toMs: fromMs + (index + 1) * 300,
  }));
  const heardMs = words.length * 300;
  return { itemId, fromMs, toMs: fromMs + heardMs, heardMs, wholeMs: heardMs, words, unheard: "" };
}

function turn(id: string, startedMs: number, text: string) {
  return { id, role: "agent", text, interrupted: false, startedMs } as const;
}

function call(
  { record, ...more }: Partial<Omit<CallEvidence, "record">> & {
    readonly record?: Partial<RecordedCall>;
  },
): CallEvidence {
  return {
    lines: [],
    taking: { answers: [], unanswered: [], cuts: [], silences: [] },
    missed: [],
    endMs: 10_000,
    wordsBy: "model",
    lineWandersMs: 0,
    ...more,
    ...(record !== undefined && {
      record: { id: "call_1", turns: [], tools: [], transfers: [], ...record },
    }),
  };
}

async function states(evidence: CallEvidence, expectations: readonly Expectation[]) {
  const verdicts = await checkCall(expectations, evidence, undefined);
  return verdicts.map(({ state, found }) => `${state}: ${found}`);
}
