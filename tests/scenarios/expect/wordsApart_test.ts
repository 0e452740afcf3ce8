import assert from "node:assert/strict";
import type { RecordedTurn } from "../../../src/scenarios/callEvidence.ts";
import { wordsApart } from "../../../src/scenarios/expect/wordsApart.ts";

const TOLD =
  "Good morning, this is Doctor Miller's office, on 42 Oak Street. A first appointment costs forty dollars, and the " +
  "phone number is 2 0 2, 5 5 5, 0 1 0 0. Is there anything else?";

const CASES: readonly (readonly [string, string, RegExp | undefined])[] = [
  ["the same", TOLD, undefined],
  [
    "numbers, written otherwise",
    TOLD.replace("forty dollars", "$40").replace("2 0 2, 5 5 5, 0 1 0 0", "202-555-0100"),
    undefined,
  ],
  [
    "misheard names",
    TOLD.replace("Doctor Miller's", "Dr. Mueller").replace("Oak", "Oakes"),
    undefined,
  ],
  [
    "a sentence that the record alone has",
    TOLD.replace("Is there anything else?", ""),
    /^it has "is there anything else", which was not heard$/,
  ],
  [
    "a sentence that was heard alone",
    `${TOLD.replace("A first", "We are closed today. A first")}`,
    /^it lacks "we are closed today"$/,
  ],
  [
    "a lost sentence with words of its neighbours",
    TOLD.replace("A first", "This is a test. A first"),
    /^it (lacks|has) .*test/,
  ],
  [
    "another sentence",
    TOLD.replace("A first appointment costs forty dollars", "Nobody knows how much we charge"),
    /^it has .*appointment.*heard was/,
  ],
  [
    "too many misheard words",
    "Good morning, it was Doctor Miller's orifice, at 42 Oak Tree. A first apartment costs forty colours, and the " +
    "fun number is 2 0 2, 5 5 5, 0 1 0 0. Is there nothing else?",
    /^\d+ of 27 words differ from what was heard$/,
  ],
  ["nothing heard", "", /^it has .* which was not heard$/],
];

for (const [what, heard, found] of CASES) {
  Deno.test(`a record beside what was written down: ${what}`, () => {
    const apart = wordsApart([turn(TOLD)], { lines: [line(heard)] });
    if (found === undefined) assert.equal(apart, undefined);
    else assert.match(foundOf(apart) ?? "no difference", found);
  });
}

Deno.test("more may be missing where the caller broke in", () => {
  const told = "Of course. We have the following";
  const heard = "Of course. We have the following times this week.";
  const apart = (interrupted: boolean) =>
    wordsApart([{ ...turn(told), interrupted }], { lines: [line(heard)] });
  assert.equal(apart(true), undefined);
  assert.equal(foundOf(apart(false)), 'it lacks "times this week"');
});

Deno.test("amounts that differ by their decimal point are not the same", () => {
  for (
    const [told, heard] of [
      ["3.5 percent", "35 percent"],
      ["It is $12.50", "It is 1250 dollars"],
      ["It is $12.50", "It is 125 dollars"],
    ] as const
  ) {
    const amounts = (text: string) => `${text}. `.repeat(5);
    const apart = wordsApart([turn(amounts(told))], { lines: [line(amounts(heard))] });
    assert.match(foundOf(apart) ?? "no difference", /words differ/, told);
  }
  const written = wordsApart([turn("202.555.0100, or 1 2 3")], {
    lines: [line("202 555 0100, or 123")],
  });
  assert.equal(written, undefined);
});

function foundOf(apart: ReturnType<typeof wordsApart>): string | undefined {
  return apart && ("found" in apart ? apart.found : apart.untold);
}

function turn(text: string): RecordedTurn {
  return { id: "t1", role: "agent", text, interrupted: false, startedMs: 0 };
}

function line(text: string) {
  const words = text.split(" ").map((text) => ({ text, fromMs: 0, toMs: 100 }));
  return { fromMs: 0, toMs: 100, heardMs: 100, wholeMs: 100, words, unheard: "" };
}
