/// <reference lib="dom" />
import type {} from "./workletScope.ts";
import type { PlaybackOrder, PlaybackReport, SpeechSamples } from "./playback.ts";

const REPORT_EVERY_SECONDS = 0.1;

interface Clearing {
  readonly answered: boolean;
  /** What was ordered since. */
  readonly kept: SpeechSamples[];
}

/** Plays pieces of speech one after another and counts, item by item, what was really rendered. */
class Playback extends AudioWorkletProcessor {
  #queue: SpeechSamples[] = [];
  /** How much of the first piece has been used. */
  #used = 0;
  #item: { readonly id: string; playedMs: number; reportedMs: number } | undefined;
  #sinceReport = 0;
  /** A clear that is to be carried out. */
  #clearing: Clearing | undefined;
  #renderedSamples = 0;
  #latencySamples = 0;
  /** Reports of what is on its way to the ear, and when it gets there. */
  #waiting: { readonly report: PlaybackReport; readonly dueAt: number }[] = [];

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<PlaybackOrder>) => this.#obey(data);
  }

  process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    const out = output?.[0];
    if (out === undefined) return true;
    if (this.#clearing !== undefined) this.#fade(out, this.#clearing);
    else this.#fill(out);
    this.#sinceReport += out.length;
    this.#renderedSamples += out.length;
    const begins = this.#item?.reportedMs === 0;
    if (begins || this.#sinceReport >= REPORT_EVERY_SECONDS * sampleRate) this.#report();
    this.#send();
    return true;
  }

  #obey(order: PlaybackOrder): void {
    switch (order.type) {
      case "play":
        (this.#clearing?.kept ?? this.#queue).push(order.speech);
        return;
      case "clear":
        // While nothing is rendered, orders pile up: of two clears the later goes for all before it.
        this.#clearing = { answered: order.answered, kept: [] };
        return;
      case "begin":
        this.#item = { id: order.itemId, playedMs: order.ms, reportedMs: order.ms };
        return;
      case "latency":
        this.#latencySamples = order.seconds * sampleRate;
        return;
    }
  }

  /** Renders from the queue as far as it lasts; what it does not reach stays silent. */
  #fill(out: Float32Array): number {
    let filled = 0;
    for (let speech = this.#queue[0]; speech !== undefined; speech = this.#queue[0]) {
      const part = speech.samples.subarray(this.#used, this.#used + out.length - filled);
      out.set(part, filled);
      filled += part.length;
      this.#used += part.length;
      this.#count(speech, part.length);
      if (this.#used < speech.samples.length) break;
      this.#queue.shift();
      this.#used = 0;
      if (this.#queue.length === 0) this.#report();
    }
    return filled;
  }

  #count({ itemId, samples, durationMs }: SpeechSamples, played: number): void {
    if (this.#item?.id !== itemId) {
      this.#report();
      this.#item = { id: itemId, playedMs: 0, reportedMs: 0 };
    }
    this.#item.playedMs += samples.length === 0 ? durationMs : durationMs * played / samples.length;
  }

  /** One quantum of the queue, fading out lest it click, and the end of what was ordered before. */
  #fade(out: Float32Array, { answered, kept }: Clearing): void {
    const faded = this.#fill(out);
    for (let i = 0; i < faded; i++) out[i] = (out[i] ?? 0) * (1 - (i + 1) / faded);
    this.#clearing = undefined;
    this.#queue = kept;
    this.#used = 0;
    this.#report(answered);
    // What was rendered reaches the ear all the same.
    this.#send(Infinity);
  }

  #report(cleared = false): void {
    this.#sinceReport = 0;
    const item = this.#item;
    if (item === undefined) return;
    // Rounded up, so that an item that was rendered whole counts as whole; sums of parts are inexact.
    const ms = Math.ceil(item.playedMs - 1e-6);
    if (ms === item.reportedMs && !cleared) return;
    item.reportedMs = ms;
    const report: PlaybackReport = { itemId: item.id, ms, cleared };
    this.#waiting.push({ report, dueAt: this.#renderedSamples + this.#latencySamples });
  }

  #send(upTo = this.#renderedSamples): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.dueAt > upTo) return;
      this.port.postMessage(next.report);
      this.#waiting.shift();
    }
  }
}

registerProcessor("playback", Playback);
