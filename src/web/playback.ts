/** A piece of speech at the rate of the audio context. */
export interface SpeechSamples {
  readonly itemId: string;
  readonly samples: Float32Array<ArrayBuffer>;
  /** Of the speech itself; the converter may hold a moment of it back. */
  readonly durationMs: number;
}

export type PlaybackOrder =
  | { readonly type: "play"; readonly speech: SpeechSamples }
  /** Not `answered` where the position has been told already, as nothing is rendered. */
  | { readonly type: "clear"; readonly answered: boolean }
  /** The next piece of this item begins here, for another player has played what comes before. */
  | { readonly type: "begin"; readonly itemId: string; readonly ms: number }
  /** How long what is rendered takes to the ear. */
  | { readonly type: "latency"; readonly seconds: number };

/** How much of an item has been rendered and had the time to be heard, from its beginning. */
export interface PlaybackReport {
  readonly itemId: string;
  readonly ms: number;
  /** The answer to an order to clear: also what is on its way to the ear. */
  readonly cleared: boolean;
}
