import type { CommandBuffer } from "../machine/commandBuffer.ts";
import type { ModelRequest, RefusalKind } from "../realtimeClient.ts";
import type { SpokenWords } from "../transcript/spokenWords.ts";
import type { Transcript } from "../transcript/transcript.ts";
import type { CallPolicy, Milliseconds } from "../types.ts";

/** So many turns of the caller's are replaced at a time, as the latest are read anew then. */
const CALLER_TURNS = 4;
/** A connection that has said nothing of a replacement for so long does not replace. */
const ANSWER_MS = 10_000;
/** Words that have not come by then are not waited for: the sound stays. */
const WORDLESS_MS = 60_000;
/** Items in a row that the conversation does not have. */
const MAX_GONE = 8;
const MAX_BATCH = 32;
const MAX_ITEMS = 500;

type Replace = Extract<ModelRequest, { type: "replace" }>;

/** What it works with. */
interface CompactedCall {
  readonly inForce: { readonly policy: Pick<CallPolicy, "compaction"> };
  readonly commands: CommandBuffer;
  readonly transcript: Transcript;
}

/** An item of sound in the conversation of the present connection. */
interface SpokenItem {
  readonly itemId: string;
  readonly by: "caller" | "agent";
  readonly at: Milliseconds;
}

/**
 * Replaces old sound in the model's conversation by its words, as far as they were heard: a model reads
 * the whole conversation for every response, and words are a fraction of their sound.
 *
 * Each item is replaced where it stands, and only one whose words are known; all else stays as it is. What
 * was replaced once never changes again, so that the beginning of the conversation, up to the first item
 * that is still sound, stays in the model's cache. The agent's sound goes as soon as it is silent: the next
 * response would be the first to read it, at the full price.
 */
export class Compaction {
  readonly #call: CompactedCall;
  readonly #startedAt: Milliseconds;
  #items: readonly SpokenItem[] = [];
  /** Asked for and not answered, by item. */
  readonly #pending = new Map<string, SpokenWords>();
  #askedAt: Milliseconds = -Infinity;
  /** Whether this connection has replaced anything: until then it is asked for one item only. */
  #isProven = false;
  #isOff = false;
  #gone = 0;

  constructor(call: CompactedCall, startedAt: Milliseconds) {
    this.#call = call;
    this.#startedAt = startedAt;
    this.reset();
  }

  /** Another connection begins: its conversation is given to it in words. */
  reset(): void {
    this.#forget();
    this.#isProven = false;
    this.#gone = 0;
    this.#isOff = this.#call.inForce.policy.compaction === undefined;
  }

  /** Replaces nothing more over this connection. */
  stop(): void {
    this.#forget();
    this.#isOff = true;
  }

  /** The model has answered in writing, as some do where much of a conversation is written. */
  unspoken(): void {
    if (this.#isProven) this.stop();
  }

  /** The model has an item of sound. */
  heard(itemId: string, by: SpokenItem["by"], now: Milliseconds): void {
    if (this.#isOff || this.#items.some((item) => item.itemId === itemId)) return;
    this.#items = [...this.#items, { itemId, by, at: now }].slice(-MAX_ITEMS);
  }

  replaced(itemId: string): void {
    const words = this.#pending.get(itemId);
    if (words === undefined) return;
    this.#pending.delete(itemId);
    this.#isProven = true;
    this.#gone = 0;
    const { role, audioMs, text } = words;
    this.#call.commands.publish({
      type: "compacted",
      role: role === "user" ? "caller" : "agent",
      audioMs: Math.round(audioMs),
      characters: text.length,
    });
  }

  refused({ itemId }: Replace, kind: RefusalKind): void {
    if (!this.#pending.delete(itemId)) return;
    this.#gone++;
    if (kind !== "gone" || this.#gone >= MAX_GONE) this.stop();
  }

  /** `idle`: the agent is silent, and the model does nothing and is asked for nothing. */
  tick(now: Milliseconds, idle: boolean): void {
    const { compaction } = this.#call.inForce.policy;
    if (compaction === undefined || this.#isOff || !idle) return;
    if (now - this.#startedAt < compaction.afterMs) return;
    if (this.#items.length === 0 && this.#pending.size === 0) return;
    if (this.#pending.size > 0) {
      if (now - this.#askedAt > ANSWER_MS) this.stop();
      return;
    }
    const due = this.#due(compaction.audioTurns, now);
    if (due.length === 0) return;
    this.#askedAt = now;
    for (const [itemId, words] of due.slice(0, this.#isProven ? MAX_BATCH : 1)) {
      this.#pending.set(itemId, words);
      this.#items = this.#items.filter((item) => item.itemId !== itemId);
      const { role, text } = words;
      this.#call.commands.request({ type: "replace", itemId, role, text });
    }
  }

  /** What may be replaced now, in the order of the conversation. */
  #due(audioTurns: number, now: Milliseconds): readonly (readonly [string, SpokenWords])[] {
    const { transcript } = this.#call;
    const known = this.#items.map((item) => ({ ...item, words: transcript.wordsOf(item.itemId) }));
    const lasting = known.filter(({ words, at }) =>
      words !== "none" && (words !== "open" || now - at < WORDLESS_MS)
    );
    this.#items = lasting.map(({ itemId, by, at }) => ({ itemId, by, at }));
    const callers = lasting.filter(({ by }) => by === "caller");
    const recent = new Set(callers.slice(Math.max(0, callers.length - audioTurns)));
    const older = callers.filter((item) => !recent.has(item) && item.words !== "open");
    const isMany = older.length >= (audioTurns === 0 ? 1 : CALLER_TURNS);
    return lasting.flatMap((item) => {
      const { itemId, by, words } = item;
      if (words === "open" || words === "none") return [];
      return by === "agent" || isMany && !recent.has(item) ? [[itemId, words] as const] : [];
    });
  }

  #forget(): void {
    this.#items = [];
    this.#pending.clear();
  }
}
