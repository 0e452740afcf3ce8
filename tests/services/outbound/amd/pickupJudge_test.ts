import assert from "node:assert/strict";
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
