import type { AudioFormat } from "../../../utils/audio/audioFormat.ts";
import type { CallEvidence } from "../../callEvidence.ts";
import { alignHeard } from "../../ear/alignHeard.ts";
import { type HeardLine, heardLines } from "../../ear/heardLines.ts";
import { recordedLines, type ToldTurn } from "../../ear/recordedLines.ts";
import type { EarPiece, SpokenItem } from "../../ear/spokenItem.ts";
import type { CallerEnd } from "../callerEnd.ts";
import type { ModelTap, TappedSession } from "../model/modelTap.ts";

/** Tells which words were in what was heard. */
export interface CallWords {
  /** Who says so. */
  readonly by: CallEvidence["wordsBy"];
  /** What the agent said in pieces of what was heard, as far as the call has come. */
  lines(pieces: readonly EarPiece[]): readonly HeardLine[];
}

/**
 * By the model's own words and sound: those of the call's own connections first, as others may have prepared what it
 * plays.
 */
export function tappedWords(
  tap: Pick<ModelTap, "sessions">,
  { format }: Pick<CallerEnd, "format">,
  callId: () => string | undefined,
): CallWords {
  // Callers who wait for words look again and again, mostly at the same.
  let known: Heard & { readonly lines: readonly HeardLine[] } = {
    pieces: [],
    items: [],
    lines: [],
  };
  return {
    by: "model",
    lines(pieces) {
      const own = callId();
      const isOwn = (session: TappedSession) => own !== undefined && session.callId === own;
      const others = tap.sessions.filter((session) => !isOwn(session));
      const items = [...tap.sessions.filter(isOwn), ...others].flatMap(({ items }) => items);
      if (!isSame(known, { pieces, items })) {
        known = { pieces, items, lines: heardLines(alignHeard(pieces, items, format)) };
      }
      return known.lines;
    },
  };
}

/** By what the server says of the call. */
export function toldWords(
  turns: () => readonly ToldTurn[],
  end: Pick<CallerEnd, "format" | "talkMs">,
): CallWords {
  return {
    by: "record",
    lines: (pieces) => recordedLines(turns(), pieces, end.format, end.talkMs),
  };
}

/** Only the sound is known. */
export function noWords(format: AudioFormat): CallWords {
  return { by: "nobody", lines: (pieces) => recordedLines([], pieces, format) };
}

interface Heard {
  readonly pieces: readonly EarPiece[];
  readonly items: readonly SpokenItem[];
}

function isSame(a: Heard, b: Heard): boolean {
  return a.pieces.length === b.pieces.length && a.items.length === b.items.length &&
    a.items.every((item, index) => item === b.items[index]) &&
    a.pieces.every(({ atMs, audio }, index) => {
      const other = b.pieces[index];
      return atMs === other?.atMs && audio.length === other.audio.length;
    });
}
