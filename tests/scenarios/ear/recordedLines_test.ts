import assert from "node:assert/strict";
import { recordedLines, type ToldTurn } from "../../../src/scenarios/ear/recordedLines.ts";
import type { EarPiece } from "../../../src/scenarios/ear/spokenItem.ts";

const LOUD = 0x10;

Deno.test("lines are the sound at their time, however much earlier the record's time begins", () => {
  const heard = [sound(1000, 2000), sound(5000, 1500)];
  const turns = [turn("a", 4000, "Good morning, this is Anna."), turn("b", 8000, "It is ten.")];
  const lines = recordedLines(turns, heard, "pcmu");
  assert.deepEqual(lines.map(({ itemId, fromMs, toMs }) => [itemId, fromMs, toMs]), [
    ["a", 1000, 3000],
    ["b", 5000, 6500],
  ]);
  const [first] = lines;
  assert.equal(first?.words.map(({ text }) => text).join(" "), "Good morning, this is Anna.");
  assert.equal(first?.words.at(-1)?.toMs, 3000);
});

Deno.test("a line without a sound is left out, and sound of no line has no words", () => {
  const heard = [sound(1000, 1000), sound(4000, 1000), sound(9000, 800)];
  const turns = [
    turn("a", 0, "One.", 1000),
    turn("b", 3000, "Two.", 4000),
    turn("c", 5500, "Three.", 6000),
  ];
  const lines = recordedLines(turns, heard, "pcmu");
  assert.deepEqual(lines.map(({ itemId, fromMs }) => [itemId, fromMs]), [
    ["a", 1000],
    ["b", 4000],
    [undefined, 9000],
  ]);
});

Deno.test("a cut is where the sound ended, also where the record says something else", () => {
  const cut = { ...turn("a", 0, "I was about to", 900), interrupted: true };
  const [line] = recordedLines([cut], [sound(500, 2400)], "pcmu");
  assert.equal(line?.toMs, 2900);
});

Deno.test("of a line that is under way, words have sounded that there was time for", () => {
  const text = "One two three four five six seven eight nine ten eleven twelve.";
  const open = { ...turn("a", 0, text), isOpen: true };
  const words = (nowMs: number) =>
    recordedLines([open], [sound(500, 1200)], "pcmu", nowMs)[0]?.words.length ?? 0;
  assert.ok(words(1700) >= 3 && words(1700) <= 6, `${words(1700)} words`);
  assert.equal(words(3000), 12, "it was silent for long: there is no more to come");
});

Deno.test("a call of a thousand lines is placed at once", () => {
  const frame = new Uint8Array(800).fill(LOUD);
  const heard = Array.from({ length: 1000 }, (_, at) => ({ atMs: at * 1000, audio: frame }));
  const turns = heard.map(({ atMs }, index) => turn(`${index}`, atMs + 3000, "Yes.", atMs + 3100));
  const startedAt = performance.now();
  const lines = recordedLines(turns, heard, "pcmu");
  assert.ok(performance.now() - startedAt < 5000, `${performance.now() - startedAt} ms`);
  assert.deepEqual(lines.map(({ fromMs }) => fromMs), heard.map(({ atMs }) => atMs));
});

function turn(id: string, startedMs: number, text: string, endedMs?: number): ToldTurn {
  return {
    ...{ id, role: "agent", text, startedMs, interrupted: false },
    ...(endedMs !== undefined && { endedMs }),
  };
}

function sound(atMs: number, ms: number): EarPiece {
  return { atMs, audio: new Uint8Array(ms * 8).fill(LOUD) };
}
