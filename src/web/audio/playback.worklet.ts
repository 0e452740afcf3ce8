/// <reference lib="dom" />
import type {} from "./workletScope.ts";
import type { PlaybackCommand, PlaybackReport, SpeechSamples } from "./playbackMessages.ts";

const REPORT_EVERY_SECONDS = 0.1;

interface PendingClear {
  readonly report: boolean;
  /** Pieces that came after the clear. */
  readonly next: SpeechSamples[];
}

/** Plays pieces of speech in order and counts, item by item, what was rendered. */
class Playback extends AudioWorkletProcessor {
  #queue: SpeechSamples[] = [];
  /** Samples of the first piece that have been rendered. */
  #usedSamples = 0;
  #item: { readonly id: string; playedMs: number; reportedMs: number } | undefined;
  #samplesSinceReport = 0;
  #pendingClear: PendingClear | undefined;
  #renderedSamples = 0;
  #latencySamples = 0;
  /** Reports that are held until what they count has reached the ear. */
  #heldReports: { readonly report: PlaybackReport; readonly dueAt: number }[] = [];

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<PlaybackCommand>) => this.#handleCommand(data);
  }

  process(_inputs: Float32Array[][], [output]: Float32Array[][]): boolean {
    const out = output?.[0];
    if (out === undefined) return true;
    if (this.#pendingClear !== undefined) this.#fadeOut(out, this.#pendingClear);
    else this.#fill(out);
    this.#samplesSinceReport += out.length;
    this.#renderedSamples += out.length;
    const begins = this.#item?.reportedMs === 0;
    if (begins || this.#samplesSinceReport >= REPORT_EVERY_SECONDS * sampleRate) this.#report();
    this.#send();
    return true;
  }

  #handleCommand(command: PlaybackCommand): void {
    switch (command.type) {
      case "play":
        (this.#pendingClear?.next ?? this.#queue).push(command.speech);
        return;
      case "clear":
        // Commands queue up while nothing is rendered; the last clear covers all before it.
        this.#pendingClear = { report: command.report, next: [] };
        return;
      case "startAt":
        this.#item = { id: command.itemId, playedMs: command.ms, reportedMs: command.ms };
        return;
      case "latency":
        this.#latencySamples = command.seconds * sampleRate;
        return;
    }
  }

  /** Renders from the queue; returns how many samples, the rest of `out` stays silent. */
  #fill(out: Float32Array): number {
    let filled = 0;
    for (let speech = this.#queue[0]; speech !== undefined; speech = this.#queue[0]) {
      const part = speech.samples.subarray(
        this.#usedSamples,
        this.#usedSamples + out.length - filled,
      );
      out.set(part, filled);
      filled += part.length;
      this.#usedSamples += part.length;
      this.#count(speech, part.length);
      if (this.#usedSamples < speech.samples.length) break;
      this.#queue.shift();
      this.#usedSamples = 0;
      if (this.#queue.length === 0) this.#report();
    }
    return filled;
  }

  #count({ itemId, samples, durationMs, fromMs }: SpeechSamples, played: number): void {
    const begins = this.#usedSamples === played;
    if (this.#item?.id !== itemId) {
      this.#report();
      this.#item = { id: itemId, playedMs: fromMs ?? 0, reportedMs: fromMs ?? 0 };
    } else if (begins && fromMs !== undefined) {
      this.#item.playedMs = fromMs;
    }
    this.#item.playedMs += samples.length === 0 ? durationMs : durationMs * played / samples.length;
  }

  /** Carries out a clear: renders one more quantum, faded out to avoid a click, and drops the rest. */
  #fadeOut(out: Float32Array, { report, next }: PendingClear): void {
    const faded = this.#fill(out);
    for (let i = 0; i < faded; i++) out[i] = (out[i] ?? 0) * (1 - (i + 1) / faded);
    this.#pendingClear = undefined;
    this.#queue = next;
    this.#usedSamples = 0;
    this.#report(report);
    // Rendered samples cannot be taken back: they count as heard.
    this.#send(Infinity);
  }

  #report(cleared = false): void {
    this.#samplesSinceReport = 0;
    const item = this.#item;
    if (item === undefined) return;
    // Rounded up, so that a fully rendered item counts in full although sums of parts are inexact.
    const ms = Math.ceil(item.playedMs - 1e-6);
    if (ms === item.reportedMs && !cleared) return;
    item.reportedMs = ms;
    const report: PlaybackReport = { itemId: item.id, ms, cleared };
    this.#heldReports.push({ report, dueAt: this.#renderedSamples + this.#latencySamples });
  }

  #send(upTo = this.#renderedSamples): void {
    for (let next = this.#heldReports[0]; next !== undefined; next = this.#heldReports[0]) {
      if (next.dueAt > upTo) return;
      this.port.postMessage(next.report);
      this.#heldReports.shift();
    }
  }
}

registerProcessor("playback", Playback);
