import { isPickingUp } from "./farEndWords.ts";
import { spokenWords } from "./spokenWords.ts";

const MAX_TURNS = 20;
const MAX_TURN_LENGTH = 500;

/** What the far end has said, as far as it is known in words, by when it was said. */
export class FarEndTurns {
  readonly #turns = new Map<string, { readonly beganMs: number; readonly text: string }>();

  /** Later words of a turn replace earlier ones. */
  said(turn: string, text: string, beganMs: number): void {
    const known = this.#turns.get(turn);
    if (this.#turns.size >= MAX_TURNS && known === undefined) return;
    this.#turns.set(turn, {
      beganMs: known?.beganMs ?? beganMs,
      text: spokenWords(text.slice(0, MAX_TURN_LENGTH)),
    });
  }

  /** The words of all turns that have begun since then. */
  since(ms: number): string {
    return [...this.#turns.values()].filter(({ beganMs }) => beganMs >= ms)
      .map(({ text }) => text).join(" ");
  }

  /** Whether one of them is that of a person who takes the call. */
  pickUpSince(ms: number): boolean {
    return [...this.#turns.values()].some(({ beganMs, text }) =>
      beganMs >= ms && isPickingUp(text)
    );
  }
}
