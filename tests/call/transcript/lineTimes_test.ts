import assert from "node:assert/strict";
import { CallDriver } from "../../support/call/callDriver.ts";
import { createRandom } from "../../../src/sim/twilio/random.ts";

const RECORDED = { recording: { consent: "none", announcement: "" } } as const;
const GREETING = "Hello there.";
/** In place of the greeting, which is silence. */
const SILENCE = 0;

/** What each line's sound is recorded as: one byte again and again, by which it is known. */
function soundOf(byte: number, ms: number, bytesPerMs: number): string {
  return btoa(String.fromCharCode(byte).repeat(Math.round(ms * bytesPerMs)));
}

/** When the first sound of each was heard, as a recording has it. */
function firstSounds(call: CallDriver): ReadonlyMap<number, number> {
  const firsts = new Map<number, number>();
  for (const { sound: { audio, at } } of call.all("keepHeard")) {
    const byte = audio[0] ?? SILENCE;
    firsts.set(byte, Math.min(at, firsts.get(byte) ?? Infinity));
  }
  return firsts;
}

Deno.test("a line that is played again, as its leg broke off within its first moment, begins with that moment", () => {
  const call = new CallDriver({ ...RECORDED, reports: "positions" }).live();
  call.advance(1000);
  const responseId = call.begin();
  call.words(responseId, "item", "It is noon.");
  call.sound(responseId, "item", 800, soundOf(1, 800, 48));
  call.finish(responseId);
  call.advance(0.5);
  call.input({ type: "rendered", itemId: "item", ms: 1 });
  call.lose();
  call.advance(500);
  call.join();
  call.advance(3000);
  const [line] = call.transcript;
  assert.equal(line?.final, true);
  const first = firstSounds(call).get(1) ?? NaN;
  assert.ok(line.startedMs - first <= 2, `begins at ${line.startedMs}, heard at ${first}`);
});

Deno.test("no line begins later than its first sound, or before that can be, however late words, reports and legs are", () => {
  let lines = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const random = createRandom(seed);
    const reports = random() < 0.5 ? "marks" : "positions";
    const bytesPerMs = reports === "marks" ? 8 : 48;
    const kept = random() < 0.5 ? { greeting: { text: GREETING, ms: 700 } } : {};
    const startUpMs = Math.floor(random() * 200);
    const call = new CallDriver({ ...RECORDED, reports, startUpMs, kept, greeting: GREETING });
    call.connect();
    /** Lets time pass; now and then the process is held up before that. */
    const pass = (atMostMs: number) => {
      if (random() < 0.4) call.now += Math.floor(random() * 600);
      call.advance(random() * atMostMs);
    };
    pass(2500);
    for (let byte = 1; byte <= 6; byte++) {
      const [responseId, itemId, isLate] = [call.begin(), `item_${byte}`, random() < 0.4];
      if (!isLate) call.words(responseId, itemId, "It is noon.");
      for (let piece = 0; piece < 3; piece++) {
        const ms = 100 + Math.floor(random() * 900);
        call.sound(responseId, itemId, ms, soundOf(byte, ms, bytesPerMs));
        pass(400);
      }
      if (isLate) call.words(responseId, itemId, "It is noon.");
      call.finish(responseId);
      const next = random();
      pass(2500);
      if (next < 0.3) call.callerSays("Well.", 300);
      else if (next < 0.5) {
        call.lose();
        pass(800);
        call.join();
      }
      pass(2000);
    }
    call.input({ type: "left", end: { reason: "caller_hung_up" } });
    const firsts = firstSounds(call);
    for (const { id, role, startedMs, text } of call.transcript) {
      const first = firsts.get(Number(/^item_(\d+)$/.exec(id)?.[1] ?? SILENCE));
      if (role !== "agent" || first === undefined) continue;
      lines++;
      const where = `${seed}: ${text} begins at ${startedMs}, heard at ${first}`;
      assert.ok(startedMs - first <= 2, where);
      const notBefore = call.line.playableFrom.get(id);
      if (notBefore !== undefined) assert.ok(notBefore - startedMs <= 2, `${where}: ${notBefore}`);
    }
  }
  assert.ok(lines > 500, `${lines} lines`);
});
