import assert from "node:assert/strict";
import { CommandBuffer } from "../../../src/call/machine/commandBuffer.ts";
import { HeardSpeech } from "../../../src/call/playback/heardSpeech.ts";
import { PlayoutEstimate } from "../../../src/call/playback/playoutEstimate.ts";
import { SpeechAudio } from "../../../src/call/playback/speechAudio.ts";
import { encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";

const PIECE_MS = 300;

Deno.test("speech is not placed before it was written, however long the leg took to answer", () => {
  const { playout, heard, sounds } = line();
  playout.probed("probe", 0);
  playout.marked("probe", 500);
  write(playout, 0, 1000);
  write(playout, 1, 1000);
  heard.played(playout.marked("m0", 1350));
  heard.played(playout.marked("m1", 1650));
  assert.deepEqual(sounds().map(({ at }) => at), [1000, 1300]);
});

Deno.test("a later mark that shows when speech was heard moves the turns that began with it", () => {
  const { playout, heard, sounds, begun } = line();
  playout.probed("probe", 0);
  playout.marked("probe", 0);
  for (let piece = 0; piece < 4; piece++) write(playout, piece, 1000);
  heard.played(playout.marked("m0", 1380));
  const first = begun.get("item0");
  assert.ok(first !== undefined && first > 1060, `${first}`);
  for (const [mark, at] of [["m1", 1640], ["m2", 1940], ["m3", 2240]] as const) {
    heard.played(playout.marked(mark, at));
  }
  const last = sounds().at(-1)!;
  assert.ok(Math.abs(last.at - 1940) < 15, `${last.at}`);
  assert.ok(Math.abs(begun.get("item0")! - (last.at - 3 * PIECE_MS)) < 2, "without a gap");
});

Deno.test("a leg that stalls leaves a gap where it did", () => {
  const { playout, heard, sounds } = line();
  playout.probed("probe", 0);
  playout.marked("probe", 0);
  for (let piece = 0; piece < 3; piece++) write(playout, piece, 1000);
  heard.played(playout.marked("m0", 1300));
  heard.played(playout.marked("m1", 2100));
  heard.played(playout.marked("m2", 2400));
  const [first = 0, ...after] = sounds().map(({ at }) => Math.round(at));
  assert.ok(Math.abs(first - 1000) < 15, `${first}`);
  assert.deepEqual(after, [1800, 2100]);
});

Deno.test("a leg that says it has played more than there was time for moves no turn before it was written", () => {
  const { playout, heard, begun } = line();
  write(playout, 0, 1000);
  heard.cleared(playout.clear(1010));
  heard.settle([{ itemId: "item0", heardMs: PIECE_MS }]);
  write(playout, 1, 1020);
  heard.played(playout.marked("m1", 1320));
  assert.equal(begun.get("item0"), 1000);
});

function write(playout: PlayoutEstimate, piece: number, now: number): void {
  const audio = new SpeechAudio(encodeBase64(new Uint8Array(PIECE_MS * 8)));
  const ref = { responseId: "r", itemId: `item${piece}`, contentIndex: 0 };
  playout.write({ ref, audio, offsetMs: 0, durationMs: PIECE_MS }, now).mark = `m${piece}`;
}

function line() {
  const commands = new CommandBuffer();
  const begun = new Map<string, number>();
  const heard = new HeardSpeech(commands, { soundedAt: (id, at) => void begun.set(id, at) });
  heard.isRecorded = true;
  const sounds = () =>
    commands.drain().flatMap((one) => one.type === "keepHeard" ? [one.sound] : []);
  return { playout: new PlayoutEstimate(), heard, sounds, begun };
}
