import type { SessionConfig } from "./wire.ts";
import type { RealtimeResponseUsage } from "openai/resources/realtime/realtime";
import type { ConversationEntry } from "./conversation.ts";

/** What a response was asked with, in tokens. */
export interface InputTokens {
  readonly text: number;
  readonly audio: number;
}

/** Counts what one response reads: instructions, tools and the whole conversation. */
export function countInput(
  config: Pick<SessionConfig, "instructions" | "tools">,
  entries: readonly ConversationEntry[],
): InputTokens {
  let text = textTokens(config.instructions) + textTokens(JSON.stringify(config.tools));
  let audio = 0;
  for (const entry of entries) {
    const { item } = entry;
    const byUser = item.type === "message" && item.role === "user";
    audio += Math.ceil(entry.audioMs / (byUser ? msPerInputToken : msPerOutputToken));
    if (!byUser || entry.audioMs === 0) text += textTokens(entry.text);
  }
  return { text, audio };
}

/** The usage of one response; what the one before read is cached by now. */
export function usageOf(
  input: InputTokens,
  before: InputTokens,
  output: { readonly text: string; readonly audioMs: number },
): RealtimeResponseUsage {
  const cached = {
    text: Math.min(input.text, before.text),
    audio: Math.min(input.audio, before.audio),
  };
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
