import assert from "node:assert/strict";
import { describeProblem } from "../../src/config/agentProblem.ts";
import { readAgent } from "../../src/config/agents.ts";
import { nearestWord } from "../../src/utils/nearestWord.ts";

function told(head: string): readonly string[] {
  const read = readAgent("desk", `---\ntitle: Desk\n${head}\n---\nHelp.`);
  return read.ok ? [] : read.problems.map((it) => describeProblem("desk.md", it));
}

Deno.test("a fault of an agent's file is told with its line, its reason and what was meant", () => {
  const cases: Readonly<Record<string, string>> = {
    "greetng: Hi": "line 3: greetng: is not known; did you mean greeting?",
    "Greeting: Hi": "line 3: Greeting: is not known; did you mean greeting?",
    "idle-seconds: 9": "line 3: idle-seconds: is not known; did you mean idle_seconds?",
    "colour: red": "line 3: colour: is not known.",
    "voice: v\nnoise_reduction: nearfield":
      'line 4: noise_reduction: must be one of near_field, far_field, off, not "nearfield"; did you mean near_field?',
    "turn_detection:\n  kind: servr":
      'line 4: turn_detection.kind: must be one of server, semantic, manual, not "servr"; did you mean server?',
    "turn_detection:\n  kind: server\n  silence: 4":
      "line 5: turn_detection.silence: is not known; did you mean silence_ms?",
    "dtmf:\n  # Keys\n  sensitiv: true":
      "line 5: dtmf.sensitiv: is not known; did you mean sensitive?",
    "transfers:\n  sales: { numbr: '+14155550123' }":
      "line 4: transfers.sales.numbr: is not known; did you mean number?",
    "transfers:\n  sales: { targets: ['sip:x@pbx.example.com;maddr=evil.com'] }":
      "line 4: transfers.sales.targets.0: must be a number such as",
    "transfers:\n  sales: { targets: ['sip:x@pbx.example.com;received=6.6.6.6'] }":
      "line 4: transfers.sales.targets.0: must be a number such as",
    "transfers:\n  sales: { targets: ['sip:x@pbx.example.com:99999'] }":
      "line 4: transfers.sales.targets.0: must be a number such as",
    "transfers:\n  sales: { targets: ['sip:x@pbx.example.com?X-Key=1'] }":
      "line 4: transfers.sales.targets.0: must be a number such as",
    "http_tools:\n  - name: a\n    description: d\n    url: https://a.b/\n    metod: GET":
      "line 7: http_tools.0.metod: is not known; did you mean method?",
    "interruption:\n  after_ms: 400\n  paus: true":
      "line 5: interruption.paus: is not known; did you mean pause?",
    "interruption: modl": "line 3: interruption: must be model, or after_ms with a number of",
    "speed: fast": "line 3: speed: must be a number, not a text.",
    "speed: 9": "line 3: speed: must be 1.5 at most.",
    "greeting: ''": "line 3: greeting: must not be empty.",
    "max_minutes: 0": "line 3: max_minutes: must be 1 at least.",
    "greeting: a\ngreeting: b": "line 4: greeting: is given twice.",
    "greeting: 'a": "line 3: the front matter is not valid YAML: Missing closing 'quote",
  };
  for (const [head, expected] of Object.entries(cases)) {
    const problems = told(head);
    assert.ok(
      problems.some((each) => each.startsWith(`desk.md: ${expected}`)),
      `${head}\n${problems.join("\n")}`,
    );
  }
});

Deno.test("a fault in a header shows nothing of what it holds", () => {
  const tool =
    "http_tools:\n  - { name: a, description: d, url: https://a.b/, headers: { X: 4711 } }";
  const problems = told(tool);
  assert.deepEqual(problems, [
    "desk.md: line 4: http_tools.0.headers.X: must be a text, not a number.",
  ]);
});

Deno.test("nearestWord() finds what was mistyped, and nothing where words are only alike", () => {
  const words = ["greeting", "voice", "end_call", "tools"];
  const cases: Readonly<Record<string, string | undefined>> = {
    greetign: "greeting",
    GREETING: "greeting",
    "end-call": "end_call",
    endcal: "end_call",
    tool: "tools",
    vioce: "voice",
    colour: undefined,
    x: undefined,
    "": undefined,
  };
  for (const [word, expected] of Object.entries(cases)) {
    assert.equal(nearestWord(word, words), expected, word);
  }
  assert.equal(nearestWord("x".repeat(100_000), words), undefined);
});
