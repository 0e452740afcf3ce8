import assert from "node:assert/strict";
import fc from "fast-check";
import type { ModelSetup } from "../../../src/call/modelSetup.ts";
import type { ModelInput, ModelSink, RealtimeClient } from "../../../src/call/realtimeClient.ts";
import { ModelSlot } from "../../../src/call/model/modelSlot.ts";
import { Session } from "../../../src/call/session.ts";
import { decodeBase64, encodeBase64 } from "../../../src/utils/audio/audioFormat.ts";
import { RecordingLeg } from "../../support/call/recordingLeg.ts";
import { RecordingDependencies, sessionOptions } from "../../support/call/sessionDependencies.ts";

const BUTTON = { modelListens: false, modelResponds: false } as const;

Deno.test("whatever happens, every connection is told the same in the same order with and without groups", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), (steps, isButton) => {
      const single = live(steps, { groupMs: 0, isButton });
      const grouped = live(steps, { groupMs: 100, isButton });
      assert.equal(grouped.length, single.length);
      single.forEach((one, index) => compare(grouped[index]!, one));
    }),
    { numRuns: 400, seed: 20_260_722 },
  );
});

Deno.test("what is held goes before a commit, a clear and a request, and to the connection that is left", () => {
  const { quiet, session, models, time } = startQuiet(true);
  const model = models[0]!;
  const inputs = [
    { type: "turnCommitted" },
    { type: "turnCleared" },
    { type: "typed", text: "Hello" },
    { type: "left", end: { reason: "caller_hung_up" } },
  ] as const;
  for (const input of inputs) {
    const heard = model.bytes.length;
    quiet(3);
    assert.equal(model.bytes.length, heard, "held");
    const told = model.told.length;
    session.input(input);
    assert.equal(model.bytes.length, heard + 3 * 160);
    assert.match(model.told[told] ?? "", /^audio /, input.type);
    assert.ok(model.told.length > told + 1, input.type);
  }
  assert.equal(time.timers, 0);
});

Deno.test("what is held as a connection is lost is given to the next, once", () => {
  const { quiet, session, models, time } = startQuiet(false);
  quiet(3);
  models[0]!.says({ type: "modelLost", loss: { code: "closed", retry: "now" } });
  time.pass(1);
  quiet(1);
  const given = models[1]!.bytes;
  const frames = Array.from({ length: given.length / 160 }, (_, i) => given.slice(i * 160).join());
  // Half a second of the line is given to every connection that follows.
  assert.equal(frames.length, 27);
  assert.equal(new Set(frames).size, 27, "no frame twice");
  session.input({ type: "left", end: { reason: "caller_hung_up" } });
});

Deno.test("a connection that takes over gets frame by frame until it has reported what it was given", () => {
  const time = new RecordingDependencies();
  const models: ToldModel[] = [];
  const slot = new ModelSlot({
    format: "pcmu",
    setupOf: () => sessionOptions().setup,
    openModel: (_setup, sink) => models[models.push(new ToldModel(sink)) - 1]!,
    listener: { onInput() {}, onSpeech() {} },
    audioNeededFrom: (now) => now,
    clock: time,
    groupMs: 100,
  });
  const conversation = { history: [], audioFrom: 0 };
  slot.perform({ type: "openModel", ...conversation }, time.now());
  slot.perform({ type: "prepareModel" }, time.now());
  models[1]!.says({ type: "modelReady" });
  time.pass(10_000);
  slot.perform({ type: "takeOver", ...conversation }, time.now());
  const taken: number[] = [];
  for (let i = 0; i < 210; i++) {
    time.pass(20);
    const audio = frameOf(i, { loud: false, ms: 20 });
    const bytes = decodeBase64(audio);
    slot.sendAudio({ audio, bytes, durationMs: 20, mayWait: true }, time.now());
    taken.push(models[1]!.bytes.length / 160);
  }
  assert.deepEqual(taken.slice(0, 199), Array.from({ length: 199 }, (_, i) => i + 1));
  assert.deepEqual(taken.slice(199, 205), [199, 199, 199, 199, 204, 204]);
});

/** One thing that happens in a call. */
type Step =
  | { readonly type: "frames"; readonly count: number; readonly loud: boolean; readonly ms: number }
  | { readonly type: "pass"; readonly ms: number }
  | { readonly type: "commit" | "clear" | "text" | "lost" | "ready" }
  | { readonly type: "speech"; readonly on: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant("frames"),
      count: fc.integer({ min: 1, max: 60 }),
      loud: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean()),
      ms: fc.constantFrom(20, 20, 20, 5, 30, 100, 250),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("pass"), ms: fc.nat(6000) }) },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom("commit", "clear", "text", "lost", "ready") }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("speech"), on: fc.boolean() }) },
);

function live(
  steps: readonly Step[],
  { groupMs, isButton }: { groupMs: number; isButton: boolean },
): readonly ToldModel[] {
  const { time, session, models } = open(groupMs, isButton);
  let frames = 0;
  // Enough for groups to begin: all that follows may find frames that are held.
  const begin: readonly Step[] = [
    { type: "ready" },
    { type: "frames", count: 203, loud: false, ms: 20 },
  ];
  for (const one of [...begin, ...steps]) {
    const model = models.at(-1);
    switch (one.type) {
      case "frames":
        for (let i = 0; i < one.count; i++) {
          time.pass(one.ms);
          session.hear(frameOf(frames++, one));
        }
        break;
      case "pass":
        time.pass(one.ms);
        break;
      case "commit":
        session.input({ type: "turnCommitted" });
        break;
      case "clear":
        session.input({ type: "turnCleared" });
        break;
      case "text":
        session.input({ type: "typed", text: "Hello" });
        break;
      case "lost":
        model?.says({ type: "modelLost", loss: { code: "closed", retry: "now" } });
        if (model !== undefined) model.isLost = true;
        break;
      case "ready":
        model?.says({ type: "modelReady" });
        break;
      case "speech":
        model?.says({ type: one.on ? "speechStarted" : "speechStopped", itemId: "item" });
        break;
    }
  }
  session.input({ type: "left", end: { reason: "caller_hung_up" } });
  assert.deepEqual(time.faults, []);
  return models;
}

/** A connection that was lost may lack what was held by then, and nothing else. */
function compare(grouped: ToldModel, single: ToldModel): void {
  if (!single.isLost) return assert.deepEqual(grouped.told, single.told);
  const lacking = single.bytes.length - grouped.bytes.length;
  assert.ok(lacking >= 0 && lacking < 100 * 8, `${lacking} bytes`);
  assert.deepEqual(grouped.bytes, single.bytes.slice(0, grouped.bytes.length));
  const isNoAudio = (what: string) => !what.startsWith("audio");
  assert.deepEqual(grouped.told.filter(isNoAudio), single.told.filter(isNoAudio));
}

function open(groupMs: number, isButton = false) {
  const time = new RecordingDependencies();
  const models: ToldModel[] = [];
  time.openModel = (_setup: ModelSetup, sink: ModelSink) => {
    const model = new ToldModel(sink);
    models.push(model);
    return model;
  };
  const policy = { idleMs: 1e9, maxMs: 1e9, ...(isButton && BUTTON) };
  const session = new Session({ ...sessionOptions(policy), groupMs }, time);
  session.begin();
  session.join(new RecordingLeg());
  return { time, session, models };
}

/** A call whose line has been quiet for so long that its frames are held. */
function startQuiet(isButton: boolean) {
  const { time, session, models } = open(100, isButton);
  models[0]!.says({ type: "modelReady" });
  let frames = 0;
  const quiet = (count: number) => {
    for (let i = 0; i < count; i++) {
      time.pass(20);
      session.hear(frameOf(frames++, { loud: false, ms: 20 }));
    }
  };
  // Four seconds singly, then 20 groups.
  quiet(299);
  assert.equal(models[0]!.bytes.length, 299 * 160);
  return { quiet, session, models, time };
}

/** Its bytes tell it apart from its neighbours; those of a quiet one are near digital silence. */
function frameOf(index: number, { loud, ms }: { loud: boolean; ms: number }): string {
  const bytes = new Uint8Array(ms * 8).fill(0xff);
  if (loud) bytes.fill(0x80 + index % 32);
  // Six bits in the smallest steps there are.
  for (let bit = 0; bit < 6; bit++) bytes[bit] = (index >> bit) % 2 === 0 ? 0xff : 0x7f;
  return encodeBase64(bytes);
}

/** Writes down what it is told; audio in one piece, however it came. */
class ToldModel implements RealtimeClient {
  readonly told: string[] = [];
  readonly bytes: number[] = [];
  isLost = false;
  readonly #sink: ModelSink;
  #toldBytes = 0;

  constructor(sink: ModelSink) {
    this.#sink = sink;
  }

  says(input: ModelInput): void {
    this.#sink.onInput(input);
  }

  sendAudio(audio: string): void {
    this.bytes.push(...decodeBase64(audio));
  }

  commitAudio(): void {
    this.#tell("commit");
  }

  clearInputBuffer(): void {
    this.#tell("clear");
  }

  send(request: object): void {
    this.#tell(JSON.stringify(request));
  }

  changeSetup(): void {
    this.#tell("setup");
  }

  giveHistory(): void {
    this.#tell("history");
  }

  close(): void {
    this.#tell("close");
  }

  #tell(what: string): void {
    const audio = this.bytes.slice(this.#toldBytes);
    if (audio.length > 0) this.told.push(`audio ${audio.join()}`);
    this.#toldBytes = this.bytes.length;
    this.told.push(what);
  }
}
