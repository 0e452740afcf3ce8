import type { TranscriptTurn } from "./callEvent.ts";

/**
 * A turn of a session that is gone, as it was heard: of an agent's that was not final the sentences that
 * were heard for sure. The rest is `unheard`, though a part of it may have been heard.
 */
export function brokenOff(turn: TranscriptTurn): TranscriptTurn {
  const { heardCharacters, ...told } = turn;
  if (turn.final || turn.role !== "agent" || heardCharacters === undefined) return turn;
  const unheard = turn.text.slice(heardCharacters).trim();
  return {
    ...told,
    text: turn.text.slice(0, heardCharacters).trimEnd(),
    ...(unheard !== "" && { unheard }),
  };
}
