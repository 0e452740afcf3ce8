import assert from "node:assert/strict";
import { createFliteVoice } from "../../../src/sim/voice/fliteVoice.ts";
import { createToneVoice } from "../../../src/sim/voice/toneVoice.ts";
import { speakSentences, splitSentences } from "../../../src/sim/voice/voice.ts";
import { levelOfPcm16 } from "../../support/trials/speechFixture.ts";

Deno.test("splitSentences() cuts at sentence ends and bounds what has none", () => {
  assert.deepEqual(splitSentences(" One. Two?  Is 3.5 three?\nYes "), [
    "One.",
    "Two?",
    "Is 3.5 three?",
    "Yes",
  ]);
  assert.deepEqual(splitSentences(""), []);
  const pieces = splitSentences("word ".repeat(200));
  assert.ok(pieces.length > 3 && pieces.every(({ length }) => length <= 240));
  assert.deepEqual(splitSentences("x".repeat(500)).map(({ length }) => length), [240, 240, 20]);
});

Deno.test("the tone voice lasts as long as its text and is always the same", async () => {
  const voice = createToneVoice();
  const samples = await voice.say("0123456789");
  assert.equal(samples.length, 600 * 16);
  assert.ok(levelOfPcm16(samples) > -30);
  assert.deepEqual(await voice.say("0123456789"), samples);
  voice.close();
});

Deno.test("Flite speaks sentence by sentence, and the same way every time", async () => {
  const voice = createFliteVoice({ voice: "slt" });
  const heard: Int16Array[] = [];
  for await (
    const samples of speakSentences("Hello there. Café prices — from 5 euros.", voice.say)
  ) {
    heard.push(samples);
  }
  voice.close();
  assert.equal(heard.length, 2);
  for (const samples of heard) {
    assert.ok(samples.length > 8_000 && samples.length < 80_000);
    assert.ok(levelOfPcm16(samples) > -35);
  }
  const again = createFliteVoice({ voice: "slt" });
  await again.say("Another sentence before it.");
  assert.deepEqual(await again.say("Hello there."), heard[0]);
  again.close();
});

Deno.test("Flite's voices differ", async () => {
  const [slt, rms] = [
    createFliteVoice({ voice: "slt" }),
    createFliteVoice({ voice: "rms" }),
  ];
  const [one, other] = await Promise.all([slt.say("Hello there."), rms.say("Hello there.")]);
  assert.notDeepEqual(one, other);
  slt.close();
  rms.close();
});

Deno.test("a voice whose worker cannot start goes on as a tone", async () => {
  const voice = createFliteVoice({
    startWorker: () => workerOf("throw new Error('broken on purpose')"),
  });
  const [first, second] = await Promise.all([voice.say("One sentence."), voice.say("And more.")]);
  assert.ok(first.length > 0 && second.length > 0);
  assert.ok(levelOfPcm16(first) > -30);
  voice.close();
});

Deno.test("a voice whose worker never answers goes on as a tone", async () => {
  const voice = createFliteVoice({
    timeoutMs: 20,
    startWorker: () => workerOf("onmessage = () => {}"),
  });
  assert.ok((await voice.say("One sentence.")).length > 0);
  assert.ok((await voice.say("And one more.")).length > 0);
  voice.close();
});

Deno.test("an aborted sentence is not spoken", async () => {
  const voice = createFliteVoice({ startWorker: () => workerOf(echoing) });
  const given = new AbortController();
  const first = voice.say("First.");
  const skipped = voice.say("Skipped.", given.signal);
  given.abort();
  const third = voice.say("Third one.");
  assert.deepEqual([(await first).length, (await skipped).length, (await third).length], [
    6,
    0,
    10,
  ]);
  voice.close();
});

Deno.test("close() settles what is waiting", async () => {
  const voice = createFliteVoice({ startWorker: () => workerOf("onmessage = () => {}") });
  const waiting = [voice.say("One."), voice.say("Two.")];
  voice.close();
  voice.close();
  assert.deepEqual((await Promise.all(waiting)).map(({ length }) => length), [0, 0]);
});

const echoing = "onmessage = ({ data }) =>" +
  " postMessage({ samples: new Int16Array(data.sentence.length) })";

function workerOf(code: string): Worker {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return new Worker(url, { type: "module" });
}
