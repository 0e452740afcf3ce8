import type { TranscriptTurn } from "../../call/callEvent.ts";
import { sentencesOf } from "../../utils/sentencesOf.ts";

/** A sentence of the agent's that the caller has heard to its end; times count from the call's beginning. */
export interface HeardSentence {
  readonly turnId: string;
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** A sentence of the agent's whose end nobody has heard. */
export interface UnheardSentence {
  readonly turnId: string;
  readonly text: string;
  /** Its beginning, as far as it was heard. */
  readonly heard: string;
}

/** What the caller has heard whole, in the order of speaking; times within a turn are estimated by length. */
export function heardSentences(turns: readonly TranscriptTurn[]): readonly HeardSentence[] {
  return turns.filter(isSpoken).flatMap((turn) => {
    const { id: turnId, startedMs, endedMs = startedMs } = turn;
    const at = (character: number) =>
      Math.round(startedMs + (endedMs - startedMs) * character / Math.max(1, turn.text.length));
    return wholeOf(turn).filter(({ to }) => to <= turn.text.length)
      .map(({ text, from, to }) => ({ turnId, text, fromMs: at(from), toMs: at(to) }));
  });
}

/** What was to be said, and was cut off or never begun. */
export function unheardSentences(turns: readonly TranscriptTurn[]): readonly UnheardSentence[] {
  return turns.filter(isSpoken).flatMap((turn) =>
    turn.unheard === undefined ? [] : wholeOf(turn)
      .filter(({ to }) => to > turn.text.length)
      .map(({ text, from }) => ({
        turnId: turn.id,
        text,
        heard: from < turn.text.length ? turn.text.slice(from) : "",
      }))
  );
}

function isSpoken({ role, final, aside }: TranscriptTurn): boolean {
  return role === "agent" && final && aside !== true;
}

function wholeOf({ text, unheard }: TranscriptTurn) {
  return sentencesOf(unheard === undefined ? text : `${text} ${unheard}`);
}
