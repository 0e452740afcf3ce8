import type { SpeechRef } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";
import { JoinedAudio } from "./joinedAudio.ts";
import type { Speech } from "./speechQueue.ts";

/**
 * A stretch of an item's speech that was handed to the leg, up to its mark, and when the leg is thought to
 * play it. It may have come in many small pieces.
 */
export interface Segment {
  readonly ref: SpeechRef;
  readonly audio: JoinedAudio;
  /** Where it begins within its item. */
  readonly offsetMs: Milliseconds;
  durationMs: Milliseconds;
  mark: string | undefined;
  /** When the mark was sent, where that was after the end was thought to have been played. */
  markedLateAt?: Milliseconds;
  readonly burst: Burst;
  /** Before this it is not thought to be played: it had not been written, or the leg was still starting up. */
  readonly earliest: Milliseconds;
  /** Before this it cannot be played, with all that was written before it in the burst. */
  readonly notBefore: Milliseconds;
  start: Milliseconds;
  end: Milliseconds;
}

/** Speech that queues up without a gap; how late a leg starts is learnt from the first mark of each. */
interface Burst {
  marks: number;
  /** When the leg has played all of it at the earliest, however it was written. */
  playableUntil: Milliseconds;
}

/** What a segment is made of. */
export function speechOf({ ref, audio, offsetMs, durationMs }: Segment): Speech {
  return { ref, audio: audio.audio, offsetMs, durationMs };
}

function isSame(one: SpeechRef, other: SpeechRef): boolean {
  return one === other || (one.itemId === other.itemId && one.responseId === other.responseId &&
    one.contentIndex === other.contentIndex);
}

/** Legs report positions in whole milliseconds, and sums of parts are inexact. */
export const ROUNDING_MS = 1;
/** A mark that is off by more than this shows a stall, not jitter, and is believed at once. */
const STALL_MS = 120;
/** How much one mark may still move the estimate after many: enough to follow drift, too little to follow jitter. */
const LEAST_GAIN = 0.15;
/** How late a leg starts to play, until its first mark has shown it: in the middle of what is seen. */
const START_UP_GUESS_MS = 100;
const ROUND_TRIP_SAMPLES = 8;
/** Pieces are one segment up to this length, as far as marks are apart. */
const MAX_SEGMENT_MS = 500;
/** What follows closer on what is being played may turn out to begin later than that ends. */
const SURELY_AHEAD_MS = 250;
/** Sums of fractions differ by less. */
const EXACT_MS = 0.001;
/** A probe counts only if the leg has surely been idle, else its echo waited behind audio. */
const SURELY_IDLE_MS = 250;

/**
 * How much of the speech it was given the leg has played: an estimated copy of its playout queue.
 *
 * Times are local time plus the delay towards the leg. In that frame what was written at `t` can be
 * played from `t` on, and a `clear` that is written now finds the queue exactly as it stands here now:
 * the delay cancels out. Echoed marks correct it; they are old by the whole round trip, which
 * probes on an idle queue measure.
 */
export class PlayoutEstimate {
  #segments: Segment[] = [];
  #queueEnd: Milliseconds = -Infinity;
  #startUp: Milliseconds = START_UP_GUESS_MS;
  #startUpKnown = false;
  #roundTrips: number[] = [];
  #roundTrip: Milliseconds | undefined;
  #probe:
    | { readonly name: string; readonly at: Milliseconds; readonly counts: boolean }
    | undefined;
  #burst: Burst = { marks: 0, playableUntil: -Infinity };

  /** What has been written and not yet reported as played, oldest first. */
  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get last(): Segment | undefined {
    return this.#segments[this.#segments.length - 1];
  }

  /** When everything written so far will have been played; in the past if nothing is queued. */
  get queueEnd(): Milliseconds {
    return this.#queueEnd;
  }

  isIdle(now: Milliseconds): boolean {
    return now >= this.#queueEnd && this.#segments.length === 0;
  }

  probed(name: string, now: Milliseconds): void {
    const counts = this.#roundTrip === undefined || now - this.#queueEnd > SURELY_IDLE_MS;
    this.#probe = { name, at: now, counts };
  }

  write({ ref, audio, offsetMs, durationMs }: Speech, now: Milliseconds): Segment {
    const { last } = this;
    if (
      last !== undefined && last.mark === undefined && isSame(last.ref, ref) &&
      this.#queueEnd - now > SURELY_AHEAD_MS && last.durationMs + durationMs <= MAX_SEGMENT_MS &&
      Math.abs(last.offsetMs + last.durationMs - offsetMs) < EXACT_MS
    ) {
      last.audio.append(audio);
      last.durationMs += durationMs;
      last.end += durationMs;
      last.burst.playableUntil += durationMs;
      this.#queueEnd = last.end;
      return last;
    }
    const startsBurst = now >= this.#queueEnd;
    if (startsBurst) this.#burst = { marks: 0, playableUntil: now };
    const earliest = startsBurst ? now + this.#startUp : now;
    const start = Math.max(this.#queueEnd, earliest);
    const end = start + durationMs;
    const burst = this.#burst;
    const notBefore = Math.max(now, burst.playableUntil);
    burst.playableUntil = notBefore + durationMs;
    const segment: Segment = {
      ref,
      audio: new JoinedAudio(audio),
      offsetMs,
      durationMs,
      mark: undefined,
      burst,
      earliest,
      notBefore,
      start,
      end,
    };
    this.#segments.push(segment);
    this.#queueEnd = end;
    return segment;
  }

  /** Marks a segment that is thought to have been played: the echo tells when only where the leg is still at it. */
  markLate(segment: Segment, mark: string, now: Milliseconds): void {
    segment.mark = mark;
    segment.markedLateAt = now;
  }

  /** An echoed mark: returns the segments that are now known to have been played. */
  marked(name: string, now: Milliseconds): readonly Segment[] {
    if (this.#probe?.name === name) {
      if (this.#probe.counts) this.#measured(now - this.#probe.at);
      this.#probe = undefined;
      return [];
    }
    const index = this.#segments.findIndex((segment) => segment.mark === name);
    const segment = this.#segments[index];
    if (segment === undefined) return [];
    const playedAt = now - (this.#roundTrip ?? 0);
    const { markedLateAt } = segment;
    const isTold = markedLateAt === undefined || playedAt - markedLateAt > STALL_MS;
    if (isTold) this.#correct(segment, playedAt);
    return this.#segments.splice(0, index + 1);
  }

  /** A reported position: everything before it has been played. */
  rendered(itemId: string, ms: Milliseconds, now: Milliseconds): readonly Segment[] {
    const index = this.#segments.findLastIndex((segment) =>
      segment.ref.itemId === itemId && segment.offsetMs <= ms
    );
    const segment = this.#segments[index];
    if (segment === undefined) return [];
    const withinMs = Math.min(ms - segment.offsetMs, segment.durationMs);
    this.#shift(index, now - (segment.start + withinMs));
    const endMs = segment.offsetMs + segment.durationMs;
    const played = endMs <= ms + ROUNDING_MS ? index + 1 : index;
    return this.#segments.splice(0, played);
  }

  /** How much of a segment has been played if the leg is cleared now. */
  playedMs(segment: Segment, now: Milliseconds): number {
    return Math.min(Math.max(now - segment.start, 0), segment.durationMs);
  }

  /** Forgets the queue, as the leg does on `clear`, and returns what was in it. */
  clear(now: Milliseconds): readonly Segment[] {
    const segments = this.#segments;
    this.#segments = [];
    this.#queueEnd = Math.min(this.#queueEnd, now);
    this.#probe = undefined;
    return segments;
  }

  /** Drops segments whose report is overdue by more than `graceMs`; a leg may lose one. */
  expire(now: Milliseconds, graceMs: Milliseconds): readonly Segment[] {
    const kept = this.#segments.findIndex((segment) => now < segment.end + graceMs);
    return this.#segments.splice(0, kept < 0 ? this.#segments.length : kept);
  }

  #measured(roundTripMs: number): void {
    this.#roundTrips.push(roundTripMs);
    if (this.#roundTrips.length > ROUND_TRIP_SAMPLES) this.#roundTrips.shift();
    const sum = this.#roundTrips.reduce((total, sample) => total + sample, 0);
    this.#roundTrip = sum / this.#roundTrips.length;
  }

  #correct(segment: Segment, playedAt: Milliseconds): void {
    const error = playedAt - segment.end;
    if (segment.burst.marks === 0) {
      const sample = Math.max(0, this.#startUp + error);
      const weight = this.#startUpKnown ? 0.4 : 1;
      this.#startUp += weight * (sample - this.#startUp);
      this.#startUpKnown = true;
    }
    const gain = Math.abs(error) > STALL_MS
      ? 1
      : Math.max(LEAST_GAIN, 1 / (1.15 + segment.burst.marks));
    segment.burst.marks++;
    this.#shift(this.#segments.indexOf(segment), gain * error);
  }

  /** Moves the segment at `index` by `error`, and those behind it as far as they queue up on it. */
  #shift(index: number, error: number): void {
    let previousEnd = -Infinity;
    for (let i = index; i < this.#segments.length; i++) {
      const segment = this.#segments[i];
      if (segment === undefined) break;
      const start = i === index
        ? Math.max(segment.notBefore, segment.start + error)
        : Math.max(segment.earliest, previousEnd);
      segment.start = start;
      segment.end = start + segment.durationMs;
      previousEnd = segment.end;
    }
    if (previousEnd > -Infinity) this.#queueEnd = previousEnd;
  }
}
