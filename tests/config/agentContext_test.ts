import assert from "node:assert/strict";
import { compactionOf } from "../../src/config/agentSchema.ts";
import { describeProblem } from "../../src/config/agentProblem.ts";
import { readAgent } from "../../src/config/agents.ts";

const read = (context: string) =>
  readAgent("desk", `---\ntitle: Desk\ncontext: ${context}\n---\nHelp.`);

Deno.test("`context` takes a word, or numbers at both ends of their ranges", () => {
  const cases: Readonly<Record<string, ReturnType<typeof compactionOf>>> = {
    full: undefined,
    compact: { after_minutes: 2, audio_turns: 1 },
    "{}": { after_minutes: 2, audio_turns: 1 },
    "{ after_minutes: 0.5 }": { after_minutes: 0.5, audio_turns: 1 },
    "{ after_minutes: 0, audio_turns: 0 }": { after_minutes: 0, audio_turns: 0 },
    "{ after_minutes: 1440, audio_turns: 100 }": { after_minutes: 1440, audio_turns: 100 },
  };
  for (const [context, expected] of Object.entries(cases)) {
    const agent = read(context);
    assert.ok(agent.ok, context);
    assert.deepEqual(compactionOf(agent.agent), expected, context);
  }
});

Deno.test("a word of `context` that is nearly one of its own is told with that", () => {
  const agent = read("compakt");
  assert.equal(agent.ok ? "" : agent.problems[0]?.nearest, "compact");
});

Deno.test("a problem of `context` names the field, the range and the value", () => {
  const turns = "desk.md: line 3: context.audio_turns: must be a whole number from 0 to 100, not";
  const minutes = "desk.md: line 3: context.after_minutes: must be a number from 0 to 1440, not";
  const words =
    "desk.md: line 3: context: must be compact, full, or after_minutes and audio_turns.";
  const cases: Readonly<Record<string, readonly string[]>> = {
    "{ audio_turns: 1.5 }": [`${turns} 1.5.`],
    "{ audio_turns: -1 }": [`${turns} -1.`],
    "{ audio_turns: 101 }": [`${turns} 101.`],
    "{ audio_turns: .nan }": [`${turns} NaN.`],
    "{ audio_turns: two }": [`${turns} "two".`],
    [`{ audio_turns: ${"9".repeat(20)}x${"y".repeat(200)} }`]: [
      `${turns} "${"9".repeat(20)}x${"y".repeat(19)}".`,
    ],
    "{ audio_turns: [1] }": [`${turns} a list.`],
    "{ audio_turns: { most: 1 } }": [`${turns} a map.`],
    "{ audio_turns: null }": [`${turns} null.`],
    "{ after_minutes: 1441, audio_turns: -1 }": [`${minutes} 1441.`, `${turns} -1.`],
    loud: [words],
    "3": [words],
  };
  for (const [context, expected] of Object.entries(cases)) {
    const agent = read(context);
    assert.deepEqual(
      agent.ok ? [] : agent.problems.map((it) => describeProblem("desk.md", it)),
      expected,
      context,
    );
  }
});
