/** A piece of speech, resampled to the rate of the audio context. */
export interface SpeechSamples {
  readonly itemId: string;
  readonly samples: Float32Array<ArrayBuffer>;
  /** Duration of the original speech: the resampler holds back a moment, so `samples` may be shorter. */
  readonly durationMs: number;
  /** Where it begins within its item, where that is not behind what was played of it. */
  readonly fromMs?: number;
}

/** What the page sends to the playback worklet. */
export type PlaybackCommand =
  | { readonly type: "play"; readonly speech: SpeechSamples }
  /** Without `report` where the page has reported the position itself, as nothing is rendered. */
  | { readonly type: "clear"; readonly report: boolean }
  /** The next piece of this item starts at `ms`: a previous player has played what comes before. */
  | { readonly type: "startAt"; readonly itemId: string; readonly ms: number }
  /** The time from rendering to the ear. */
  | { readonly type: "latency"; readonly seconds: number };

/** How much of an item has been rendered and has had the time to be heard. */
export interface PlaybackReport {
  readonly itemId: string;
  /** From the beginning of the item. */
  readonly ms: number;
  /** The response to `clear`: includes what is still on its way to the ear. */
  readonly cleared: boolean;
}
