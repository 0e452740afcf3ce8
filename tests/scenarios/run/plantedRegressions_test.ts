import assert from "node:assert/strict";
import type { StreamMessage, ToCaller } from "../../support/scenarios/lineRelay.ts";
import {
  actWith,
  failuresOf,
  type Regression,
  scenarioOf,
} from "../../support/scenarios/plantedRegression.ts";
import { callsOf, onSlowerTime, type Wrong } from "../../support/scenarios/onSlowerTime.ts";
import { createAgentFolder } from "../../support/agents/agentFolder.ts";
import { createFliteVoice } from "../../../src/sim/voice/fliteVoice.ts";
import type { CallRun } from "../../../src/scenarios/run/runScenario.ts";
import type { Scenario } from "../../../src/scenarios/scenario.ts";
import type { Script } from "../../../src/sim/openai/scripts.ts";
import { audioDurationMs, silenceOf } from "../../../src/utils/audio/audioFormat.ts";
import { isRecord } from "../../../src/utils/isRecord.ts";

const SALES = "+14155550199";
const NOBODY = "+14155550198";
const DESK = `---
title: Front desk
greeting: Hello, this is the front desk. How can I help you?
tools: [take_message, end_call]
filler_after_ms: 0
transfers: { sales: { number: "${SALES}" } }
---
You are at the front desk.`;

const INTERRUPTED = scenarioOf(
  "interrupted",
  `
title: A caller asks for the price, breaks in, and leaves a message
model:
  - hears: price
    says: >-
      A haircut costs forty dollars, colouring costs eighty, and for all else please ask at our shop,
      which is beside the bakery in the main street.
  - hears: message
    calls: { take_message: { message: Please call back. } }
  - after_tool: take_message
    says: I have written that down.
caller:
  - hears: How can I help you
  - What is the price of a haircut?
  - cut_in: { say: "Stop, please. Take a message for the owner, they should call me.", at_word: eighty }
  - Thank you. Goodbye.
expect:
  - heard: forty dollars
  - heard: written that down
  - never_heard: main street
  - first_sound_within_ms: 3000
  - cut_within_ms: 900
  - answers_within_ms: 3000
  - dead_air_under_ms: 4500
  - tool: { name: take_message, times: 1 }
  - ended: agent_hung_up
`,
);

const CONNECTED = scenarioOf(
  "connected",
  `
title: A caller is put through
numbers:
  "${SALES}": { answer: human, talkMs: 2000 }
  "${NOBODY}": { answer: no-answer }
model:
  - hears: sales
    says: One moment, I connect you.
    calls: { transfer_call: { to: sales } }
caller:
  - hears: How can I help you
  - Please put me through to sales.
  - silence_ms: 6000
expect:
  - transferred_to: sales
`,
);

const CUT = "silent within 0.90 s of being interrupted, and nothing after:";
const RECORD = "the record says what was heard:";

Deno.test("a scenario fails for what a caller suffers, and says what", async (test) => {
  await using folder = await createAgentFolder({
    "desk.md": DESK,
    "mistyped.md": DESK.replace(SALES, NOBODY),
  });
  const voices = {
    rms: createFliteVoice({ voice: "rms" }),
    slt: createFliteVoice({ voice: "slt" }),
  };
  const stage = { agentsDir: folder.path, voices };
  let beating: ReturnType<typeof setTimeout> | undefined;
  // Each by itself, so that it follows the time that the calls have.
  const beat = () => {
    beats++;
    beating = setTimeout(beat, BEAT_MS);
  };
  beat();
  const kinds: Readonly<Record<string, Kind>> = {
    "nothing is wrong": { scenario: INTERRUPTED, planted: {}, expected: [] },
    "the agent is cut too late": {
      scenario: INTERRUPTED,
      planted: { line: lateClear },
      expected: [
        startsWith(`${CUT} after `),
        startsWith(RECORD),
      ],
    },
    "the agent goes on as if nobody spoke": {
      scenario: INTERRUPTED,
      planted: { line: noClear },
      expected: [
        startsWith(`${CUT} after `),
        startsWith(RECORD),
      ],
    },
    "the agent begins again over the caller": {
      scenario: INTERRUPTED,
      planted: { line: speaksOver },
      expected: [
        startsWith(`${CUT} the agent went on while the caller spoke`),
        startsWith(RECORD),
      ],
    },
    "words never leave the loudspeaker": {
      scenario: INTERRUPTED,
      planted: { line: wordsLost },
      expected: [
        startsWith('heard "forty dollars": it was said, but not all of it was heard'),
        startsWith(`${RECORD} it has "A haircut costs forty dollars,`),
      ],
    },
    "dead air": {
      scenario: INTERRUPTED,
      planted: { line: deadAir },
      expected: [
        startsWith("dead air under 4.50 s: the longest is "),
        startsWith("every answer within 3.00 s: "),
        startsWith(`${RECORD} its line begins `),
      ],
    },
    "answers come too late": {
      scenario: INTERRUPTED,
      planted: { model: slow },
      expected: [
        startsWith("every answer within 3.00 s: the slowest of 3 after "),
        startsWith("dead air under 4.50 s: the longest is "),
      ],
    },
    "a tool is called twice": {
      scenario: INTERRUPTED,
      planted: { model: twice },
      expected: [
        startsWith("take_message is called once: 2 such calls of 2"),
      ],
    },
    "the record has other words": {
      scenario: INTERRUPTED,
      planted: { record: otherWords },
      expected: [
        startsWith(`${RECORD} it has "A haircut costs fourteen dollars`),
      ],
    },
    "the record has what was cut off": {
      scenario: INTERRUPTED,
      planted: { record: saidToTheEnd },
      expected: [
        /^the record says what was heard: it has ".* main street\.", heard was ".*(?:costs|eighty,)"$/,
      ],
    },
    "the record has a cut at another time": {
      scenario: INTERRUPTED,
      planted: { record: cutLater },
      expected: [
        startsWith(`${RECORD} its cut is `),
      ],
    },
    "a transfer connects": { scenario: CONNECTED, planted: {}, expected: [] },
    "a transfer connects nobody": {
      scenario: CONNECTED,
      planted: { agent: "mistyped" },
      expected: [
        startsWith("the caller is put through to sales: it came to: "),
      ],
    },
  };
  try {
    const acts = Object.entries(kinds).map(([name, { scenario, planted }]) =>
      [name, async () => ({ calls: [await actWith(scenario, planted, stage)] })] as const
    );
    const acted = await onSlowerTime(
      Object.fromEntries(acts),
      (calls, name) => wrongOf(calls, kinds[name]!),
    );
    for (const [name, kind] of Object.entries(kinds)) {
      await test.step(name, () => {
        const wrong = wrongOf(callsOf(acted.get(name)), kind);
        assert.deepEqual(wrong, { unexpected: [], missing: [] });
      });
    }
  } finally {
    clearTimeout(beating);
    for (const voice of Object.values(voices)) voice.close();
  }
});

interface Kind {
  readonly scenario: Scenario;
  readonly planted: Regression;
  readonly expected: readonly RegExp[];
}

function wrongOf(calls: readonly CallRun[], { expected }: Kind): Wrong {
  const failures = calls.flatMap(failuresOf);
  const unexpected = failures.filter((one) => !expected.some((pattern) => pattern.test(one)));
  const missing = expected.filter((pattern) => !failures.some((one) => pattern.test(one)));
  return { unexpected, missing };
}

function startsWith(text: string): RegExp {
  return new RegExp(`^${RegExp.escape(text)}`);
}

/** Beats stand still where the process does, which no silence between two sentences is. */
let beats = 0;
const BEAT_MS = 50;
const APART_BEATS = 16;

const LATE_MS = 3000;
const MOVED_MS = 3000;
const SLOW_MS = 5000;

function lateClear(): ToCaller {
  return (message, pass) => {
    if (message.event === "clear") setTimeout(() => pass(message), LATE_MS);
    else pass(message);
  };
}

function noClear(): ToCaller {
  return (message, pass) => {
    if (message.event !== "clear") pass(message);
  };
}

/** What was cleared comes once more. */
function speaksOver(): ToCaller {
  const last: StreamMessage[] = [];
  return (message, pass) => {
    if (message.event === "media") last.push(message);
    pass(message);
    if (message.event !== "clear") return;
    setTimeout(() => last.slice(-100).forEach((again) => pass(again)), 400);
  };
}

/** Silence in the place of some words of the second answer. */
function wordsLost(): ToCaller {
  const place = placeOf();
  return (message, pass) => {
    const { stretch, ms } = place(message);
    const isLost = message.event === "media" && stretch === 2 && ms > 500 && ms < 2200;
    if (!isLost) return pass(message);
    const durationMs = audioDurationMs(String(message.media?.payload), "pcmu");
    pass({ ...message, media: { ...message.media, payload: silenceOf(durationMs, "pcmu") } });
  };
}

/** From the third answer on. */
function deadAir(): ToCaller {
  const place = placeOf();
  return (message, pass) => {
    if (place(message).stretch >= 3) setTimeout(() => pass(message), 6000);
    else pass(message);
  };
}

/** Tells which stretch of speech a message belongs to, counted from 1, and how much of it has come. */
function placeOf(): (message: StreamMessage) => { readonly stretch: number; readonly ms: number } {
  let stretch = 0;
  let ms = 0;
  let lastBeat = -Infinity;
  return ({ event, media }) => {
    if (event !== "media") return { stretch, ms };
    if (beats - lastBeat > APART_BEATS) {
      stretch++;
      ms = 0;
    }
    lastBeat = beats;
    ms += audioDurationMs(String(media?.payload), "pcmu");
    return { stretch, ms };
  };
}

function slow(script: Script): Script {
  return async (turn) => {
    const delayMs = turn.cause.type === "speech" ? SLOW_MS : 0;
    return { ...await script(turn), delayMs };
  };
}

function twice(script: Script): Script {
  return async (turn) => {
    const reply = await script(turn);
    return { ...reply, tools: (reply.tools ?? []).flatMap((call) => [call, call]) };
  };
}

type Call = Record<string, unknown>;

function otherWords(call: Call): Call {
  return withTurns(call, (turn) => {
    return { ...turn, text: String(turn["text"]).replace("forty", "fourteen") };
  });
}

function saidToTheEnd(call: Call): Call {
  const whole = { text: INTERRUPTED.model[0]?.says, interrupted: false };
  return withTurns(call, (turn) => turn["interrupted"] === true ? { ...turn, ...whole } : turn);
}

function cutLater(call: Call): Call {
  return withTurns(call, (turn) => {
    return turn["interrupted"] === true
      ? { ...turn, endedMs: Number(turn["endedMs"]) + MOVED_MS }
      : turn;
  });
}

function withTurns(call: Call, change: (turn: Call) => Call): Call {
  const turns: readonly unknown[] = Array.isArray(call["turns"]) ? call["turns"] : [];
  return { ...call, turns: turns.map((turn) => isRecord(turn) ? change(turn) : turn) };
}
