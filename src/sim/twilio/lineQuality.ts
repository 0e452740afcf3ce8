import type { LinkOptions } from "./media/delayLine.ts";
import type { Random } from "./random.ts";

/** Delay, loss and timing of simulated calls; perfect by default. */
export interface LineQuality {
  readonly toApp?: LinkOptions;
  readonly fromApp?: LinkOptions;
  /** How late the first audio after silence plays: a figure, or one drawn for each burst. */
  readonly startupDelayMs?: number | ((random: Random) => number);
  /** The share of the caller's frames that never arrive. */
  readonly lossRate?: number;
  /** How fast <Say> reads. */
  readonly sayMsPerCharacter?: number;
  /** How much of what was heard is kept; 0 keeps nothing. */
  readonly keepHeardMs?: number;
}
