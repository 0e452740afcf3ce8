import assert from "node:assert/strict";
import type { PlaybackCommand, PlaybackReport } from "../../../src/web/audio/playbackMessages.ts";

const RATE_HZ = 24_000;
const QUANTUM = 128;

interface Processor {
  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}

/** The scope that a browser gives a worklet, with one end of its port in the test's hand. */
class WorkletPort {
  static last: WorkletPort;
  readonly port = this;
  readonly reports: PlaybackReport[] = [];
  onmessage: (event: { data: PlaybackCommand }) => void = () => {};

  constructor() {
    WorkletPort.last = this;
  }

  postMessage(report: PlaybackReport): void {
    this.reports.push(report);
  }
}

let createProcessor: (new () => Processor) | undefined;
Object.assign(globalThis, {
  AudioWorkletProcessor: WorkletPort,
  sampleRate: RATE_HZ,
  registerProcessor: (_name: string, processor: new () => Processor) => createProcessor = processor,
});
// Not by a plain path: the types of a browser and of Deno do not go together in one program.
await import(new URL("../../../src/web/audio/playback.worklet.ts", import.meta.url).href);

class Player {
  readonly rendered: number[] = [];
  readonly #processor: Processor;
  readonly #port: WorkletPort;

  constructor() {
    assert.ok(createProcessor);
    this.#processor = new createProcessor();
    this.#port = WorkletPort.last;
  }

  get reports(): readonly PlaybackReport[] {
    return this.#port.reports;
  }

  /** A constant sound, so that every rendered sample of it can be counted. */
  play(itemId: string, durationMs: number): this {
    const samples = new Float32Array(durationMs * RATE_HZ / 1000).fill(0.5);
    this.#port.onmessage({ data: { type: "play", speech: { itemId, samples, durationMs } } });
    return this;
  }

  clear(report = true): this {
    return this.send({ type: "clear", report });
  }

  send(data: PlaybackCommand): this {
    this.#port.onmessage({ data });
    return this;
  }

  render(quanta: number): this {
    for (let i = 0; i < quanta; i++) {
      const out = new Float32Array(QUANTUM);
      this.#processor.process([], [[out]]);
      this.rendered.push(...out);
    }
    return this;
  }

  soundingMs(): number {
    return this.rendered.filter((sample) => sample !== 0).length * 1000 / RATE_HZ;
  }
}

Deno.test("Playback renders pieces without a gap and reports the end of each item", () => {
  const player = new Player().play("a", 30).play("a", 20).play("b", 10).render(20);
  const sounding = 60 * RATE_HZ / 1000;
  assert.ok(player.rendered.slice(0, sounding).every((sample) => sample === 0.5));
  assert.ok(player.rendered.slice(sounding).every((sample) => sample === 0));
  assert.deepEqual(player.reports.at(-1), { itemId: "b", ms: 10, cleared: false });
  assert.deepEqual(player.reports.findLast(({ itemId }) => itemId === "a"), {
    itemId: "a",
    ms: 50,
    cleared: false,
  });
});

Deno.test("Playback reports when an item begins and every 100 ms after", () => {
  const player = new Player().play("a", 1000).render(100);
  const [first, ...later] = player.reports.map(({ ms }) => ms);
  assert.equal(first, 6);
  assert.equal(later.length, 5);
  for (const [i, ms] of later.entries()) assert.ok(ms - (i + 1) * 100 < 20, `${later}`);
});

Deno.test("Playback falls silent within one quantum of clear and names the exact place", () => {
  const player = new Player().play("a", 1000).render(10).clear().render(10);
  const fade = player.rendered.slice(10 * QUANTUM, 11 * QUANTUM);
  assert.ok(fade.every((sample, i) => i === 0 || sample < (fade[i - 1] ?? 0)), "fades");
  assert.equal(fade.at(-1), 0);
  assert.ok(player.rendered.slice(11 * QUANTUM).every((sample) => sample === 0), "is silent");
  const { itemId, ms, cleared } = player.reports.at(-1)!;
  assert.deepEqual([itemId, cleared], ["a", true]);
  assert.ok(Math.abs(ms - player.soundingMs()) <= 1, `${ms}, not ${player.soundingMs()}`);
});

Deno.test("Playback plays on after clear, and counts on where an item goes on", () => {
  const player = new Player().play("a", 1000).render(10).clear().render(1).play("a", 40).render(10);
  const cut = player.reports.find(({ cleared }) => cleared)!;
  assert.equal(player.reports.at(-1)?.ms, cut.ms + 40);
  player.play("b", 20).render(10);
  assert.deepEqual(player.reports.at(-1), { itemId: "b", ms: 20, cleared: false });
});

Deno.test("Playback answers every clear, even where nothing new was rendered", () => {
  const player = new Player().play("a", 10).render(10).clear().render(1).clear().render(1);
  assert.equal(player.reports.filter(({ cleared }) => cleared).length, 2);
  assert.ok(player.reports.every(({ ms }) => ms <= 10));
});

Deno.test("Playback renders silence and reports nothing where nothing was said", () => {
  const player = new Player().render(50).clear().render(1);
  assert.equal(player.soundingMs(), 0);
  assert.deepEqual(player.reports, []);
});

Deno.test("Playback keeps what is ordered after a clear, also where nothing was rendered between", () => {
  const player = new Player().play("a", 500).clear(false).play("b", 20).render(10);
  assert.deepEqual(player.reports.at(-1), { itemId: "b", ms: 20, cleared: false });
  assert.ok(player.reports.every(({ cleared }) => !cleared));
});

Deno.test("Playback goes on where another player stopped", () => {
  const player = new Player().send({ type: "startAt", itemId: "a", ms: 300 }).play("a", 40).render(
    9,
  );
  assert.deepEqual(player.reports.at(-1), { itemId: "a", ms: 340, cleared: false });
});

Deno.test("Playback reports what is on its way to the ear when it gets there", () => {
  const player = new Player().send({ type: "latency", seconds: 0.2 }).play("a", 500);
  player.render(37);
  assert.equal(player.reports.length, 0);
  player.render(20);
  assert.ok(player.reports.length > 0 && player.reports.every(({ ms }) => ms < 120));
  player.clear().render(1);
  const answer = player.reports.findLast(({ cleared }) => cleared);
  assert.ok(answer !== undefined && answer.ms > 300);
});
