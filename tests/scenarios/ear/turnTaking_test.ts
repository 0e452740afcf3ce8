import assert from "node:assert/strict";
import { soundSpans } from "../../../src/scenarios/ear/soundSpans.ts";
import { takeTurns } from "../../../src/scenarios/ear/turnTaking.ts";

const span = (fromMs: number, toMs: number) => ({ fromMs, toMs });
const waited = (fromMs: number, toMs: number, waitedMs = toMs - fromMs) => ({
  ...span(fromMs, toMs),
  waitedMs,
});
const said = (fromMs: number, toMs: number, cutsIn = false, words = "Yes.") => ({
  ...{ fromMs, toMs, words, cutsIn, asks: words !== "" },
});

Deno.test("answers are measured from the caller's last sound, and only where the agent is next", () => {
  const { answers, firstSoundMs } = takeTurns({
    agent: [span(400, 2000), span(5000, 6000)],
    caller: [said(2500, 3000), said(3600, 4200), said(6500, 7000)],
    quiet: [],
    endMs: 9000,
  });
  assert.equal(firstSoundMs, 400);
  assert.deepEqual(answers, [{ atMs: 5000, afterMs: 800 }]);
});

Deno.test("a line is without an answer where the agent makes no sound until the next or the end", () => {
  const { unanswered } = takeTurns({
    agent: [span(0, 2200), span(10_000, 12_000), span(20_000, 22_000)],
    caller: [
      said(2000, 3000, true),
      said(3100, 4000),
      said(8000, 9000),
      said(11_000, 11_500),
      said(13_000, 14_000, false, ""),
      said(15_000, 16_000),
      said(19_000, 19_500),
      said(23_000, 24_000),
    ],
    quiet: [span(16_000, 17_500)],
    endMs: 24_600,
  });
  assert.deepEqual(unanswered, [
    waited(3000, 3100),
    waited(4000, 8000),
    waited(17_500, 19_000),
    waited(24_000, 24_600),
  ]);
});

Deno.test("a cut is as late as the agent's last sound, and fails where the agent speaks over the caller", () => {
  const { cuts } = takeTurns({
    agent: [span(0, 2320), span(2800, 3000), span(5000, 6000)],
    caller: [said(2000, 3500, true), said(5500, 6500), said(7000, 8000, true)],
    quiet: [],
    endMs: 9000,
  });
  assert.deepEqual(cuts, [
    { atMs: 2000, afterMs: 320, isSpokenOver: true },
    { atMs: 7000, silentForMs: 1000, isSpokenOver: false },
  ]);
});

Deno.test("who breaks in between two words of the agent's has cut it at once", () => {
  const { cuts } = takeTurns({
    agent: [span(0, 2000)],
    caller: [said(2150, 3000, true)],
    quiet: [],
    endMs: 4000,
  });
  assert.deepEqual(cuts, [{ atMs: 2150, afterMs: 0, isSpokenOver: false }]);
});

Deno.test("dead air is what the agent ends or leaves to the end, but for what the caller meant to be silent", () => {
  const { silences } = takeTurns({
    agent: [span(700, 2000), span(6000, 7000), span(9500, 10_000)],
    caller: [said(3000, 4000), said(11_000, 12_000)],
    quiet: [span(4000, 5000)],
    endMs: 15_000,
  });
  assert.deepEqual(silences, [
    span(0, 700),
    span(5000, 6000),
    span(7000, 9500),
    span(12_000, 15_000),
  ]);
});

Deno.test("silence after a caller's line is dead air, whoever ends it, and waiting for the caller is none", () => {
  const { silences } = takeTurns({
    agent: [span(0, 1000), span(13_000, 14_000)],
    caller: [said(3000, 4000), said(12_000, 12_500), said(20_000, 21_000)],
    quiet: [span(21_000, 23_000)],
    endMs: 24_000,
  });
  assert.deepEqual(silences, [
    span(4000, 12_000),
    span(12_500, 13_000),
    span(23_000, 24_000),
  ]);
});

Deno.test("a noise of the caller's asks for no answer, and takes back no question", () => {
  const noise = (fromMs: number, toMs: number) => said(fromMs, toMs, false, "");
  const taken = (caller: Parameters<typeof takeTurns>[0]["caller"], ...later: typeof said[]) => {
    const agent = [span(0, 1000), ...later.map(() => span(16_000, 17_000))];
    const { silences, unanswered, answers } = takeTurns({
      ...{ agent, caller, quiet: [], endMs: 17_000 },
    });
    return { silences, unanswered, answers };
  };
  assert.deepEqual(taken([noise(2000, 3000), said(11_000, 15_500)], said), {
    silences: [span(15_500, 16_000)],
    unanswered: [],
    answers: [{ atMs: 16_000, afterMs: 500 }],
  });
  assert.deepEqual(taken([said(2000, 3000), noise(4000, 5000)]), {
    silences: [span(3000, 4000), span(5000, 17_000)],
    unanswered: [waited(3000, 17_000, 13_000)],
    answers: [],
  });
  const nothing = { silences: [], unanswered: [], answers: [] };
  assert.deepEqual(taken([noise(2000, 3000)]), nothing);
  assert.deepEqual(taken([said(2000, 3000), noise(4000, 5000), said(8000, 16_500)], said), {
    silences: [span(3000, 4000), span(5000, 8000)],
    unanswered: [waited(3000, 8000, 4000)],
    answers: [],
  });
});

Deno.test("an answer is waited for since the line, without the time of noises, and a noise has none", () => {
  const noise = (fromMs: number, toMs: number) => said(fromMs, toMs, false, "");
  const answers = (agentAt: number, ...caller: Parameters<typeof takeTurns>[0]["caller"]) =>
    takeTurns({
      ...{ agent: [span(0, 1000), span(agentAt, agentAt + 1000)], caller },
      ...{ quiet: [], endMs: agentAt + 1000 },
    }).answers;
  assert.deepEqual(answers(8500, said(2000, 3000), noise(8000, 8300)), [
    { atMs: 8500, afterMs: 5200 },
  ]);
  assert.deepEqual(answers(8500, said(2000, 3000), noise(2900, 3200), noise(8400, 8800)), [
    { atMs: 8500, afterMs: 5200 },
  ]);
  assert.deepEqual(answers(12_000, noise(2000, 2300)), []);
});

Deno.test("keys ask for an answer as lines do", () => {
  const pressed = { ...span(2000, 2000), words: "", asks: true, cutsIn: false };
  const { silences, unanswered } = takeTurns({
    ...{ agent: [span(0, 1000)], caller: [pressed], quiet: [], endMs: 9000 },
  });
  assert.deepEqual([silences, unanswered], [[span(2000, 9000)], [waited(2000, 9000)]]);
});

Deno.test("an answer that begins a moment before the caller's end is one without a wait", () => {
  const { answers } = takeTurns({
    agent: [span(2950, 3350), span(7400, 9000)],
    caller: [said(1000, 3000)],
    quiet: [],
    endMs: 9000,
  });
  assert.deepEqual(answers, [{ atMs: 2950, afterMs: 0 }]);
  const { answers: afterCut } = takeTurns({
    agent: [span(0, 3350), span(4400, 9000)],
    caller: [said(2900, 3000, true)],
    quiet: [],
    endMs: 9000,
  });
  assert.deepEqual(afterCut, [{ atMs: 4400, afterMs: 1400 }]);
});

Deno.test("soundSpans() leaves out what is too soft, and joins what belongs together", () => {
  const loud = new Uint8Array(1600).map((_, at) => at % 2 === 0 ? 0x20 : 0xa0);
  const soft = new Uint8Array(1600).map((_, at) => at % 2 === 0 ? 0x7e : 0xfe);
  const spans = soundSpans([
    { atMs: 100, audio: loud },
    { atMs: 300, audio: soft },
    { atMs: 500, audio: loud },
    { atMs: 2000, audio: loud },
  ], "pcmu");
  assert.deepEqual(spans, [span(100, 700), span(2000, 2200)]);
});
