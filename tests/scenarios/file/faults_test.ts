import assert from "node:assert/strict";
import { findScenarios } from "../../../src/scenarios/file/findScenarios.ts";
import { levelOf } from "../../../src/scenarios/ear/levelOf.ts";
import { wavOf } from "../../support/wavFile.ts";

const SAYS = "title: x\ncaller:\n  - Hello.\n";

Deno.test("sounds beside a scenario are read at every usual rate, in mono and stereo", async () => {
  const kinds = [8000, 16_000, 24_000, 44_100].flatMap((hz) =>
    ([8, 16, 24] as const).flatMap((bits) =>
      [1, 2].map((channels) => ({ name: `s${hz}-${bits}-${channels}.wav`, hz, bits, channels }))
    )
  );
  const sounds = kinds.map(({ name, hz, bits, channels }) =>
    [`sounds/${name}`, wavOf(tone(hz, 500, channels), { hz, bits, channels })] as const
  );
  const steps = kinds.map(({ name }) => `  - play: sounds/${name}\n`).join("");
  const [found] = await findIn({
    "a.yaml": `title: x\ncaller:\n${steps}`,
    ...Object.fromEntries(sounds),
  });
  for (const [name] of sounds) {
    const audio = found!.readAudio(name);
    assert.ok(Math.abs(audio.length - 4000) < 40, `${name}: ${audio.length / 8} ms`);
    assert.ok(
      Math.abs(levelOf(audio, "pcmu") + 9) < 1.5,
      `${name}: ${levelOf(audio, "pcmu")} dBFS`,
    );
  }
});

Deno.test("a sound that is none, empty, too long, elsewhere or not there is told with its line", async () => {
  const files = {
    "none.wav": "This is no sound.",
    "empty.wav": wavOf([], { hz: 8000 }),
    "long.wav": wavOf(new Int16Array(8000 * 301), { hz: 8000 }),
    "folder.wav/x.txt": "",
    "a.yaml": `title: x
caller:
  - play: none.wav
  - play: empty.wav
  - cut_in: { play: long.wav, after_ms: 3 }
  - play: missing.wav
  - play: folder.wav
called: { callee: { kind: machine, greeting: [{ wav: ../../secret.wav }] } }
`,
  };
  assert.deepEqual(await faultsIn(files), [
    "a.yaml: line 8: called.callee.greeting.0: ../../secret.wav is not in the scenario's folder.",
  ]);
  const text = files["a.yaml"].replace(/^called.*\n/m, "");
  assert.deepEqual(await faultsIn({ ...files, "a.yaml": text }), [
    "a.yaml: line 3: caller.0: Cannot read the audio: not a WAV file.",
    "a.yaml: line 4: caller.1: empty.wav holds no sound.",
    "a.yaml: line 5: caller.2: long.wav is longer than 5 minutes.",
    "a.yaml: line 6: caller.3: there is no file missing.wav.",
    "a.yaml: line 7: caller.4: folder.wav cannot be read.",
  ]);
});

Deno.test("files that would take the memory or the parser are refused, each with its reason", async () => {
  const bomb = `a: &a [${"x,".repeat(20)}]\nb: [${"*a,".repeat(20)}]\n`;
  assert.deepEqual(
    await faultsIn({
      "a.yaml": bomb,
      "b.yaml": `title: ${"x".repeat(100_001)}`,
      "c.yaml": "x".repeat(400_001),
      "d.yaml": `title: ${"[".repeat(100)}`,
      "e.yaml": `title: x\ncaller:\n${"  - Hello.\n".repeat(201)}`,
      "f.yaml": `title: x\ntitle: y\n${SAYS}`,
      "g.yaml": "title: [x\ncaller:\n",
      "h.yaml": SAYS,
    }),
    [
      "a.yaml: line 2: *a is a YAML alias: write its value out.",
      "b.yaml: is longer than 100000 characters.",
      "c.yaml: is larger than 400000 bytes",
      "d.yaml: the file is nested deeper than 80 levels.",
      "e.yaml: line 2: caller: must be 200 entries at most.",
      "f.yaml: line 2: title: is given twice.",
      "g.yaml: line 2: the file is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].",
    ],
  );
});

Deno.test("each kind of fault is told with its line and what may have been meant", async () => {
  const cases: readonly (readonly [string, string])[] = [
    ["title: 3", "line 1: title: must be a text, not a number."],
    ["legs: browser", "line 4: legs: is not known; did you mean leg?"],
    [
      "leg: browsr",
      'line 4: leg: must be one of phone, browser, not "browsr"; did you mean browser?',
    ],
    [
      "line: { loss_procent: 3 }",
      "line 4: line.loss_procent: is not known; did you mean loss_percent?",
    ],
    ["line: { loss_percent: 80 }", "line 4: line.loss_percent: must be 50 at most."],
    [
      "noise: { kind: rain, level_db: -40 }",
      'line 4: noise.kind: must be one of room, street, babble, not "rain".',
    ],
    ["max_seconds: 0", "line 4: max_seconds: must be 1 at least."],
    ["callers: []", "line 4: callers: must be 1 entries at least."],
    [
      "model_faults: [stuck-respons]",
      "line 4: model_faults.0: is no fault; did you mean stuckResponse?",
    ],
    ["model: [{ hears: x, fault: slow }]", "line 4: model.0.fault: is no fault."],
    [
      "model: [{ hear: x }]",
      "line 4: model.0: must be a map with one of hears, after_tool; did you mean hears?",
    ],
    ['expect: [never_heard: "*"]', "line 4: expect.0.never_heard: must have a word."],
    ["expect: [heard: ...]", "line 4: expect.0.heard: must have a word."],
    [
      'expect: [heard: { text: "?", within_ms: 3 }]',
      "line 4: expect.0.heard.text: must have a word.",
    ],
    [
      'expect: [tool: { name: x, after_heard: "-" }]',
      "line 4: expect.0.tool.after_heard: must have a word.",
    ],
    [
      'callers: [{ caller: [hears: "!"] }]',
      "line 4: callers.0.caller.0.hears: must have a word.",
    ],
    [
      "model: [{ hears: x, says: y, fault: refuse-handshake:401 }]",
      "line 4: model.0.fault: is a fault of connections, and of no answer: model_faults.",
    ],
    ["tools: [{ tool: x }]", "line 4: tools.0: needs either answers or fails."],
    [
      "tools: [{ tool: x, answer: 1 }]",
      "line 4: tools.0.answer: is not known; did you mean answers?",
    ],
  ];
  const wrong: string[] = [];
  for (const [line, expected] of cases) {
    const text = line.startsWith("title") ? SAYS.replace("title: x", line) : `${SAYS}${line}\n`;
    const [told] = await faultsIn({ "a.yaml": text });
    if (told !== `a.yaml: ${expected}`) wrong.push(`${line} -> ${told}`);
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(await faultsIn({ "a.yaml": `${SAYS}  - type: Hello\n` }), [
    "a.yaml: line 4: caller.1: types, and a phone cannot: leg: browser.",
  ]);
  assert.deepEqual(await faultsIn({ "a.yaml": `leg: browser\n${SAYS}  - type: Hello\n` }), []);
});

async function findIn(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = await Deno.makeTempDir({ prefix: "scenarios-" });
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.replace(/\/[^/]*$/, ""), { recursive: true });
      await (typeof content === "string"
        ? Deno.writeTextFile(path, content)
        : Deno.writeFile(path, content));
    }
    const found = await findScenarios([folder]);
    const sounds = Object.keys(files).filter((name) => name.endsWith(".wav"));
    for (const one of found) for (const name of sounds) one.readAudio(name);
    return found;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TypeError(error.message.replaceAll(`${folder}/`, ""));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function faultsIn(files: Parameters<typeof findIn>[0]): Promise<readonly string[]> {
  try {
    await findIn(files);
    return [];
  } catch (error) {
    assert.ok(error instanceof TypeError);
    return error.message.split("\n");
  }
}

/** A tone of -9 dBFS; of several channels the samples alternate. */
function tone(hz: number, ms: number, channels: number): readonly number[] {
  const frames = Math.round(hz * ms / 1000);
  return Array.from(
    { length: frames * channels },
    (_, index) =>
      Math.round(16_384 * Math.sin(2 * Math.PI * 440 * Math.floor(index / channels) / hz)),
  );
}
