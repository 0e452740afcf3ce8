import type { Conversation } from "./conversation.ts";
import { setUpOf, tokensOf } from "./usage.ts";
import type { SessionConfig } from "./wire.ts";

/**
 * Drops the oldest items where the model would read more than it takes: so many that the rest fits, or
 * that no more than the `retention_ratio` of it is left.
 */
export function fitContext(
  conversation: Conversation,
  config: Pick<SessionConfig, "model" | "instructions" | "tools" | "truncation">,
): void {
  const { truncation } = config;
  if (truncation === "disabled") return;
  const { ratio = 1, limit = Infinity } = truncation === "auto" ? {} : retentionOf(truncation);
  const most = Math.min(limit, maxInputTokens(config.model) - setUpOf(config).text);
  const sizes = conversation.entries.map((entry) => {
    const { text, audio } = tokensOf(entry);
    return text + audio;
  });
  let left = sizes.reduce((sum, size) => sum + size, 0);
  if (left <= most) return;
  // What is to be answered stays, whatever its length.
  const dropped = sizes.slice(0, -1).findIndex((size) => (left -= size) <= most * ratio) + 1;
  conversation.dropOldest(dropped > 0 ? dropped : sizes.length - 1);
}

/** What a model reads at most: its context less the longest response. */
function maxInputTokens(model: string): number {
  return smallContext.test(model) ? 28_224 : 96_000;
}

const smallContext = /^gpt-(4o-.*|realtime(-mini|-1\.5)?(-\d{4}-\d\d-\d\d)?)$/;

function retentionOf(truncation: Exclude<SessionConfig["truncation"], "auto" | "disabled">) {
  const { retention_ratio: ratio, token_limits: limits } = truncation;
  const post = typeof limits === "object" && limits !== null && "post_instructions" in limits
    ? limits.post_instructions
    : undefined;
  return {
    ...(typeof ratio === "number" && { ratio }),
    ...(typeof post === "number" && { limit: post }),
  };
}
