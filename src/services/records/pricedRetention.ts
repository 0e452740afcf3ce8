import { type Prices, speechUsd } from "../spending.ts";
import type { Retention } from "../store.ts";

/** What the model was paid for speech of one agent that nobody heard. */
export interface UnheardCost {
  readonly agent: string;
  readonly words: number;
  readonly unheardWords: number;
  /** Audio tokens, by the share of the words. */
  readonly unheardAudio: number;
  /** The sum of what is known. */
  readonly usd: number;
  /** Of those tokens, the ones whose price is not known. */
  readonly unpricedAudio: number;
}

export type PricedRetention = Omit<Retention, "speech"> & {
  readonly unheard: readonly UnheardCost[];
};

/** With what unheard speech has cost by the prices of today, the dearest agent first. */
export function pricedRetention({ speech, ...lines }: Retention, prices: Prices): PricedRetention {
  const byAgent = new Map<string, UnheardCost>();
  for (const { agent, model, words, unheardWords, unheardAudio } of speech) {
    const usd = speechUsd(model, unheardAudio, prices);
    const sum = byAgent.get(agent) ??
      { agent, words: 0, unheardWords: 0, unheardAudio: 0, usd: 0, unpricedAudio: 0 };
    byAgent.set(agent, {
      agent,
      words: sum.words + words,
      unheardWords: sum.unheardWords + unheardWords,
      unheardAudio: sum.unheardAudio + unheardAudio,
      usd: Math.round((sum.usd + (usd ?? 0)) * 1e6) / 1e6,
      unpricedAudio: sum.unpricedAudio + (usd === null ? unheardAudio : 0),
    });
  }
  return { ...lines, unheard: [...byAgent.values()].toSorted((a, b) => b.usd - a.usd) };
}
