import type { AskText } from "../../scenarios/run/textModel.ts";
import { type ChatEndpoint, createChatClient, jsonIn } from "../../services/analysis.ts";
import { type Prices, textModelUsd, type TextUsage } from "../../services/spending.ts";
import type { SpendLimit } from "./spendLimit.ts";

const TIMEOUT_MS = 30_000;
/** For an endpoint that does not tell what it has read and written. */
const CHARACTERS_PER_TOKEN = 3;

export interface RehearsedTextModelOptions {
  readonly prices: Prices;
  /** Told what each answer has cost; of a model without a known price, as much as the dearest that has one. */
  readonly spending: Pick<SpendLimit, "refusal" | "add">;
  readonly signal: AbortSignal;
}

/** Asks the text model that analyses calls, as a judge and in the place of callers. */
export function createTextModel(
  endpoint: ChatEndpoint,
  { prices, spending, signal }: RehearsedTextModelOptions,
): AskText {
  const ask = createChatClient(endpoint, { timeoutMs: TIMEOUT_MS, now: Date.now });
  return async ({ system, user, schema }) => {
    const refused = spending.refusal();
    if (refused !== undefined) return { ok: false, why: refused };
    const messages = [
      { role: "system", content: system },
      { role: "user", content: user },
    ] as const;
    const answer = await ask(messages, { ...schema }, signal);
    const text = answer.ok ? answer.text : "";
    // Whoever fails without a word of usage has answered nothing.
    const usage = answer.usage ?? (answer.ok ? estimated(system + user, text) : undefined);
    if (usage !== undefined) spending.add(usdOf(endpoint.model, usage, prices));
    if (!answer.ok) return { ok: false, why: answer.reason };
    const value = jsonIn(answer.text);
    return value === undefined ? { ok: false, why: "its answer is no JSON" } : { ok: true, value };
  };
}

function usdOf(model: string, usage: TextUsage, prices: Prices): number {
  const usd = (model: string) => textModelUsd({ model, ...usage }, prices);
  return usd(model) ?? Math.max(0, ...Object.keys(prices.text).map((known) => usd(known) ?? 0));
}

function estimated(read: string, written: string): TextUsage {
  return {
    inputTokens: Math.ceil(read.length / CHARACTERS_PER_TOKEN),
    cachedTokens: 0,
    outputTokens: Math.ceil(written.length / CHARACTERS_PER_TOKEN),
  };
}
