import assert from "node:assert/strict";
import type { LineSound } from "../../../../src/services/outbound/amd/lineEar.ts";
import type { PickupChange } from "../../../../src/services/outbound/amd/pickupChange.ts";
import { PickupJudge } from "../../../../src/services/outbound/amd/pickupJudge.ts";

const FRAME_MS = 20;
const SCREENING = "Please say your name and why you are calling.";

/** A call on which a screener has been told who calls. */
function screenedCall(transcribes: boolean) {
  const judge = new PickupJudge({ transcribes });
  const hear = (isSpeech: boolean, ms: number) => {
    for (let at = 0; at < ms; at += FRAME_MS) {
      judge.hear({ durationMs: FRAME_MS, isSpeech, isMusic: false });
    }
  };
  hear(true, 2500);
  judge.said("screening", SCREENING, false, 2500);
  assert.equal(judge.who, "screener");
  return { judge, hear };
}

Deno.test("who takes a screened call is a person, though the carrier found a machine in the screener", () => {
  for (const isEarly of [true, false]) {
    const { judge, hear } = screenedCall(true);
    if (isEarly) judge.detected("machine_end_beep");
    judge.answered();
    hear(false, 100);
    hear(true, 600);
    hear(false, 600);
    judge.said("person", "Hello, I am here.", false, 1200);
    assert.equal(judge.who, "person");
    if (!isEarly) judge.detected("machine_end_beep");
    hear(false, 1000);
    assert.equal(judge.who, "person");
  }
});

/** The tone of a busy line, or a beep as deep: so long, in frames as a line has them. */
function* deepBeep(ms: number): Generator<Partial<LineSound>> {
  for (let at = 0; at < ms; at += FRAME_MS) {
    yield at < 100 ? { isSpeech: true } : { tone: { hz: 440, ms: at } };
  }
  yield { ended: { hz: 440, ms } };
}

Deno.test("words tell what answers while deep tones sound under them, and sound does not", () => {
  const said = { machine: "Please leave a message after the tone.", screener: SCREENING };
  for (const who of ["machine", "screener", undefined] as const) {
    const judge = new PickupJudge({ transcribes: true });
    const hear = (sound: Partial<LineSound>) =>
      judge.hear({ durationMs: FRAME_MS, isSpeech: false, isMusic: false, ...sound });
    for (let burst = 0; burst < 5; burst++) {
      for (const sound of deepBeep(480)) hear(sound);
      for (let at = 0; at < 480; at += FRAME_MS) hear({});
    }
    assert.equal(judge.who, "undecided");
    if (who === undefined) judge.detected("machine_end_beep");
    else judge.said("greeting", said[who], false, 2000);
    assert.equal(judge.who, who ?? "undecided");
    if (who !== "machine") continue;
    judge.said("greeting", SCREENING, false, 2000);
    assert.equal(judge.who, "screener");
    judge.said("next", "At the tone, please record your message.", false, 0);
    assert.equal(judge.who, "machine");
  }
});

Deno.test("the message begins once, when the beep is over, whenever the carrier tells of it", () => {
  for (const wordMs of [0, 100, 200, 380, 420]) {
    const judge = new PickupJudge({ transcribes: true });
    const changes: string[] = [];
    const take = (change: PickupChange | undefined) => {
      if (change?.type === "messageDue") judge.leaves();
      if (change !== undefined && change.type !== "found") changes.push(`${change.type} ${at}`);
    };
    let at = 0;
    const hear = (sound: Partial<LineSound>) =>
      take(judge.hear({ durationMs: FRAME_MS, isSpeech: false, isMusic: false, ...sound }));
    for (; at < 3000; at += FRAME_MS) hear({ isSpeech: true });
    judge.said("greeting", "Please leave a message after the tone.", false, 3000);
    for (; at < 4000; at += FRAME_MS) hear({});
    for (; at < 4400; at += FRAME_MS) {
      // A tone is known as one after a tenth of a second.
      const ms = at - 4000;
      hear(ms < 100 ? { isSpeech: true } : { tone: { hz: 1000, ms } });
      if (ms === wordMs) take(judge.detected("machine_end_beep"));
    }
    hear({ ended: { hz: 1000, ms: 400 } });
    if (wordMs > 400) take(judge.detected("machine_end_beep"));
    for (; at < 7400; at += FRAME_MS) hear({});
    assert.deepEqual(changes, ["messageDue 4400"], `told after ${wordMs} ms`);
  }
});

Deno.test("who calls again and again after a screening is a person, whether or not words of it are known", () => {
  for (const transcribes of [true, false]) {
    for (const pauseMs of [1400, 2000, 2400, 2600, 2900]) {
      const { judge, hear } = screenedCall(transcribes);
      judge.answered();
      let tookMs = 0;
      while (judge.who !== "person" && tookMs < 45_000) {
        if (transcribes) judge.wordsToCome();
        hear(true, 600);
        hear(false, pauseMs);
        tookMs += 600 + pauseMs;
      }
      assert.ok(tookMs <= 12_000, `pauses of ${pauseMs} ms: ${tookMs} ms`);
    }
  }
});

Deno.test("a screener's thanks is no person, however long the silence after it", () => {
  for (const transcribes of [true, false]) {
    const { judge, hear } = screenedCall(transcribes);
    judge.answered();
    hear(false, 700);
    hear(true, 3000);
    hear(false, 20_000);
    assert.equal(judge.who, "screener");
  }
});
