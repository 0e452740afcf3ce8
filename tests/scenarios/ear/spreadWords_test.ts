import assert from "node:assert/strict";
import { spreadWords } from "../../../src/scenarios/ear/spreadWords.ts";
import { wordTimes } from "../../../src/scenarios/ear/wordTimes.ts";
import { createFliteVoice } from "../../../src/sim/voice/fliteVoice.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { joinBytes } from "../../../src/utils/joinBytes.ts";
import { createResampler } from "../../../src/utils/audio/resampler.ts";

/** Texts, as a model writes them, and how they are said; a number is a pause in milliseconds. */
const SPOKEN: Readonly<
  Record<string, readonly (readonly [written: string, said: string] | number)[]>
> = {
  "a long pause in the middle of a sentence": [
    ["Let", "Let"],
    ["me", "me"],
    ["see.", "see."],
    2500,
    ["Yes,", "Yes,"],
    ["on", "on"],
    ["Friday", "Friday"],
    ["there", "there"],
    ["is", "is"],
    ["a", "a"],
    ["free", "free"],
    ["appointment.", "appointment."],
  ],
  "numbers in digits": [
    ["That", "That"],
    ["costs", "costs"],
    ["$40", "forty dollars"],
    ["in", "in"],
    ["2027,", "twenty twenty seven"],
    400,
    ["and", "and"],
    ["the", "the"],
    ["number", "number"],
    ["is", "is"],
    ["5550123.", "five five five oh one two three"],
    300,
    ["Anything", "Anything"],
    ["else?", "else?"],
  ],
  "German, with long words": [
    ["Ihre", "era"],
    ["Terminbestätigung", "term in bestay tee gung"],
    ["kommt", "come"],
    ["gleich,", "gliche"],
    450,
    ["und", "unto"],
    ["die", "dee"],
    ["Geschäftsbedingungen", "guess shafts bedding oongen"],
    ["auch.", "ouch"],
    900,
    ["Auf", "off"],
    ["Wiederhören!", "Veederhuren"],
  ],
};

/** A word may be told so much early or late. */
const WITHIN_MS = 350;

for (const [name, parts] of Object.entries(SPOKEN)) {
  Deno.test(`words that do not come in step are found in their sound: ${name}`, async () => {
    using voice = disposable(createFliteVoice({ voice: "slt" }));
    const resampler = createResampler(voice.voice.sampleRate, 8000);
    const pieces: Uint8Array[] = [];
    const truth: { readonly text: string; readonly fromMs: number; readonly toMs: number }[] = [];
    let atMs = 0;
    for (const part of parts) {
      if (typeof part === "number") {
        pieces.push(new Uint8Array(part * 8).fill(0xff));
        atMs += part;
        continue;
      }
      const [text, said] = part;
      const all = Int16Array.from(resampler.process(await voice.voice.say(said)));
      const samples = all.subarray(...voicedPart(all));
      const audio = encodeG711(MU_LAW, samples);
      truth.push({ text, fromMs: atMs, toMs: atMs + audio.length / 8 });
      atMs += audio.length / 8;
      pieces.push(audio);
    }
    const text = truth.map(({ text }) => text).join(" ");
    // The text is there before the first sound, as a real model sends it.
    const texts = [{ text: text.slice(0, 9), atByte: 0 }, { text: text.slice(9), atByte: 1600 }];
    const found = wordTimes({
      ...{ id: "a", format: "pcmu", audio: joinBytes(pieces), texts, isInStep: false },
    });
    assert.deepEqual(found.map(({ text }) => text), truth.map(({ text }) => text));
    const off = truth.map(({ fromMs, toMs }, index) =>
      Math.round(
        Math.max(
          Math.abs(fromMs - (found[index]?.fromMs ?? NaN)),
          Math.abs(toMs - (found[index]?.toMs ?? NaN)),
        ),
      )
    );
    const told = truth.map(({ text }, index) => `${text} ${off[index]} ms`).join(", ");
    assert.ok(Math.max(...off) <= WITHIN_MS, told);
  });
}

Deno.test("a stop within the last word is no pause after an earlier one", () => {
  const voiced = [...frames(0, 2500), ...frames(2710, 2740)];
  const words = spreadWords("It costs twenty dollars, and is paid at the desk.", voiced);
  const and = words.find(({ text }) => text === "and");
  assert.ok(and !== undefined && and.fromMs < 1700, `${and?.fromMs}`);
  assert.equal(words.at(-1)?.toMs, 2740);
});

function frames(fromMs: number, toMs: number): readonly number[] {
  return Array.from({ length: (toMs - fromMs) / 10 }, (_, index) => fromMs + index * 10);
}

/** Without the silence that the voice puts around a word. */
function voicedPart(samples: Int16Array): [number, number] {
  const first = samples.findIndex((sample) => Math.abs(sample) > 300);
  const last = samples.findLastIndex((sample) => Math.abs(sample) > 300);
  return [Math.max(0, first), last + 1];
}

function disposable(voice: ReturnType<typeof createFliteVoice>) {
  return { voice, [Symbol.dispose]: () => voice.close() };
}
