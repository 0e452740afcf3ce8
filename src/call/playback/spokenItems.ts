import type { HeardSpeech } from "./heardSpeech.ts";
import { ROUNDING_MS, type Segment } from "./playoutEstimate.ts";
import type { SpeechRef } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";

/** An item of the agent's speech that was cut off. */
export interface Cut extends SpeechRef {
  readonly heardMs: Milliseconds;
  /** How much of it the leg was given; no more can have been heard. */
  readonly sentMs: Milliseconds;
  /** How much of it the model has produced so far. */
  readonly producedMs: Milliseconds;
  /** Whether the model has produced all of it. */
  readonly complete: boolean;
}

/** What became known as played: where the item now stands, and whether that was all of it. */
export interface Heard extends Pick<SpeechRef, "responseId" | "itemId"> {
  readonly heardMs: Milliseconds;
  readonly finished: boolean;
  /** How much of it the model has produced so far, and whether that is all of it. */
  readonly producedMs: Milliseconds;
  readonly complete: boolean;
}

interface Item extends SpeechRef {
  producedMs: number;
  sentMs: number;
  heardMs: number;
  complete: boolean;
}

/** The agent's items, in the order of speaking, until they have been heard whole: how far each has come. */
export class SpokenItems {
  readonly #items = new Map<string, Item>();
  readonly #heard: Pick<HeardSpeech, "played" | "settle">;

  constructor(heard: Pick<HeardSpeech, "played" | "settle">) {
    this.#heard = heard;
  }

  get all(): readonly SpeechRef[] {
    return [...this.#items.values()];
  }

  /** The model has produced more of an item; returns where in it that begins. */
  produced(ref: SpeechRef, durationMs: Milliseconds): Milliseconds {
    let item = this.#items.get(ref.itemId);
    if (item === undefined) {
      const { responseId, itemId, contentIndex } = ref;
      const none = { producedMs: 0, sentMs: 0, heardMs: 0, complete: false };
      item = { responseId, itemId, contentIndex, ...none };
      this.#items.set(itemId, item);
    }
    const offsetMs = item.producedMs;
    item.producedMs += durationMs;
    return offsetMs;
  }

  /** The leg was given an item up to `endMs`. */
  sent(itemId: string, endMs: Milliseconds): void {
    const item = this.#items.get(itemId);
    if (item !== undefined) item.sentMs = Math.max(item.sentMs, endMs);
  }

  /** How much of these segments, which follow each other, is not known to have been heard. */
  unheardMs(segments: readonly Segment[]): Milliseconds {
    const sentMs = segments.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const [first] = segments;
    if (first === undefined) return sentMs;
    const heardMs = this.#items.get(first.ref.itemId)?.heardMs ?? 0;
    return sentMs - Math.max(0, heardMs - first.offsetMs);
  }

  /** The model has said all of an item. Undefined if it had before, or has never begun it. */
  complete(itemId: string): Heard | undefined {
    const item = this.#items.get(itemId);
    if (item === undefined || item.complete) return undefined;
    item.complete = true;
    return this.#settle(item);
  }

  /** Whether an item is complete and ends at `endMs`. */
  endsAt(itemId: string, endMs: Milliseconds): boolean {
    const item = this.#items.get(itemId);
    return item?.complete === true && endMs >= item.producedMs - ROUNDING_MS;
  }

  /** Segments have been played; what has been heard whole is forgotten. */
  played(segments: readonly Segment[]): readonly Heard[] {
    this.#heard.played(segments);
    const heard = new Map<string, Heard>();
    for (const { ref: { itemId }, offsetMs, durationMs } of segments) {
      const item = this.#items.get(itemId);
      if (item === undefined) continue;
      item.heardMs = Math.max(item.heardMs, offsetMs + durationMs);
      heard.set(itemId, this.#settle(item));
    }
    return [...heard.values()];
  }

  /** A position that was reported; no further back than `atLeastMs`, if given, else than what was known. */
  rendered(
    itemId: string,
    ms: Milliseconds,
    atLeastMs?: Milliseconds,
  ): Omit<Heard, "finished"> & { readonly advanced: boolean } | undefined {
    const item = this.#items.get(itemId);
    if (item === undefined) return undefined;
    const heardMs = Math.min(Math.max(ms, atLeastMs ?? item.heardMs), item.sentMs);
    const advanced = heardMs > item.heardMs;
    item.heardMs = heardMs;
    const { responseId, producedMs, complete } = item;
    return { responseId, itemId, heardMs, producedMs, complete, advanced };
  }

  /** Takes over how far each item has come by an estimate, where that is further than what is known. */
  estimate(playedMs: (segment: Segment) => Milliseconds, segments: readonly Segment[]): void {
    for (const segment of segments) {
      const item = this.#items.get(segment.ref.itemId);
      const ms = playedMs(segment);
      if (item === undefined || ms <= 0) continue;
      item.heardMs = Math.min(Math.max(item.heardMs, segment.offsetMs + ms), item.producedMs);
    }
  }

  /** How far each item has come; those that turn out to be heard whole are forgotten. */
  progress(): readonly Heard[] {
    this.#heard.settle([...this.#items.values()]);
    return [...this.#items.values()].map((item) => this.#settle(item));
  }

  /** What the model has not finished, of one response or of all. */
  unfinished(responseId?: string): readonly Cut[] {
    return [...this.#items.values()].filter((item) =>
      !item.complete && (responseId === undefined || item.responseId === responseId)
    );
  }

  /** Forgets everything, and returns it as far as it has come: what of it `isHeardWhole` is not cut off. */
  cut(): readonly Cut[] {
    const cuts = [...this.#items.values()];
    this.#items.clear();
    return cuts;
  }

  #settle(item: Item): Heard {
    const { responseId, itemId, heardMs, producedMs, complete } = item;
    const finished = isHeardWhole(item);
    if (finished) this.#items.delete(itemId);
    return { responseId, itemId, heardMs, finished, producedMs, complete };
  }
}

/** While the model is in the middle of an item, no more than a part of it was heard. */
export function isHeardWhole(
  { heardMs, producedMs, complete }: Pick<Cut, "heardMs" | "producedMs" | "complete">,
): boolean {
  return complete && heardMs >= producedMs - ROUNDING_MS;
}
