import assert from "node:assert/strict";
import fc from "fast-check";
import { readAmdResult } from "../../../../src/services/outbound/amd/amdResult.ts";
import { lineTone } from "../../../../src/sim/sound/lineTones.ts";
import { encodeG711, MU_LAW } from "../../../../src/utils/audio/g711.ts";
import { MESSAGE, PlacedCall } from "../../../support/trials/placedCall.ts";
import { telephoneSpeech } from "../../../support/trials/holdTrial.ts";

const [, word, sentence, longer] = telephoneSpeech().map(({ sound }) => encodeG711(MU_LAW, sound));
const sounds: readonly { readonly isSpeech: boolean; readonly audio: Uint8Array }[] = [
  ...[word!, sentence!, longer!].map((audio) => ({ isSpeech: true, audio })),
  { isSpeech: false, audio: encodeG711(MU_LAW, lineTone("ringback-eu", 300)) },
  { isSpeech: false, audio: encodeG711(MU_LAW, lineTone("busy-eu", 3000)) },
];

const words = [
  "Hello? I am here.",
  "Please leave a message after the tone.",
  "Hi. If you record your name and reason for calling, I'll see if this person is available.",
  "Please stay on the line.",
  "",
] as const;

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ sound: fc.nat(sounds.length - 1), text: fc.constantFrom(...words) }),
  },
  { weight: 4, arbitrary: fc.record({ silenceMs: fc.constantFrom(300, 900, 2000, 4000, 12_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      detected: fc.constantFrom(
        ...["human", "unknown", "machine_start", "machine_end_beep", "machine_end_silence"],
      ),
    }),
  },
);

Deno.test("whatever comes when: one message at a time, words for a person who is found, and an end", () => {
  let [messages, people] = [0, 0];
  fc.assert(
    fc.property(fc.boolean(), fc.array(step, { maxLength: 14 }), (transcribes, steps) => {
      const one = new PlacedCall(transcribes);
      for (const each of steps) {
        if (one.isOver) break;
        if ("silenceMs" in each) one.silence(each.silenceMs);
        else if ("sound" in each) {
          const { isSpeech, audio } = sounds[each.sound]!;
          one.plays(audio, isSpeech ? each.text : undefined);
        } else one.detected(readAmdResult(each.detected, MESSAGE)!);
      }
      one.silence(300_000);
      assert.ok(one.isOver, "the call does not end");
      for (const [at, message] of one.messages.entries()) {
        const { fromMs, toMs = Infinity, to } = message;
        const next = one.messages[at + 1];
        assert.ok(next === undefined || toMs <= next.fromMs, "two messages at a time");
        assert.notEqual(to, "person", `a person gets the message at ${fromMs} ms`);
      }
      assert.ok(one.messages.length <= 3, "messages without end");
      for (const [at, { who, why, atMs }] of one.pickups.entries()) {
        const isTaken = who === "person" && one.pickups[at - 1]?.who === "machine" &&
          why !== "no_beep";
        const next = isTaken ? one.pickups[at + 1] : undefined;
        if (next !== undefined) {
          assert.match(`${next.who} by ${next.why}`, /by (words|beep|fax_tone)$/);
        }
        const untilMs = one.pickups[at + 1]?.atMs ?? Infinity;
        if (who !== "person" || untilMs < atMs + 5000) continue;
        people++;
        const isSaid = one.talks.some((ms) => ms >= atMs - 5000 && ms <= untilMs);
        assert.ok(isSaid, `a person is found at ${atMs} ms, and told nothing`);
      }
      messages += one.messages.length;
    }),
    { seed: 20_261_128, numRuns: 300 },
  );
  assert.ok(messages > 15 && people > 15, `${messages} messages and ${people} people are few`);
});
