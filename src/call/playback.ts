import type { AudioFormat, Base64 } from "../utils/audioFormat.ts";
import { HeldSpeech, type Speech } from "./heldSpeech.ts";
import { PlayoutMirror, ROUNDING_MS, type Segment } from "./playoutMirror.ts";
import type { CallCommand, CallLeg, Milliseconds, SpeechPiece, SpeechRef } from "./types.ts";

/** An item of the agent's speech that was cut off. */
export interface Cut extends SpeechRef {
  readonly heardMs: Milliseconds;
  /** How much of it the model has produced so far. */
  readonly producedMs: Milliseconds;
  /** Whether the model has produced all of it. */
  readonly complete: boolean;
}

/** What became known as played: where the item now stands, and whether that was all of it. */
export interface Heard {
  readonly itemId: string;
  readonly heardMs: Milliseconds;
  readonly finished: boolean;
}

export interface Progress {
  readonly commands: readonly CallCommand[];
  readonly heard: readonly Heard[];
}

export interface PlaybackOptions {
  /** The leg is kept at most this far ahead of what it plays ... */
  readonly leadMs?: Milliseconds;
  /** ... and is given more when this little is left. A stall of ours that is longer becomes audible. */
  readonly lowMs?: Milliseconds;
}

interface Item extends SpeechRef {
  producedMs: number;
  heardMs: number;
  complete: boolean;
}

/** Multiples of 3 ms: then a piece of G.711 ends on a whole group of base64 characters. */
const PIECE_MS = 159;
const FIRST_PIECE_MS = 60;
/** Reports that never come must not keep the agent "speaking" for ever. */
const REPORT_GRACE_MS = 3000;
const MAX_SILENCED = 64;
/** No answer is this long: a model that does not stop must not fill our memory. */
const MAX_HELD_MS = 20 * 60_000;
const NOTHING: Progress = { commands: [], heard: [] };

/**
 * What the caller has heard of the agent, per item.
 *
 * Speech is split into short pieces, kept back beyond a bounded lead, and mirrored as the leg plays
 * it. After `interrupt` the mirror is empty and audio of silenced responses is refused.
 */
export class Playback {
  readonly #leadMs: number;
  readonly #lowMs: number;
  readonly #mirror = new PlayoutMirror();
  readonly #items = new Map<string, Item>();
  readonly #silenced = new Set<string>();
  readonly #held = new HeldSpeech();
  #leg: { readonly format: AudioFormat; readonly reports: CallLeg["reports"] } | undefined;
  #generation = 0;
  #marks = 0;
  #unmarkedMs = 0;
  #paused = false;

  constructor({ leadMs = 4000, lowMs = 2000 }: PlaybackOptions = {}) {
    this.#leadMs = leadMs;
    this.#lowMs = lowMs;
  }

  /** From now on speech goes out; what was prepared before is released first. */
  join(
    format: AudioFormat,
    reports: CallLeg["reports"],
    now: Milliseconds,
  ): Progress {
    this.#leg = { format, reports };
    const commands: CallCommand[] = [];
    if (reports === "marks") commands.push(this.#probe(now));
    const heard = this.#unpause(format);
    this.#release(now, commands);
    return { commands, heard };
  }

  /** Whether something is still to be heard: with the leg, or kept back. */
  get audible(): boolean {
    return !this.#held.isEmpty || this.#mirror.segments.length > 0;
  }

  /** The leg is gone, and what it had not played is kept for the next. */
  leave(now: Milliseconds): void {
    this.pause(now);
    this.#leg = undefined;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** When all that is known of will have been heard. */
  endsAt(now: Milliseconds): Milliseconds {
    return Math.max(now, this.#mirror.queueEnd) + this.#held.totalMs;
  }

  /** Whether audio of this response is not wanted: it was silenced, or there is no end to it. */
  refuses(responseId: string): boolean {
    return this.#silenced.has(responseId) || this.#held.totalMs > MAX_HELD_MS;
  }

  /** Audio from the model that `refuses` has let pass. */
  speech(
    ref: SpeechRef,
    audio: Base64,
    durationMs: Milliseconds,
    now: Milliseconds,
  ): readonly CallCommand[] {
    const item = this.#item(ref);
    this.#held.add({ ...ref, audio, offsetMs: item.producedMs, durationMs });
    item.producedMs += durationMs;
    const commands: CallCommand[] = [];
    this.#release(now, commands);
    return commands;
  }

  /** The model has said all of an item; the leg is asked to tell when it has been played. */
  complete(itemId: string): Progress {
    const item = this.#items.get(itemId);
    if (item === undefined || item.complete) return NOTHING;
    item.complete = true;
    if (isHeard(item)) {
      this.#items.delete(itemId);
      return { commands: [], heard: [{ itemId, heardMs: item.heardMs, finished: true }] };
    }
    const last = this.#mirror.last;
    const isLast = last?.itemId === itemId && this.#held.isEmpty;
    if (!isLast || last.mark !== undefined || this.#leg?.reports !== "marks") return NOTHING;
    last.mark = this.#nextMark();
    this.#unmarkedMs = 0;
    return { commands: [{ type: "mark", name: last.mark }], heard: [] };
  }

  marked(name: string, now: Milliseconds): readonly Heard[] {
    return this.#played(this.#mirror.marked(name, now));
  }

  /** A reported position; where the leg is paused, `exact` tells the place where it fell silent. */
  rendered(
    itemId: string,
    ms: Milliseconds,
    now: Milliseconds,
    { exact = false }: { readonly exact?: boolean } = {},
  ): readonly Heard[] {
    const item = this.#items.get(itemId);
    if (item === undefined) return [];
    const atLeastMs = exact && this.#paused ? 0 : item.heardMs;
    const heardMs = Math.min(Math.max(ms, atLeastMs), item.producedMs);
    const advanced = heardMs > item.heardMs;
    item.heardMs = heardMs;
    const heard = this.#played(this.#mirror.rendered(itemId, heardMs, now));
    if (!advanced || heard.some((one) => one.itemId === itemId)) return heard;
    return [...heard, { itemId, heardMs, finished: false }];
  }

  /** Gives the leg more where it runs low, and stops waiting for reports that never came. */
  tick(now: Milliseconds): Progress {
    const commands: CallCommand[] = [];
    this.#release(now, commands);
    return { commands, heard: this.#played(this.#mirror.expire(now, REPORT_GRACE_MS)) };
  }

  /** When `tick` has something to do. */
  get wakeAt(): Milliseconds | undefined {
    if (!this.#held.isEmpty && this.#leg !== undefined && !this.#paused) {
      return this.#mirror.queueEnd - this.#lowMs;
    }
    const last = this.#mirror.last;
    return last === undefined ? undefined : last.end + REPORT_GRACE_MS;
  }

  /** Silences the agent but keeps what was not heard, so that `resume` can go on from there. */
  pause(now: Milliseconds): readonly CallCommand[] {
    if (this.#paused || !this.audible) return [];
    this.#paused = true;
    this.#held.putBack(this.#clearMirror(now));
    return this.#leg === undefined ? [] : [{ type: "clear" }];
  }

  /** Goes on where `pause` stopped. */
  resume(now: Milliseconds): Progress {
    if (!this.#paused || this.#leg === undefined) return NOTHING;
    const commands: CallCommand[] = [];
    const heard = this.#unpause(this.#leg.format);
    this.#release(now, commands);
    return { commands, heard };
  }

  /** Silences the agent for good; tells what was cut off, in the order of speaking. */
  interrupt(now: Milliseconds): { commands: readonly CallCommand[]; cuts: readonly Cut[] } {
    const silences = this.audible && this.#leg !== undefined && !this.#paused;
    this.#clearMirror(now);
    this.#held.clear();
    this.#paused = false;
    // Also what was heard whole so far, if the model is in the middle of it: the rest will not be.
    const cuts = [...this.#items.values()].filter((item) => !item.complete || !isHeard(item));
    this.#items.clear();
    const commands: readonly CallCommand[] = silences ? [{ type: "clear" }] : [];
    return { commands, cuts };
  }

  /** Refuses all further audio of a response. */
  silence(responseId: string): void {
    this.#silenced.add(responseId);
    if (this.#silenced.size <= MAX_SILENCED) return;
    for (const oldest of this.#silenced) {
      this.#silenced.delete(oldest);
      break;
    }
  }

  isSilenced(responseId: string): boolean {
    return this.#silenced.has(responseId);
  }

  /** What the model has not finished, of one response or of all. */
  unfinished(responseId?: string): readonly Readonly<Item>[] {
    return [...this.#items.values()].filter((item) =>
      !item.complete && (responseId === undefined || item.responseId === responseId)
    );
  }

  #item(ref: SpeechRef): Item {
    let item = this.#items.get(ref.itemId);
    if (item === undefined) {
      item = {
        responseId: ref.responseId,
        itemId: ref.itemId,
        contentIndex: ref.contentIndex,
        producedMs: 0,
        heardMs: 0,
        complete: false,
      };
      this.#items.set(ref.itemId, item);
    }
    return item;
  }

  #release(now: Milliseconds, commands: CallCommand[]): void {
    const leg = this.#leg;
    if (leg === undefined || this.#paused) return;
    while (!this.#held.isEmpty && this.#mirror.queueEnd - now < this.#leadMs) {
      if (leg.reports === "marks" && this.#mirror.isIdle(now)) commands.push(this.#probe(now));
      const startsBurst = now >= this.#mirror.queueEnd;
      const speech = this.#held.take(startsBurst ? FIRST_PIECE_MS : PIECE_MS, leg.format);
      if (speech === undefined) return;
      commands.push({ type: "play", piece: this.#write(speech, startsBurst, now) });
    }
  }

  #write(speech: Speech, startsBurst: boolean, now: Milliseconds): SpeechPiece {
    const { itemId, audio, offsetMs, durationMs } = speech;
    const segment = this.#mirror.write(speech, now);
    this.#unmarkedMs += durationMs;
    if (this.#leg?.reports === "positions") return { itemId, audio, durationMs };
    const item = this.#items.get(itemId);
    const endsItem = item?.complete === true &&
      offsetMs + durationMs >= item.producedMs - ROUNDING_MS;
    if (!startsBurst && !endsItem && this.#unmarkedMs < PIECE_MS) {
      return { itemId, audio, durationMs };
    }
    this.#unmarkedMs = 0;
    segment.mark = this.#nextMark();
    return { itemId, audio, durationMs, mark: segment.mark };
  }

  /** What is played again begins where the caller stopped hearing it, which may be at its end. */
  #unpause(format: AudioFormat): readonly Heard[] {
    if (!this.#paused) return [];
    this.#paused = false;
    const heard: Heard[] = [];
    for (const item of this.#items.values()) {
      const { itemId, heardMs } = item;
      if (heardMs > 0) this.#held.skip(itemId, heardMs, format);
      if (!item.complete || !isHeard(item)) continue;
      this.#items.delete(itemId);
      heard.push({ itemId, heardMs, finished: true });
    }
    return heard;
  }

  #clearMirror(now: Milliseconds): readonly Segment[] {
    for (const item of this.#items.values()) {
      item.heardMs = this.#heardOf(item, this.#mirror.segments, now);
    }
    this.#generation++;
    this.#unmarkedMs = 0;
    return this.#mirror.clear(now);
  }

  #heardOf(item: Item, segments: readonly Segment[], now: Milliseconds): number {
    let heardMs = item.heardMs;
    for (const segment of segments) {
      if (segment.itemId !== item.itemId) continue;
      const playedMs = this.#mirror.playedMs(segment, now);
      if (playedMs > 0) heardMs = Math.max(heardMs, segment.offsetMs + playedMs);
    }
    return Math.min(heardMs, item.producedMs);
  }

  #played(segments: readonly Segment[]): readonly Heard[] {
    const heard = new Map<string, Heard>();
    for (const { itemId, offsetMs, durationMs } of segments) {
      const item = this.#items.get(itemId);
      if (item === undefined) continue;
      item.heardMs = Math.max(item.heardMs, offsetMs + durationMs);
      const finished = item.complete && isHeard(item);
      if (finished) this.#items.delete(itemId);
      heard.set(itemId, { itemId, heardMs: item.heardMs, finished });
    }
    return [...heard.values()];
  }

  #probe(now: Milliseconds): CallCommand {
    const name = this.#nextMark();
    this.#mirror.probed(name, now);
    return { type: "mark", name };
  }

  #nextMark(): string {
    return `g${this.#generation}.${++this.#marks}`;
  }
}

function isHeard({ heardMs, producedMs }: Item): boolean {
  return heardMs >= producedMs - ROUNDING_MS;
}
