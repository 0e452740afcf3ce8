import assert from "node:assert/strict";
import type { CalleePlan, NumberPlan } from "../../../../src/sim/twilio/phoneNetwork.ts";
import { decodeBase64 } from "../../../../src/utils/audio/audioFormat.ts";
import { decodeG711, MU_LAW } from "../../../../src/utils/audio/g711.ts";
import { ToneDetector } from "../../../../src/utils/audio/toneDetector.ts";
import { isRecord } from "../../../../src/utils/isRecord.ts";
import { type CalleeRig, doing, startCalleeRig } from "../../../support/twilio/calleeRig.ts";
import { loud, type TestStream } from "../../../support/twilio/phoneTestApp.ts";

function calleeTest(
  name: string,
  plan: Partial<NumberPlan> & { readonly callee: CalleePlan },
  body: (rig: CalleeRig) => Promise<void>,
): void {
  Deno.test(name, async () => {
    await using rig = startCalleeRig(plan, 8);
    await body(rig);
  });
}

/** The next 20 ms of the far end, as the app hears it. */
async function frameOf(stream: TestStream): Promise<Uint8Array> {
  const { media } = await stream.next("media");
  assert.ok(isRecord(media) && typeof media["payload"] === "string");
  return decodeBase64(media["payload"]);
}

calleeTest(
  "a machine greets, beeps, and keeps on its tape what comes after the beep and nothing else",
  {
    callee: {
      kind: "machine",
      greeting: Array(8).fill("Please leave a message after the tone."),
      recordSilenceMs: 60_000,
    },
  },
  async ({ place }) => {
    const { call, stream } = await place();
    stream.play(loud(100), "too early");
    await stream.next("mark");
    await doing(call, /^records$/);
    stream.play(new Uint8Array(8_000).fill(0x20), "message");
    await stream.next("mark");
    call.hangUp();
    await call.settled;
    const [tape] = call.tapes;
    assert.equal(tape?.audio.filter((code) => code === 0x20).length, 8_000);
    assert.ok(!tape.audio.includes(0x10));
  },
);

calleeTest(
  "the app hears the machine's beep on its stream",
  { callee: { kind: "machine", greeting: ["Hi."], beep: { hz: 1_400, ms: 300 } } },
  async ({ place }) => {
    const { stream } = await place();
    const tones = new ToneDetector();
    for (;;) {
      const tone = tones.hear(decodeG711(MU_LAW, await frameOf(stream)));
      if (tone === undefined) continue;
      assert.ok(Math.abs(tone.hz - 1_400) < 20 && Math.abs(tone.ms - 300) <= 20);
      return;
    }
  },
);

const longGreeting = "Good afternoon, you are speaking with the front desk of Riverside Dental.";
const verdicts: readonly [string, "Enable" | "DetectMessageEnd", CalleePlan][] = [
  ["human", "DetectMessageEnd", { kind: "person", greeting: ["Hello, this is Sam."] }],
  ["machine_start", "Enable", { kind: "person", greeting: [longGreeting] }],
  ["machine_end_beep", "DetectMessageEnd", { kind: "machine" }],
  ["machine_end_silence", "DetectMessageEnd", { kind: "machine", beep: null }],
  ["human", "DetectMessageEnd", { kind: "machine", greeting: ["Sam Miller."] }],
  ["unknown", "Enable", { kind: "person", greeting: [] }],
  ["fax", "Enable", { kind: "fax" }],
  ["human", "Enable", { kind: "person", greeting: ["Hello, it's Sam."], noiseDb: -55 }],
];
for (const [word, mode, callee] of verdicts) {
  const what = JSON.stringify(callee).slice(0, 60);
  calleeTest(`machine detection (${mode}) says ${word} to ${what}`, { callee }, async (rig) => {
    await rig.place(mode);
    const { form } = await rig.app.post("/amd");
    assert.equal(form["AnsweredBy"], word);
  });
}

calleeTest(
  "machine detection says what the plan fixes, whatever is to be heard",
  { callee: { kind: "machine" }, answeredBy: "human", detectMs: 100 },
  async ({ app, place }) => {
    await place("DetectMessageEnd");
    const { form } = await app.post("/amd");
    assert.equal(form["AnsweredBy"], "human");
    assert.equal(form["MachineDetectionDuration"], "100");
  },
);

calleeTest(
  "a screener asks, waits for an answer, asks to wait, and puts a person through",
  {
    callee: {
      kind: "screener",
      decidesAfterMs: 10_000,
      person: { kind: "person", greeting: ["Sam here."] },
    },
  },
  async ({ place }) => {
    const { call, stream } = await place();
    await doing(call, /record your name and reason/);
    stream.play(loud(8_000), "who and why");
    await doing(call, /stay on the line/);
    await doing(call, /Sam here/);
    // No other pause is so long.
    for (let silentMs = 0, pauseMs = 0; pauseMs < 10_000;) {
      const isSilent = (await frameOf(stream)).every((code) => code === 0xff);
      pauseMs = isSilent ? 0 : silentMs;
      silentMs = isSilent ? silentMs + 20 : 0;
    }
  },
);

calleeTest("a screener can decline", {
  callee: { kind: "screener", decision: "decline", patienceMs: 500 },
}, async ({ place }) => {
  const { call } = await place();
  await doing(call, /not available/);
  assert.equal((await call.ended).reason, "the person hung up");
});

calleeTest("a person can pick up in the middle of a greeting", {
  callee: {
    kind: "machine",
    pickedUpAfterMs: 3_000,
    person: { kind: "person", greeting: ["I'm here!"], replies: ["Right."] },
  },
}, async ({ place }) => {
  const { call, stream } = await place();
  await doing(call, /I'm here/);
  stream.play(loud(500), "question");
  await doing(call, /Right/);
  assert.deepEqual(call.tapes, []);
});
