import type { Line } from "./marks.ts";
import type { Token } from "./tokens.ts";

/** A number as a part of a longer one, and the line in which it stands. */
export interface Part extends Token {
  readonly line: number;
}

/** Numbers that follow each other with nothing but fillers between, over several lines of one speaker. */
export interface NumberRun {
  readonly parts: readonly Part[];
  /** Of all parts. */
  readonly digits: string;
  /** By part, where its digits begin in `digits`; behind the last, their number. */
  readonly starts: readonly number[];
  /** The speaker has said nothing else since. */
  readonly atEnd: boolean;
  /** It goes on with digits that were not decided when another process had the call. */
  readonly goesOn: boolean;
}

/** More than that is no pause in a number. */
const MAX_FILLERS = 8;

/** The runs of numbers in lines; `indices` are those of one speaker. */
export function numberRuns(
  lines: readonly Line[],
  indices: readonly number[],
): readonly NumberRun[] {
  const runs: NumberRun[] = [];
  let parts: Part[] = [];
  let fillers = 0;
  let goesOn = false;
  const close = (atEnd = false) => {
    if (parts.length > 0) runs.push(runOf(parts, atEnd, goesOn));
    parts = [];
    goesOn = false;
  };
  for (const line of indices) {
    for (const token of lines[line]?.tokens ?? []) {
      if (token.kind === "digits") {
        parts.push({ ...token, line });
        fillers = 0;
      } else if (token.kind === "held") {
        close();
        goesOn = true;
        fillers = 0;
      } else if (token.kind !== "filler" || ++fillers > MAX_FILLERS) close();
    }
  }
  close(true);
  return runs;
}

/** Where the parts stand: a stretch for each line. */
export function placesOf(
  parts: readonly Part[],
  first = 0,
  last = parts.length - 1,
): readonly { readonly line: number; readonly from: number; readonly to: number }[] {
  const places: { line: number; from: number; to: number }[] = [];
  for (let at = first; at <= last; at++) {
    const { line, from, to } = parts[at]!;
    const latest = places.at(-1);
    if (latest?.line === line) latest.to = to;
    else places.push({ line, from, to });
  }
  return places;
}

function runOf(parts: readonly Part[], atEnd: boolean, goesOn: boolean): NumberRun {
  const starts = [0];
  let length = 0;
  for (const part of parts) starts.push(length += part.digits.length);
  return { parts, digits: parts.map((part) => part.digits).join(""), starts, atEnd, goesOn };
}
