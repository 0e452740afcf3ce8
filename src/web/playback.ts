/** A piece of speech at the rate of the audio context. */
export interface SpeechSamples {
  readonly itemId: string;
  readonly samples: Float32Array<ArrayBuffer>;
  /** Of the speech itself; the converter may hold a moment of it back. */
  readonly durationMs: number;
}

export type PlaybackOrder =
  | { readonly type: "play"; readonly speech: SpeechSamples }
  | { readonly type: "clear" };

/** How much of an item has been rendered, from its beginning. */
export interface PlaybackReport {
  readonly itemId: string;
  readonly ms: number;
  /** The answer to an order to clear. */
  readonly cleared: boolean;
}
