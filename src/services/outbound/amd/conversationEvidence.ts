import type { CallEvent, TranscriptTurn } from "../../../call/callEvent.ts";
import { spokenWords } from "./spokenWords.ts";

/**
 * What the two ends of a placed call have said, as evidence of who answered it.
 *
 * A conversation is under way once the far end has spoken, heard a complete answer and spoken again, or
 * has pressed keys. A machine's greeting can have several parts, but it does not wait for an answer to
 * end, and silence follows it. What the agent says before the far end first speaks is ignored: a machine
 * does not react to it.
 */
export class ConversationEvidence {
  #step: "nothing" | "spoke" | "answered" | "conversing" = "nothing";
  #answeredMs = 0;
  #spoken = 0;
  #understood = 0;
  readonly #texts = new Map<string, string>();

  get conversing(): boolean {
    return this.#step === "conversing";
  }

  /** What the far end said first, as far as it is known. */
  get text(): string {
    return [...this.#texts.values()].join(" ");
  }

  /** Whether the transcript of something that the far end has said is still to come. */
  get textPending(): boolean {
    return this.#spoken > this.#understood;
  }

  handleEvent(event: CallEvent): void {
    switch (event.type) {
      case "speaking":
        if (event.who !== "caller" || !event.on) return;
        this.#spoken++;
        return this.#farEndSpoke();
      case "digits":
        this.#step = "conversing";
        return;
      case "turn":
        return event.turn.role === "agent" ? this.#agentSaid(event.turn) : this.#said(event.turn);
    }
  }

  #farEndSpoke(): void {
    if (this.#step === "nothing") this.#step = "spoke";
    else if (this.#step === "answered") this.#step = "conversing";
  }

  #agentSaid({ final, interrupted, aside, endedMs = 0, text }: TranscriptTurn): void {
    if (!final || interrupted || aside === true || text === "" || this.#step !== "spoke") return;
    this.#step = "answered";
    this.#answeredMs = endedMs;
  }

  /** A transcript comes after the sound, for which there may have been no `speaking` event. */
  #said({ id, by, final, text, startedMs }: TranscriptTurn): void {
    if (by !== "voice") return;
    if (final) this.#understood++;
    if (this.#texts.size < MAX_TURNS || this.#texts.has(id)) {
      this.#texts.set(id, spokenWords(text.slice(0, MAX_TURN_LENGTH)));
    }
    if (this.#step === "nothing" || startedMs > this.#answeredMs) this.#farEndSpoke();
  }
}

/** Call screening announces itself at the beginning. */
const MAX_TURNS = 10;
const MAX_TURN_LENGTH = 500;
