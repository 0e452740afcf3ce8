import assert from "node:assert/strict";
import { CallTrack } from "../../../src/services/recording/callTrack.ts";
import type { SampleFile } from "../../../src/services/recording/sampleFile.ts";
import { stretches } from "../../support/recordedCalls.ts";

const voice = Uint8Array.from({ length: 4000 }, (_, index) => index % 200);

Deno.test("speech that was thought to come later than it did is whole at the end of the call", () => {
  const { track, sides } = recording();
  track.change("start", 0);
  track.agent(voice.subarray(0, 800), 1013);
  // A later mark shows that it had begun 13 ms before.
  track.agent(voice.subarray(800), 1100);
  track.change("stop", 1500);
  track.close(1500);
  const { agent } = sides();
  assert.equal(agent.length, 1500 * 8);
  assert.deepEqual(agent.subarray(1000 * 8), voice);
});

Deno.test("what was heard before a stop, and becomes known after it, is whole", () => {
  const { track, sides } = recording();
  track.change("start", 0);
  track.agent(voice.subarray(0, 800), 1013);
  track.change("stop", 1500);
  track.agent(voice.subarray(800), 1100);
  track.close(1500);
  assert.deepEqual(sides().agent.subarray(1000 * 8), voice);
});

Deno.test("speech that goes on in a pause ends on the recording where the pause begins", () => {
  const { track, sides } = recording();
  track.change("start", 0);
  track.agent(voice.subarray(0, 800), 1000);
  track.change("pause", 1200);
  track.agent(voice.subarray(800), 1100);
  track.change("stop", 2000);
  track.close(2000);
  assert.deepEqual(stretches(sides().agent), [{ from: 8000, audio: voice.subarray(0, 1600) }]);
});

Deno.test("what is said next begins where it was heard, and nothing of what came before is lost", () => {
  const { track, sides } = recording();
  track.change("start", 0);
  track.agent(voice, 1010);
  track.agent(voice, 1500);
  track.change("stop", 2000);
  track.close(2000);
  assert.deepEqual(sides().agent.subarray(1000 * 8), new Uint8Array([...voice, ...voice]));
});

Deno.test("a recording is no longer than its call, however far its sound stands ahead", () => {
  const { track, sides } = recording();
  track.change("start", 0);
  const frame = new Uint8Array(160).fill(1);
  // All that comes in the first second is 15 ms late.
  for (let ms = 20; ms <= 3000; ms += 20) track.caller(frame, ms < 1500 ? ms + 15 : ms);
  track.flush();
  track.change("stop", 3000);
  track.close(3000);
  assert.equal(sides().caller.length, 3000 * 8);
});

function recording() {
  let bytes = new Uint8Array();
  const file: SampleFile = {
    format: "pcmu",
    get bytes() {
      return bytes.length;
    },
    read: (at, length) => bytes.slice(at, at + length),
    write(at, audio) {
      assert.ok(at <= bytes.length);
      const longer = new Uint8Array(Math.max(bytes.length, at + audio.length));
      longer.set(bytes);
      longer.set(audio, at);
      bytes = longer;
    },
    flush() {},
    close() {},
  };
  const side = (shift: number) => bytes.filter((_, index) => index % 2 === shift);
  return {
    track: new CallTrack(file, 60_000),
    sides: () => ({ caller: side(0), agent: side(1) }),
  };
}
