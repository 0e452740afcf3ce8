import assert from "node:assert/strict";
import fc from "fast-check";
import { FrameGroup } from "../../../src/call/model/frameGroup.ts";
import { decodeBase64, encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { RecordingDependencies } from "../../support/call/sessionDependencies.ts";

Deno.test("frames that may wait go five at a time, others at once with those before them", () => {
  const { group, sent } = open(100);
  for (let i = 0; i < 12; i++) group.add(frame(i));
  assert.deepEqual(sent.map(byteCount), [800, 800]);
  group.add({ ...frame(12), mayWait: false });
  assert.deepEqual(sent.map(byteCount), [800, 800, 480]);
  group.add({ ...frame(13), mayWait: false });
  assert.deepEqual(sent.map(byteCount), [800, 800, 480, 160]);
});

Deno.test("nothing waits where groups have no length, or a single frame is as long as a group", () => {
  for (const maxMs of [0, 20, 39]) {
    const { group, sent } = open(maxMs);
    for (let i = 0; i < 10; i++) group.add(frame(i));
    assert.equal(sent.length, 10, `${maxMs} ms`);
  }
});

Deno.test("case 14: what is held of a line that sends no more goes to the model within a second", () => {
  const { group, sent, time } = open(100);
  for (let i = 0; i < 3; i++) group.add(frame(i));
  time.pass(999);
  assert.deepEqual(sent.map(byteCount), []);
  time.pass(1);
  assert.deepEqual(sent.map(byteCount), [480]);
  assert.equal(time.timers, 0);
});

Deno.test("a quiet line costs two timers a second, and none after its end", () => {
  const { group, sent, time } = open(100);
  let timers = 0;
  const { setTimer } = time;
  time.setTimer = (...given) => (timers++, setTimer.apply(time, given));
  for (let i = 0; i < 500; i++) {
    group.add(frame(i));
    time.pass(20);
  }
  assert.equal(sent.length, 100);
  assert.ok(timers <= 20, `${timers}`);
  group.close();
  assert.equal(time.timers, 0);
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
    { weight: 1, arbitrary: fc.constantFrom("flush", "close", "pass") },
  ));
  fc.assert(fc.property(steps, fc.nat(100), (all, maxMs) => {
    const { group, sent, time } = open(maxMs);
    const given: number[] = [];
    for (const step of all) {
      if (step === "flush" || step === "close") group[step]();
      else if (step === "pass") time.pass(400);
      else {
        given.push(...step.bytes);
        const audio = encodeBase64(step.bytes);
        group.add({ audio, durationMs: step.bytes.length / 8, mayWait: step.mayWait });
        const came = bytesOf(sent).length;
        assert.ok(given.length - came <= maxMs * 8, "held too long");
        if (!step.mayWait) assert.equal(came, given.length);
      }
    }
    group.close();
    assert.deepEqual(bytesOf(sent), given);
  }));
});

function open(maxMs: number) {
  const time = new RecordingDependencies();
  const sent: string[] = [];
  return { group: new FrameGroup(time, maxMs, (audio) => sent.push(audio)), sent, time };
}

function frame(index: number) {
  return {
    audio: encodeBase64(new Uint8Array(160).fill(index)),
    durationMs: 20,
    mayWait: true,
  };
}

function bytesOf(sent: readonly string[]): number[] {
  return sent.flatMap((audio) => [...decodeBase64(audio)]);
}

function byteCount(audio: string): number {
  return decodeBase64(audio).length;
}
