/** What is kept of each turn that is still being said, by call and by turn. */
export class OpenTurns<T> {
  /** In two levels: a key made of both ids would be another text for every state of a turn. */
  readonly #calls = new Map<string, Map<string, T>>();

  /** Keeps this in the place of what it returns; undefined where the turn is over. */
  replace(callId: string, turnId: string, kept: T | undefined): T | undefined {
    const turns = this.#calls.get(callId);
    const before = turns?.get(turnId);
    if (kept !== undefined) {
      if (turns === undefined) this.#calls.set(callId, new Map([[turnId, kept]]));
      else turns.set(turnId, kept);
    } else if (turns?.delete(turnId) && turns.size === 0) this.#calls.delete(callId);
    return before;
  }
}
