export interface Tokens {
  readonly text: number;
  readonly audio: number;
}

/** A piece of a prompt that is read as a whole: the set-up of a session, or an item as it stood then. */
export interface PromptPart extends Tokens {
  /** Equal for pieces of the same content. */
  readonly key: string;
}

/** What one response has read; the cached tokens are part of the others. */
export interface PromptTokens extends Tokens {
  readonly cached: Tokens;
}

/**
 * The cache of prompts, as the API documents it: of a prompt, the longest beginning that an earlier one of
 * the session had too, where that is long enough, in steps. What the model says itself is not in it before
 * a response has read it.
 */
export class PromptCache {
  /** Newest first. */
  #prompts: readonly (readonly PromptPart[])[] = [];

  read(prompt: readonly PromptPart[]): PromptTokens {
    const shared = Math.max(0, ...this.#prompts.map((earlier) => sharedTokens(prompt, earlier)));
    this.#prompts = [prompt, ...this.#prompts].slice(0, maxPrompts);
    const cached = shared < minCached ? 0 : shared - shared % step;
    return { ...sum(prompt), cached: firstTokens(prompt, cached) };
  }
}

/** Those of the last minutes: one with instructions of its own does not displace the conversation's. */
const maxPrompts = 8;

const minCached = 1_024;

const step = 128;

function sharedTokens(prompt: readonly PromptPart[], earlier: readonly PromptPart[]): number {
  let tokens = 0;
  for (const [index, { key, text, audio }] of prompt.entries()) {
    const other = earlier[index];
    if (other?.key !== key || other.text !== text || other.audio !== audio) break;
    tokens += text + audio;
  }
  return tokens;
}

function firstTokens(prompt: readonly PromptPart[], count: number): Tokens {
  let [text, audio] = [0, 0];
  for (const part of prompt) {
    text += Math.min(part.text, count - text - audio);
    audio += Math.min(part.audio, count - text - audio);
    if (text + audio >= count) break;
  }
  return { text, audio };
}

function sum(prompt: readonly PromptPart[]): Tokens {
  return prompt.reduce(
    (all, { text, audio }) => ({ text: all.text + text, audio: all.audio + audio }),
    { text: 0, audio: 0 },
  );
}
