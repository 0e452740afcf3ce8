import type { LateFrames } from "../machine/lateFrames.ts";
import type { Milliseconds } from "../types.ts";
import { type MenuWords, menuWordsOf } from "./menuWords.ts";

/**
 * How long the line has to be quiet, after a turn that the model has taken in, before the agent does
 * something, by what was said: menus pause between their options, and music comes back after an announcement.
 */
const QUIET_MS: Readonly<Record<MenuWords, Milliseconds>> = {
  keys: 1500,
  words: 1000,
  hold: 4000,
  recording: 1500,
  question: 0,
  other: 700,
};
/** The same while the words are not known. */
const UNKNOWN_MS = 1500;
/** Whoever speaks after music is most likely a person; most words come within this, where any come. */
const AFTER_HOLD_MS = 900;
const WORDLESS_AFTER_HOLD_MS = 350;
const MAX_TURNS = 50;
/** What transcription says of sounds in the place of words, such as `(music)`. */
const NO_WORDS = /^\s*[([][^\])]*[\])]\s*$/;

/** The turns of the far end since the agent did something, and when they are over for good. */
export class HeardTurns {
  /** Their words, as far as they are known. */
  #turns = new Map<string, string>();
  #takenAt: Milliseconds | undefined;
  #afterHold = false;
  readonly #lateFrames: Pick<LateFrames, "after">;
  readonly #comesInWords: () => boolean;

  /** `comesInWords`: whether the words of turns become known. */
  constructor(lateFrames: Pick<LateFrames, "after">, comesInWords: () => boolean) {
    this.#lateFrames = lateFrames;
    this.#comesInWords = comesInWords;
  }

  /** Whether a turn waits for an answer. */
  get isWaiting(): boolean {
    return this.#takenAt !== undefined;
  }

  get text(): string {
    return [...this.#turns.values()].filter((text) => !NO_WORDS.test(text)).join(" ").trim();
  }

  get words(): MenuWords {
    return menuWordsOf(this.text);
  }

  /** Whether what was heard is no machine's, as far as that shows. */
  get soundsLikePerson(): boolean {
    const { words } = this;
    return words === "question" || words === "other" && (this.text !== "" || this.#afterHold);
  }

  /** When the answer is due, unless more is heard. */
  get dueAt(): Milliseconds | undefined {
    const quietMs = this.#quietMs;
    if (this.#takenAt === undefined || quietMs === 0) return this.#takenAt;
    return this.#lateFrames.after(this.#takenAt + quietMs);
  }

  get #quietMs(): Milliseconds {
    if (this.text === "") return this.#unknownMs;
    const { words } = this;
    return words === "other" && this.#afterHold ? 0 : QUIET_MS[words];
  }

  get #unknownMs(): Milliseconds {
    if (!this.#afterHold) return UNKNOWN_MS;
    return this.#comesInWords() ? AFTER_HOLD_MS : WORDLESS_AFTER_HOLD_MS;
  }

  add(itemId: string): void {
    if (this.#turns.size < MAX_TURNS) this.#turns.set(itemId, "");
  }

  setText(itemId: string, text: string): void {
    if (this.#turns.has(itemId)) this.#turns.set(itemId, text);
  }

  /** The model has taken in the last of them. */
  taken(now: Milliseconds): void {
    this.#takenAt = now;
  }

  /** The far end goes on. */
  goesOn(): void {
    this.#takenAt = undefined;
  }

  /** What comes now comes after music. */
  afterHold(): void {
    this.#afterHold = true;
  }

  /** Returns the turns, and begins anew. */
  takeAll(): Map<string, string> {
    const turns = this.#turns;
    this.#turns = new Map();
    this.#takenAt = undefined;
    this.#afterHold = false;
    return turns;
  }
}
