import assert from "node:assert/strict";
import type { CallRun, ScenarioRun } from "../../../src/scenarios/run/runScenario.ts";
import { lateAbout } from "../../../src/scenarios/expect/lateMachine.ts";
import { levelOf } from "../../../src/scenarios/ear/levelOf.ts";
import { personSound } from "../../../src/sim/sound/personSounds.ts";
import { encodeG711, MU_LAW } from "../../../src/utils/audio/g711.ts";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { failuresOf, linesOf, openStage } from "../../support/scenarios/actOut.ts";
import { desk } from "../../support/scenarios/desk.ts";

const PRICES =
  "A haircut costs forty dollars, colouring costs eighty, and a consultation is free of charge.";
/** A sound at the ear is placed to a frame of 20 ms; a browser begins some 40 ms late. */
const PLACED_MS = 90;

for (const leg of ["phone", "browser"] as const) {
  Deno.test(`callers on a ${leg} say, play, press, wait and break in as their steps say`, async () => {
    await using folder = await createAgentFolder({
      "desk.md": desk(),
      "steady.md": desk("interruption: { after_ms: 1200, pause: true }"),
    });
    using stage = openStage(folder.path);
    const model = `
leg: ${leg}
model:
  - { hears: price, says: "${PRICES}" }
  - { hears: stop, says: As you like. }
  - { hears: "12", says: Thank you for the keys. }`;
    const asked = "caller:\n  - hears: help you\n  - What is the price?\n";
    const [word, number, time, cough, keys, manner] = await Promise.all([
      stage.act(`
title: at a word
agent: desk${model}
${asked}
  - cut_in: { say: "Please stop now.", at_word: eighty }
expect: [{ cut_within_ms: 600 }, { never_heard: consultation }, { heard: As you like }]
`),
      stage.act(`
title: at word six
agent: desk${model}
${asked}
  - cut_in: { say: "Please stop now.", at_word_number: 6, voice: slt }
expect: [{ cut_within_ms: 600 }, { never_heard: colouring costs }]
`),
      stage.act(
        `
title: after a time, with a recording
agent: desk${model}
${asked}
  - cut_in: { play: stop.wav, words: Please stop., after_ms: 1500 }
expect: [{ cut_within_ms: 600 }, { never_heard: eighty }]
`,
        { sounds: { "stop.wav": noiseOf(900) } },
      ),
      stage.act(`
title: a cough, a sneeze and a door
agent: steady${model}
${asked}
  - hears: haircut
  - { sound: cough, level_db: -22 }
  - hears: eighty
  - sound: door
  - hears: consultation
  - sound: sneeze
  - hears: free of charge
expect: [{ heard: consultation is free of charge }]
`),
      stage.act(`
title: keys, and silence
agent: desk${model}
caller:
  - hears: help you
  - keys: "12"
  - hears: Thank you for the keys
  - silence_ms: 2500
  - hang_up: true
expect: [{ ended: caller_hung_up }, { dead_air_under_ms: 4500 }]
`),
      stage.act(
        `
title: a voice, a level, at once, a recording
agent: desk${model}
caller:
  - { say_now: What is the price?, voice: slt, level_db: -30 }
  - hears: forty dollars
  - { play: words.wav, words: Stop. }
  - hears: As you like
`,
        { sounds: { "words.wav": noiseOf(600) } },
      ),
    ]);
    for (const run of [word, number, time, cough, keys, manner]) {
      assert.deepEqual(failuresOf(run), [], `${run.scenario.title}\n${told(run)}`);
    }
    const cutAt = (run: ScenarioRun) => callOf(run).spoken.find(({ cutsIn }) => cutsIn)!.fromMs;
    const answer = (run: ScenarioRun) =>
      callOf(run).evidence.lines.find(({ words }) => words.some(({ text }) => text === "haircut"))!;
    // The words share the sound without a gap: one begins where that before it ends.
    near(
      word,
      cutAt(word),
      answer(word).words.find(({ text }) => text === "costs,")?.toMs ??
        answer(word).words.filter(({ text }) => text === "costs").at(-1)?.toMs ??
        assert.fail(told(word)),
    );
    near(number, cutAt(number), answer(number).words[4]!.toMs);
    near(time, cutAt(time), answer(time).fromMs + 1500);
    const said = callOf(manner);
    const [first] = said.spoken;
    const frames = said.said.filter(({ atMs }) => atMs >= first!.fromMs && atMs < first!.toMs);
    const db = levelOf(Uint8Array.from(frames.flatMap(({ audio }) => [...audio])), "pcmu");
    assert.ok(Math.abs(db + 30) < 3, `${db} dBFS`);
    assert.ok(first!.fromMs < said.evidence.lines[0]!.toMs, "said before the greeting was over");
  });
}

/** Whoever waits for a moment misses it by no more than this machine was late about it. */
function near(run: ScenarioRun, atMs: number, expectedMs: number): void {
  const { evidence: { late } } = callOf(run);
  const [from, to] = [Math.min(atMs, expectedMs) - 1000, Math.max(atMs, expectedMs)];
  const mostMs = PLACED_MS + lateAbout(late, from, to);
  assert.ok(Math.abs(atMs - expectedMs) < mostMs, `${atMs} and not ${expectedMs}`);
}

function callOf({ calls: [call] }: ScenarioRun): CallRun {
  assert.ok(call);
  return call;
}

function told(run: ScenarioRun): string {
  const { evidence: { record } } = callOf(run);
  const turns = record?.turns.map(({ role, text, startedMs }) => `${startedMs} ${role}: ${text}`);
  return [...linesOf(callOf(run)), ...turns ?? []].join("\n");
}

/** A sound as loud as a voice. */
function noiseOf(ms: number): Uint8Array {
  const one = personSound("door", -18);
  const samples = Int16Array.from({ length: ms * 8 }, (_, at) => one[at % 200] ?? 0);
  return encodeG711(MU_LAW, samples);
}
