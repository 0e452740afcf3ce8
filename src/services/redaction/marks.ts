import { HELD } from "./held.ts";
import type { Token } from "./tokens.ts";

/** One line of a conversation, or a text by itself. */
export interface Line {
  readonly role: "caller" | "agent" | "other";
  readonly text: string;
  /** Characters behind the text that are not looked at. */
  readonly restLength: number;
  readonly tokens: readonly Token[];
  /** Whether it is still being said. */
  readonly open: boolean;
}

/** What is shown in the place of a stretch of a line. */
export interface Mark {
  readonly from: number;
  readonly to: number;
  readonly shown: string;
}

export { HELD };

/** In the order of the text; of those that overlap one with the name of the first that is decided. */
export function merged(marks: readonly Mark[]): readonly Mark[] {
  const all: Mark[] = [];
  for (const mark of marks.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    const last = all.at(-1);
    if (last === undefined || mark.from >= last.to) all.push(mark);
    else {
      const shown = last.shown === HELD ? mark.shown : last.shown;
      all[all.length - 1] = { from: last.from, to: Math.max(last.to, mark.to), shown };
    }
  }
  return all;
}

/** A text with its marks, which are in its order; what lies from `from` to `to`. */
export function marked(text: string, marks: readonly Mark[], from = 0, to = text.length): string {
  let shown = "";
  let at = from;
  for (const mark of marks) {
    if (mark.to <= from || mark.from >= to) continue;
    shown += text.slice(at, Math.max(at, mark.from)) + mark.shown;
    at = Math.min(to, mark.to);
  }
  return shown + text.slice(at, to);
}

/** Where a place of the text is once it has its marks; within a mark, its end. */
export function markedPlace(place: number, marks: readonly Mark[]): number {
  let moved = place;
  for (const { from, to, shown } of marks) {
    if (from >= place) break;
    moved += shown.length - (Math.min(to, place) - from);
  }
  return moved;
}
