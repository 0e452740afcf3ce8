import type { RealtimeResponseUsage } from "openai/resources/realtime/realtime";
import type { ConversationEntry } from "./conversation.ts";
import type { PromptPart, PromptTokens, Tokens } from "./promptCache.ts";
import type { SessionConfig } from "./wire.ts";

/** What one response reads: instructions, tools and these items. */
export function promptOf(
  config: Pick<SessionConfig, "instructions" | "tools">,
  entries: readonly ConversationEntry[],
): readonly PromptPart[] {
  return [setUpOf(config), ...entries.map((entry) => ({ key: entry.id, ...tokensOf(entry) }))];
}

/** What comes before all items. */
export function setUpOf(
  { instructions, tools }: Pick<SessionConfig, "instructions" | "tools">,
): PromptPart {
  const declared = JSON.stringify(tools);
  const text = textTokens(instructions) + textTokens(declared);
  return { key: `${instructions}\n${declared}`, text, audio: 0 };
}

/** What a model reads of an item; of its own speech the transcript too. */
export function tokensOf(
  { item, audioMs, text }: Pick<ConversationEntry, "item" | "audioMs" | "text">,
): Tokens {
  const byUser = item.type === "message" && item.role === "user";
  return {
    text: byUser && audioMs > 0 ? 0 : textTokens(text),
    audio: Math.ceil(audioMs / (byUser ? msPerInputToken : msPerOutputToken)),
  };
}

/** The usage of one response. */
export function usageOf(
  { cached, ...input }: PromptTokens,
  output: { readonly text: string; readonly audioMs: number },
): RealtimeResponseUsage {
  const text = textTokens(output.text);
  const audio = Math.ceil(output.audioMs / msPerOutputToken);
  return {
    total_tokens: input.text + input.audio + text + audio,
    input_tokens: input.text + input.audio,
    output_tokens: text + audio,
    input_token_details: {
      text_tokens: input.text,
      audio_tokens: input.audio,
      image_tokens: 0,
      cached_tokens: cached.text + cached.audio,
      cached_tokens_details: {
        text_tokens: cached.text,
        audio_tokens: cached.audio,
        image_tokens: 0,
      },
    },
    output_token_details: { text_tokens: text, audio_tokens: audio },
  };
}

/** An estimate: four characters a token. */
export function textTokens(text: string): number {
  return Math.ceil(text.length / 4);
}

export const msPerInputToken = 100;

export const msPerOutputToken = 50;
