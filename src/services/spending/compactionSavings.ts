import type { CallEvent } from "../../call/callEvent.ts";
import type { TokenUsage } from "../../call/realtimeClient.ts";
import { type CallSavings, type CallUsage, noUsage } from "../store.ts";
import { addUsage } from "./callUsage.ts";
import { type BillableCall, costOf, type Prices } from "./pricing.ts";

interface Tokens {
  readonly text: number;
  readonly audio: number;
}

/**
 * Estimates the input tokens that a call would have used besides, had no sound in its model's conversation
 * been replaced by words. Sound and words count by their length; cached is what the response before would
 * have read. What a model drops of a conversation that is too long for it is not considered.
 */
export class CompactionSavings {
  /** Tokens of sound that the conversation of the present connection would hold besides. */
  #sound = 0;
  /** Tokens of words that it would not hold. */
  #words = 0;
  /** What the last response over this connection would have read. */
  #before: Tokens = { text: 0, audio: 0 };

  /** Returns what the event adds to what was saved. */
  follow(event: CallEvent): CallSavings | undefined {
    switch (event.type) {
      case "modelReady":
        this.#sound = 0;
        this.#words = 0;
        this.#before = { text: 0, audio: 0 };
        return undefined;
      case "compacted":
        this.#sound += Math.ceil(event.audioMs / MS_PER_TOKEN[event.role]);
        // What the agent has said is read in words as well where it is sound.
        if (event.role === "caller") this.#words += Math.ceil(event.characters / CHARACTERS);
        return undefined;
      case "usage":
        return this.#responded(event.usage);
      default:
        return undefined;
    }
  }

  #responded(usage: TokenUsage): CallSavings | undefined {
    const { inputText, inputAudio, cachedText, cachedAudio } = usage;
    const before = this.#before;
    const text = Math.max(0, inputText - this.#words);
    const audio = inputAudio + this.#sound;
    this.#before = { text, audio };
    if (this.#sound === 0) return undefined;
    const isMissed = cachedText + cachedAudio === 0 && inputText + inputAudio >= SURELY_CACHED;
    const cached = isMissed ? NOTHING : cachedOf({ text, audio }, before);
    return {
      inputText: text - inputText,
      inputAudio: audio - inputAudio,
      cachedText: cached.text - cachedText,
      cachedAudio: cached.audio - cachedAudio,
    };
  }
}

/** What a prompt finds in the cache that begins with all that the one before has read. */
function cachedOf({ text, audio }: Tokens, before: Tokens): Tokens {
  const shared = {
    text: Math.min(text, before.text),
    audio: Math.min(audio, before.audio),
  };
  const sum = shared.text + shared.audio;
  if (sum < LEAST_CACHED) return NOTHING;
  // The last of what is shared is of the same kinds as what has come since.
  const share = text + audio === sum ? 0 : (audio - shared.audio) / (text + audio - sum);
  const uncachedAudio = Math.min(shared.audio, Math.round((sum % STEP) * share));
  return {
    text: Math.max(0, shared.text - (sum % STEP - uncachedAudio)),
    audio: shared.audio - uncachedAudio,
  };
}

/** The sum of both, in tokens; a price is left out. */
export function addSavings(a: CallSavings, b: CallSavings): CallSavings {
  return {
    inputText: a.inputText + b.inputText,
    inputAudio: a.inputAudio + b.inputAudio,
    cachedText: a.cachedText + b.cachedText,
    cachedAudio: a.cachedAudio + b.cachedAudio,
  };
}

/**
 * What was saved in dollars, by the tokens and the price of the model: negative where what words kept from
 * the cache cost more than the sound. Null where the price is not known.
 */
export function savedUsd(
  savings: CallSavings,
  { usage, model }: { readonly usage: CallUsage; readonly model?: string | undefined },
  prices?: Prices,
): number | null {
  const plain = tokenCost({ usage: addUsage(usage, { ...noUsage, ...savings }), model }, prices);
  const spent = tokenCost({ usage, model }, prices);
  return plain === null || spent === null ? null : Math.round((plain - spent) * 1e6) / 1e6;
}

function tokenCost(call: BillableCall, prices?: Prices): number | null {
  const { text, audio } = costOf(call, prices).parts;
  return text === null || audio === null ? null : text + audio;
}

/** Milliseconds of sound that are a token. */
const MS_PER_TOKEN = { caller: 100, agent: 50 } as const;
/** Characters of text that are a token: an estimate, for English. */
const CHARACTERS = 4;
/** Prompts are cached in steps of so many tokens, and shorter ones not at all. */
const STEP = 128;
const LEAST_CACHED = 1024;
/** A response that reads so much, and nothing of it from the cache, would have missed it with sound too. */
const SURELY_CACHED = 2048;
const NOTHING: Tokens = { text: 0, audio: 0 };
