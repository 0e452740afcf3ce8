import { type AudioFormat, bytesPerMs } from "../../utils/audio/audioFormat.ts";
import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { TranscriptEntries } from "../transcript/transcriptEntries.ts";
import type { Milliseconds } from "../types.ts";
import type { Segment } from "./playoutEstimate.ts";

/** An item's beginning, but for sums of fractions. */
const BEGINNING_MS = 0.001;
/** So much further than expected within speech without a gap is the estimate's error; more is a stall. */
const STALL_MS = 120;
/** So much nearer than expected shows that all before it was heard earlier, too. */
const EARLIER_MS = 2;
const MAX_BEGUN = 16;
/** Samples are whole, in every format, at this many bytes. */
const SAMPLE_BYTES = 2;

interface Begun {
  readonly itemId: string;
  readonly at: Milliseconds;
  /** It cannot have begun before. */
  readonly notBefore: Milliseconds;
}

/**
 * Tells the transcript and recordings what was really heard of the agent's speech, and when: whole stretches as
 * they turn out to have been played, and of what was cut off the part that was heard, once that is settled.
 */
export class HeardSpeech {
  readonly #commands: CommandBuffer;
  readonly #entries: Pick<TranscriptEntries, "soundedAt">;
  #cleared: Segment[] = [];
  #burst: object | undefined;
  /** Since the last gap. */
  #begun: readonly Begun[] = [];
  /** Where the last stretch ends, as it was told. */
  #end: Milliseconds = -Infinity;
  /** Of the leg, also of one that has just left. */
  format: AudioFormat = "pcmu";
  /** Whether the sound itself is wanted. */
  isRecorded = false;

  constructor(commands: CommandBuffer, entries: Pick<TranscriptEntries, "soundedAt">) {
    this.#commands = commands;
    this.#entries = entries;
  }

  /** These were played to their end, in this order. */
  played(segments: readonly Segment[]): void {
    for (const segment of segments) this.#heard(segment, segment.durationMs);
  }

  /** The leg has dropped these, which are returned: how much of them was heard, `settle` says. */
  cleared(segments: readonly Segment[]): readonly Segment[] {
    this.#cleared.push(...segments);
    return segments;
  }

  /** How far items were heard of which something was cleared; those that are not among them, whole. */
  settle(items: readonly { readonly itemId: string; readonly heardMs: Milliseconds }[]): void {
    if (this.#cleared.length === 0) return;
    const cleared = this.#cleared;
    this.#cleared = [];
    for (const segment of cleared) {
      const { ref: { itemId }, offsetMs, durationMs } = segment;
      const { heardMs = Infinity } = items.find((item) => item.itemId === itemId) ?? {};
      this.#heard(segment, Math.min(heardMs - offsetMs, durationMs));
    }
  }

  #heard(segment: Segment, playedMs: Milliseconds): void {
    if (!(playedMs > 0)) return;
    const { ref: { itemId }, offsetMs, notBefore } = segment;
    const at = this.#placed(segment, playedMs);
    if (offsetMs < BEGINNING_MS) this.#begins({ itemId, at, notBefore });
    if (!this.isRecorded) return;
    const { bytes } = segment.audio;
    const length = Math.round(playedMs * bytesPerMs(this.format) / SAMPLE_BYTES) * SAMPLE_BYTES;
    const audio = length < bytes.length ? bytes.subarray(0, length) : bytes;
    this.#commands.push({ type: "keepHeard", sound: { audio, at } });
  }

  /** When it was heard: speech of one burst is played without a gap, unless the leg has stalled. */
  #placed({ start, burst }: Segment, playedMs: Milliseconds): Milliseconds {
    const lateMs = start - this.#end;
    const isEarlier = lateMs <= -EARLIER_MS;
    const goesOn = this.#burst === burst && lateMs <= STALL_MS;
    if (isEarlier) this.#moveBegun(lateMs);
    else if (!goesOn) this.#begun = [];
    const at = goesOn && !isEarlier ? this.#end : start;
    this.#burst = burst;
    this.#end = at + playedMs;
    return at;
  }

  #begins(begun: Begun): void {
    this.#begun = [...this.#begun, begun].slice(-MAX_BEGUN);
    this.#entries.soundedAt(begun.itemId, begun.at);
  }

  /** By no more than can be: what a leg reports of itself need not be true. */
  #moveBegun(byMs: Milliseconds): void {
    this.#begun = this.#begun.map((begun) => {
      const at = Math.min(begun.at, Math.max(begun.notBefore, begun.at + byMs));
      return { ...begun, at };
    });
    for (const { itemId, at } of this.#begun) this.#entries.soundedAt(itemId, at);
  }
}
