import type { CallInput } from "../../../src/call/callInput.ts";
import type { CallLeg, SpeechPiece } from "../../../src/call/callLeg.ts";
import { createPlayBuffer } from "../../../src/sim/twilio/media/playBuffer.ts";

const REPORT_EVERY_MS = 100;
/** Sums of parts are inexact. */
const ROUNDING_MS = 1e-6;

/** The caller's leg in virtual time: plays what it is given, and reports it as a real leg does. */
export class LineLeg {
  /** What was played to the human, item by item, in order. */
  readonly heard: { readonly itemId: string; ms: number }[] = [];
  /** When each item of which something was heard would have begun on a leg that starts at once. */
  readonly playableFrom = new Map<string, number>();
  /** Whether it reports nothing that it plays, as a suspended page. */
  asleep = false;
  readonly #reports: CallLeg["reports"];
  readonly #startUpMs: number;
  #buffer;
  /** What it would be without delay. */
  #atOnce = createPlayBuffer();
  #queue: (SpeechPiece & { readonly startsAt: number })[] = [];
  /** Played milliseconds that `heard` accounts for. */
  #countedMs = 0;
  #reportAt = Infinity;
  #positions = new Map<string, number>();

  constructor(reports: CallLeg["reports"], startUpMs = 0) {
    this.#reports = reports;
    this.#startUpMs = startUpMs;
    this.#buffer = createPlayBuffer({ startupDelayMs: startUpMs });
  }

  play(piece: SpeechPiece, now: number): void {
    this.#buffer.write(piece.durationMs, now);
    const { startsAt } = this.#atOnce.write(piece.durationMs, now);
    this.#queue.push({ ...piece, startsAt });
    if (piece.mark !== undefined) this.#buffer.mark(piece.mark, now);
    if (this.#reports === "positions") this.#reportAt = Math.min(this.#reportAt, now);
  }

  mark(name: string, now: number): void {
    this.#buffer.mark(name, now);
  }

  clear(now: number): readonly CallInput[] {
    this.#count(now);
    this.#buffer.clear(now);
    this.#atOnce.clear(now);
    this.#countedMs = this.#buffer.playedMs(now);
    this.#queue = [];
    this.#reportAt = Infinity;
    const last = this.heard.at(-1);
    if (this.#reports === "marks" || last === undefined) return [];
    const ms = Math.ceil(this.#positions.get(last.itemId) ?? 0);
    return [{ type: "rendered", itemId: last.itemId, ms, cleared: true }];
  }

  /** What breaks off with the leg: nothing of it was heard that had not been played. */
  drop(now: number): void {
    this.#count(now);
    this.#buffer = createPlayBuffer({ startupDelayMs: this.#startUpMs });
    this.#atOnce = createPlayBuffer();
    this.#queue = [];
    this.#countedMs = 0;
  }

  /** What the leg reports by now. */
  advance(now: number): readonly CallInput[] {
    this.#count(now);
    const marks = this.#buffer.advance(now);
    if (this.#reports === "marks") {
      return marks.map(({ name }) => ({ type: "marked", mark: name }));
    }
    if (now < this.#reportAt || this.asleep) return [];
    const last = this.heard.at(-1);
    this.#reportAt = this.#queue.length === 0 ? Infinity : now + REPORT_EVERY_MS;
    if (last === undefined) return [];
    const ms = Math.ceil(this.#positions.get(last.itemId) ?? 0);
    return [{ type: "rendered", itemId: last.itemId, ms }];
  }

  nextEventAt(now: number): number {
    if (this.#reports === "marks") return this.#buffer.nextEventAt() ?? Infinity;
    if (this.asleep) return this.#buffer.endsAt(now) ?? Infinity;
    return Math.min(this.#reportAt, this.#buffer.endsAt(now) ?? Infinity);
  }

  #count(now: number): void {
    let ms = this.#buffer.playedMs(now) - this.#countedMs;
    this.#countedMs += ms;
    for (let piece = this.#queue[0]; piece !== undefined && ms > 0; piece = this.#queue[0]) {
      const { itemId, durationMs, startsAt } = piece;
      if (!this.playableFrom.has(itemId)) this.playableFrom.set(itemId, startsAt);
      const playedMs = Math.min(ms, durationMs);
      ms -= playedMs;
      this.#add(itemId, playedMs);
      const restMs = durationMs - playedMs;
      if (restMs > ROUNDING_MS) this.#queue[0] = { ...piece, durationMs: restMs };
      else this.#queue.shift();
    }
    if (this.#queue.length === 0 && this.#reportAt < Infinity) this.#reportAt = now;
  }

  #add(itemId: string, ms: number): void {
    this.#positions.set(itemId, (this.#positions.get(itemId) ?? 0) + ms);
    const last = this.heard.at(-1);
    if (last?.itemId === itemId) last.ms += ms;
    else this.heard.push({ itemId, ms });
  }
}
