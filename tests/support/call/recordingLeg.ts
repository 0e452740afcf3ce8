import type { CallEvent } from "../../../src/call/callEvent.ts";
import type { CallLeg, SpeechPiece } from "../../../src/call/callLeg.ts";
import type { SessionEnd } from "../../../src/call/types.ts";

/** A phone leg that only records. */
export class RecordingLeg implements CallLeg {
  readonly format = "pcmu";
  readonly reports = "marks";
  readonly played: SpeechPiece[] = [];
  readonly marks: string[] = [];
  readonly events: CallEvent[] = [];
  clears = 0;
  readonly closes: SessionEnd[] = [];
  /** Commands that came after `close`. */
  afterClose = 0;

  play(piece: SpeechPiece): void {
    this.#count();
    this.played.push(piece);
  }

  mark(name: string): void {
    this.#count();
    this.marks.push(name);
  }

  clear(): void {
    this.#count();
    this.clears++;
  }

  notify(event: CallEvent): void {
    this.events.push(event);
  }

  close(end: SessionEnd): void {
    this.#count();
    this.closes.push(end);
  }

  #count(): void {
    if (this.closes.length > 0) this.afterClose++;
  }
}
