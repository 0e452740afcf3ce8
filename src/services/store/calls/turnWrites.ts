import type { TranscriptTurn } from "../../../call/callEvent.ts";
import { finiteOrZero, integerOrNull, toInteger } from "../columns.ts";
import type { Statement } from "../database.ts";
import { insertOfCall } from "./callStatements.ts";
import { heardColumns } from "./heardWords.ts";

/** `isGreeting`: what the agent began the conversation with. */
export function turnStatement(callId: string, turn: TranscriptTurn, isGreeting = false): Statement {
  const heard = heardColumns(turn, isGreeting);
  const replaced = [
    "position",
    "text",
    "is_final",
    "interrupted",
    "spoken_by",
    "aside",
    "started_ms",
    "ended_ms",
    "unheard",
    "unfinished",
    "heard_characters",
    "agent",
    ...Object.keys(heard),
  ]
    .map((name) => `${name} = excluded.${name}`);
  return insertOfCall(
    "turns",
    callId,
    {
      id: turn.id,
      role: turn.role,
      agent: turn.agent ?? null,
      position: finiteOrZero(turn.position),
      text: turn.text,
      is_final: Number(turn.final),
      interrupted: Number(turn.interrupted),
      spoken_by: turn.by,
      aside: Number(turn.aside === true),
      started_ms: toInteger(turn.startedMs),
      ended_ms: integerOrNull(turn.endedMs),
      unheard: turn.unheard ?? null,
      unfinished: Number(turn.unfinished === true),
      heard_characters: turn.heardCharacters ?? null,
      ...heard,
      // An earlier state of the turn never replaces a final one.
    },
    `(call_id, id) DO UPDATE SET ${replaced.join(", ")} WHERE turns.is_final <= excluded.is_final`,
  );
}
