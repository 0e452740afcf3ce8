import assert from "node:assert/strict";
import type { TranscriptTurn } from "../../../src/call/callEvent.ts";
import { heardSentences, unheardSentences } from "../../../src/services/records/heardSentences.ts";
import { promisesOf } from "../../../src/services/records/promises.ts";

function turn(text: string, changes: Partial<TranscriptTurn> = {}): TranscriptTurn {
  return {
    ...{ id: "t", role: "agent", position: 1, text, final: true, interrupted: false, by: "voice" },
    ...{ startedMs: 1000, endedMs: 5000 },
    ...changes,
  };
}

Deno.test("a sentence counts as heard with its end, and as unheard without it", () => {
  const cut = turn("It costs 40 dollars. We will deliver", {
    interrupted: true,
    unheard: "on Friday. Anything else?",
  });
  assert.deepEqual(heardSentences([cut]).map(({ text }) => text), ["It costs 40 dollars."]);
  assert.deepEqual(unheardSentences([cut]), [
    { turnId: "t", text: "We will deliver on Friday.", heard: "We will deliver" },
    { turnId: "t", text: "Anything else?", heard: "" },
  ]);
  assert.deepEqual(unheardSentences([turn("All of it.")]), []);
  assert.deepEqual(
    heardSentences([turn("Hm.", { aside: true }), turn("Hi.", { role: "caller" })]),
    [],
  );
});

Deno.test("promises are prices, times and call-backs that were heard, and no questions", () => {
  const kinds = (text: string) => promisesOf([turn(text)]).map(({ kind }) => kind);
  for (
    const [text, expected] of [
      ["It costs forty dollars.", ["price"]],
      ["That is $12.50 a month.", ["price"]],
      ["We will call you back.", ["callback"]],
      ["I have booked you for Friday at 3 pm.", ["time"]],
      ["We'll call you back tomorrow.", ["time", "callback"]],
      ["Das kostet vierzig Euro.", ["price"]],
      ["Ihr Termin ist am Freitag um 15 Uhr.", ["time"]],
      ["Wir rufen Sie morgen zurück.", ["callback"]],
      ["Cuesta 30 euros.", ["price"]],
      ["Su cita está confirmada para el viernes.", ["time"]],
      ["Le llamaremos.", ["callback"]],
      ["Cela coûte vingt euros.", ["price"]],
      ["Votre rendez-vous est mardi à 10 heures.", ["time"]],
      ["Nous vous rappellerons.", ["callback"]],
      ["Will I see you on Friday at 3 pm?", []],
      ["Today is Saturday.", []],
      ["How can I help you?", []],
    ] as const
  ) assert.deepEqual(kinds(text), expected, text);
  assert.deepEqual(promisesOf([turn("It costs", { unheard: "40 dollars." })]), []);
});

Deno.test("figures without end are looked through at once", () => {
  const turns = ["1.", "1", "111.", "1,1 "].map((part) => turn(part.repeat(20_000 / part.length)));
  const began = performance.now();
  for (let round = 0; round < 20; round++) promisesOf(turns);
  // Read to its end for each of its digits, such a figure takes ten seconds.
  assert.ok(performance.now() - began < 5000);
});
