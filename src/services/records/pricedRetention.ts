import { type Prices, speechUsd } from "../spending.ts";
import type { Retention } from "../store.ts";

/** What an agent has said, and what its models were paid for that nobody heard. */
export interface UnheardCost {
  readonly agent: string;
  readonly words: number;
  readonly unheardWords: number;
  /** Output audio tokens. */
  readonly unheardAudio: number;
  /** The sum of what is known. */
  readonly usd: number;
  /** Of those tokens, the ones whose price is not known. */
  readonly unpricedAudio: number;
}

export type PricedRetention = Omit<Retention, "spoken" | "unheard"> & {
  readonly unheard: readonly UnheardCost[];
};

/** With what unheard speech has cost by the prices of today, the dearest agent first. */
export function pricedRetention(
  { spoken, unheard, ...lines }: Retention,
  prices: Prices,
): PricedRetention {
  const costs = spoken.map(({ agent, words, unheardWords }): UnheardCost => {
    const parts = unheard.filter((part) => part.agent === agent)
      .map(({ model, tokens }) => ({ tokens, usd: speechUsd(model, tokens, prices) }));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return {
      ...{ agent, words, unheardWords },
      unheardAudio: sum(parts.map(({ tokens }) => tokens)),
      usd: Math.round(sum(parts.map(({ usd }) => usd ?? 0)) * 1e6) / 1e6,
      unpricedAudio: sum(parts.map(({ tokens, usd }) => usd === null ? tokens : 0)),
    };
  });
  return { ...lines, unheard: costs.toSorted((a, b) => b.usd - a.usd) };
}
