import assert from "node:assert/strict";
import { holdMusic, musicStyles } from "../../../src/sim/sound/holdMusic.ts";
import { lineTone, lineToneNames } from "../../../src/sim/sound/lineTones.ts";
import { DtmfReceiver, dtmfTones } from "../../../src/utils/audio/dtmf.ts";
import { decodeG711, encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { joined, louder, mixed, telephoneSpeech } from "../../support/trials/holdTrial.ts";

Deno.test("keys as tones are heard by a receiver, each once, over a line of mu-law", () => {
  assert.equal(heard(dtmfTones("1234567890*#ABCD")), "1234567890*#ABCD");
  assert.equal(heard(dtmfTones("11w1W22")), "11122");
});

Deno.test("keys as tones are heard faintly, and in noise", () => {
  const keys = dtmfTones("5550123#");
  for (const db of [0, -10, -20]) assert.equal(heard(louder(keys, db)), "5550123#", `${db} dB`);
  for (const noise of [200, 1000]) assert.equal(heard(mixed(keys, noise)), "5550123#");
});

Deno.test("neither speech nor music nor the network's tones have keys in them", () => {
  for (const { name, sound } of telephoneSpeech()) assert.equal(heard(sound), "", name);
  for (const style of musicStyles) assert.equal(heard(holdMusic(style, 20_000)), "", style);
  for (const tone of lineToneNames) assert.equal(heard(lineTone(tone, 5000)), "", tone);
});

Deno.test("waits between keys are as long as they say", () => {
  assert.equal(dtmfTones("w").length, 4000);
  assert.equal(dtmfTones("W").length, 8000);
  assert.equal(dtmfTones("x").length, 0);
});

function heard(samples: Int16Array): string {
  const line = decodeG711(MU_LAW, encodeG711(MU_LAW, joined(samples, new Int16Array(1000))));
  const receiver = new DtmfReceiver();
  let keys = "";
  for (let at = 0; at < line.length; at += 160) keys += receiver.hear(line.subarray(at, at + 160));
  return keys;
}
