import assert from "node:assert/strict";
import fc from "fast-check";
import { FrameGroup } from "../../../src/call/model/frameGroup.ts";
import { decodeBase64, encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";

Deno.test("frames that may wait go five at a time, others at once with those before them", () => {
  const { group, sent } = open(100);
  for (let i = 0; i < 12; i++) group.add(frame(i), true);
  assert.deepEqual(sent.map(byteCount), [800, 800]);
  group.add(frame(12), false);
  assert.deepEqual(sent.map(byteCount), [800, 800, 480]);
  group.add(frame(13), false);
  assert.deepEqual(sent.map(byteCount), [800, 800, 480, 160]);
});

Deno.test("nothing waits where groups have no length, or a single frame is as long as a group", () => {
  for (const maxMs of [0, 20, 39]) {
    const { group, sent } = open(maxMs);
    for (let i = 0; i < 10; i++) group.add(frame(i), true);
    assert.equal(sent.length, 10, `${maxMs} ms`);
  }
});

Deno.test("whatever waits, every byte goes once and in order, after 100 ms of audio at most", () => {
  const steps = fc.array(fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        bytes: fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
        mayWait: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.constant("flush") },
  ));
  fc.assert(fc.property(steps, fc.nat(100), (all, maxMs) => {
    const { group, sent } = open(maxMs);
    const given: number[] = [];
    for (const step of all) {
      if (step === "flush") group.flush();
      else {
        given.push(...step.bytes);
        group.add(frameOf(step.bytes), step.mayWait);
        const came = bytesOf(sent).length;
        assert.ok(given.length - came <= maxMs * 8, "held too long");
        if (!step.mayWait) assert.equal(came, given.length);
      }
    }
    group.flush();
    assert.deepEqual(bytesOf(sent), given);
  }));
});

function open(maxMs: number) {
  const sent: string[] = [];
  return { group: new FrameGroup(maxMs, (audio) => sent.push(audio)), sent };
}

function frame(index: number) {
  return frameOf(new Uint8Array(160).fill(index));
}

function frameOf(bytes: Uint8Array) {
  return { audio: encodeBase64(bytes), bytes, durationMs: bytes.length / 8 };
}

function bytesOf(sent: readonly string[]): number[] {
  return sent.flatMap((audio) => [...decodeBase64(audio)]);
}

function byteCount(audio: string): number {
  return decodeBase64(audio).length;
}
