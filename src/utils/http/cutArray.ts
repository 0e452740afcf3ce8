import type { WorkSlices } from "../workSlices.ts";

/** The JSON text of an object without the items of one of its arrays, and the text of each item. */
export interface CutArray {
  readonly items: readonly string[];
  /** The object, with this in the place of the items. */
  readonly withItems: (text: string) => string;
}

/**
 * Cuts an array out of an object's JSON text in slices, so that its items can be parsed one after another:
 * they and the rest are valid JSON exactly where the text is. Undefined where the object has no such array,
 * has several, where a name in it is written with escapes, or where an item is longer than `maxItemChars`.
 */
export async function cutArray(
  text: string,
  name: string,
  maxItemChars: number,
  slices: Pick<WorkSlices, "pause">,
): Promise<CutArray | undefined> {
  const items: string[] = [];
  let [depth, stringAt, itemAt] = [0, 0, 0];
  let inString = false;
  let lastString = "";
  let key = "";
  let from: number | undefined;
  let to: number | undefined;
  for (let at = 0; at < text.length; at++) {
    if (at % CHARS_AT_ONCE === 0) await slices.pause();
    const mark = text[at];
    if (inString) {
      if (mark === "\\") at++;
      else if (mark === '"') {
        inString = false;
        if (depth === 1) lastString = text.slice(stringAt, at + 1);
      }
      continue;
    }
    const isInside = from !== undefined && to === undefined;
    switch (mark) {
      case '"':
        inString = true;
        stringAt = at;
        break;
      case ":":
        if (depth !== 1) break;
        // Written so, it may be the same name once more.
        if (lastString.includes("\\")) return undefined;
        key = lastString;
        break;
      case ",":
        if (depth === 1) key = "";
        if (isInside && depth === 2) {
          items.push(text.slice(itemAt, at));
          if (at - itemAt > maxItemChars) return undefined;
          itemAt = at + 1;
        }
        break;
      case "[":
      case "{":
        if (mark === "[" && depth === 1 && key === JSON.stringify(name)) {
          if (from !== undefined) return undefined;
          from = at + 1;
          itemAt = from;
        }
        depth++;
        break;
      case "]":
      case "}":
        depth--;
        if (isInside && depth === 1) {
          if (mark !== "]" || at - itemAt > maxItemChars) return undefined;
          const last = text.slice(itemAt, at);
          if (items.length > 0 || last.trim() !== "") items.push(last);
          to = at;
        }
    }
  }
  if (to === undefined) return undefined;
  const [before, after] = [text.slice(0, from), text.slice(to)];
  return { items, withItems: (some) => before + some + after };
}

const CHARS_AT_ONCE = 8192;
