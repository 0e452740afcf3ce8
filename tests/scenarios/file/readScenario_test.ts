import assert from "node:assert/strict";
import { describeProblem } from "../../../src/config/agentProblem.ts";
import { readScenario } from "../../../src/scenarios/file/readScenario.ts";

Deno.test("readScenario() reads what callers do, in the short forms and in the long ones", () => {
  const scenario = read(`
title: A caller cuts in
agent: receptionist
from: "+12025550123"
voice: rms
line: mobile
noise: { kind: street, level_db: -45 }
numbers: { "+14155550123": machine }
model:
  - hears: haircut
    says: On which day?
    calls: { find_slots: { service: haircut } }
  - { after_tool: find_slots, says: Nothing is free., once: true }
caller:
  - hears: How can I help
  - I would like a haircut.
  - cut_in: { say: "Stop, please.", at_word: day }
  - { say: Tuesday., voice: slt }
  - sound: cough
  - silence_ms: 3000
  - keys: "12#"
  - hang_up: true
expect:
  - heard: { text: On which day, within_ms: 4000, after: a haircut }
  - never_heard: Wednesday
  - cut_within_ms: 400
  - tool: { name: find_slots, with: { service: haircut }, times: 1, after_heard: help }
  - ended: caller_hung_up
`);
  assert.deepEqual(scenario.callers, [{
    from: "+12025550123",
    voice: "rms",
    afterMs: 0,
    line: {
      delayMs: 80,
      jitterMs: 20,
      lossPercent: 0.5,
      noise: { kind: "street", levelDb: -45 },
    },
    steps: [
      { type: "hears", text: "How can I help", withinMs: 10_000 },
      { type: "say", what: { words: "I would like a haircut." }, when: "turn" },
      { type: "say", what: { words: "Stop, please." }, when: { word: "day" } },
      { type: "say", what: { words: "Tuesday.", voice: "slt" }, when: "turn" },
      { type: "sound", sound: "cough", levelDb: -18 },
      { type: "silence", ms: 3000 },
      { type: "keys", digits: "12#" },
      { type: "hangUp" },
    ],
  }]);
  assert.deepEqual(scenario.model, [
    {
      when: { hears: "haircut" },
      says: "On which day?",
      calls: [{ name: "find_slots", arguments: { service: "haircut" } }],
      once: false,
    },
    { when: { tool: "find_slots" }, says: "Nothing is free.", calls: [], once: true },
  ]);
  assert.deepEqual(scenario.numbers["+14155550123"]?.callee, { kind: "machine" });
  assert.deepEqual(scenario.expect, [
    { type: "heard", text: "On which day", withinMs: 4000, after: "a haircut" },
    { type: "neverHeard", text: "Wednesday" },
    { type: "cutWithin", ms: 400 },
    {
      type: "tool",
      name: "find_slots",
      with: { service: "haircut" },
      times: 1,
      afterHeard: "help",
    },
    { type: "ended", because: ["caller_hung_up"] },
    { type: "recordIsHeard", withinMs: 150 },
  ]);
});

Deno.test("readScenario() takes several callers, each with a line of their own", () => {
  const scenario = read(`
title: Two at a time
line: lossy
callers:
  - { from: "+12025550123", caller: [Hello.] }
  - { from: "+12025550124", line: clean, caller: [Good day.] }
`);
  assert.deepEqual(scenario.callers.map(({ from, line }) => [from, line.lossPercent]), [
    ["+12025550123", 3],
    ["+12025550124", 0],
  ]);
});

Deno.test("readScenario() names line and reason of all that is wrong", () => {
  assert.deepEqual(
    faults(`title: Wrong
agnt: receptionist
from: 12025550123
model_faults: [melt-down]
caller:
  - sya: Hello
  - cut_in: { say: Stop }
  - { say: Hello, voice: bob }
  - hears: { text: Hello, withinms: 3 }
  - play: ../secret.wav
expect:
  - never_herd: x
  - ended: bored
  - answers_within_ms: soon
called: nobody
`),
    `x.yaml: line 2: agnt: is not known; did you mean agent?
x.yaml: line 3: from: must be in quotes, such as "+14155550123".
x.yaml: line 4: model_faults.0: is no fault.
x.yaml: line 6: caller.0: must be a text, or a map with one of say, say_now, play, cut_in, sound, silence_ms, keys, type, hears, improvise, hang_up; did you mean say?
x.yaml: line 7: caller.1.cut_in: needs one of after_ms, at_word, at_word_number.
x.yaml: line 8: caller.2.voice: must be one of slt, rms, awb, kal, not "bob".
x.yaml: line 9: caller.3.hears.withinms: is not known; did you mean within_ms?
x.yaml: line 10: caller.4.play: must name a WAV file beside the scenario.
x.yaml: line 12: expect.0: must be a map with one of heard, never_heard, meant, never_meant, first_sound_within_ms, answers_within_ms, cut_within_ms, dead_air_under_ms, tool, no_tool, transferred_to, ended, outcome, answered_by, analysis, cost_under_usd, record_is_heard; did you mean never_heard?
x.yaml: line 13: expect.1.ended: must be one of caller_hung_up, agent_hung_up, operator_hung_up, transferred, idle, time_limit, spend_limit, not_answered, outside_hours, refused, voicemail, phone_menu, model_failed, leg_failed, server_stopped, internal_error, or a list of them.
x.yaml: line 14: expect.2.answers_within_ms: must be a number, not a text.
x.yaml: line 15: called: "nobody" must be one of human, busy, no-answer, failed, person, long-greeting, silent, machine, machine-no-beep, machine-two-parts, machine-picked-up, mailbox-full, screener, screener-pixel, screener-declined, screener-voicemail, menu, fax, busy-tone, music.`
      .split("\n"),
  );
});

Deno.test("readScenario() says which file of sound is not there", () => {
  assert.deepEqual(faults("title: x\ncaller:\n  - Hello.\n  - play: none.wav\n"), [
    "x.yaml: line 4: caller.1: there is no file none.wav.",
  ]);
});

function read(text: string) {
  const result = readScenario("x", text, wav);
  assert.ok(result.ok, JSON.stringify(result));
  return result.scenario;
}

function faults(text: string): readonly string[] {
  const result = readScenario("x", text, wav);
  assert.ok(!result.ok);
  return result.problems.map((problem) => describeProblem("x.yaml", problem));
}

function wav(path: string): Uint8Array {
  if (path === "none.wav") throw new TypeError("there is no file none.wav");
  return new Uint8Array(8);
}
