import { isRecord } from "../../utils/isRecord.ts";

const MAX_DEPTH = 32;
/** Within it, no text holds the event loop for long. */
const MAX_LENGTH = 20_000;
const MAX_PIECES = 20;
const TOO_LONG = "[too long to be shown]";

/**
 * A text, or the values within it where it is a JSON object or list, each rewritten with the name of its
 * field. What is too long or too deep to be looked at is not shown.
 */
export function redactedJson(
  text: string,
  name: string,
  rewrite: (text: string, name: string) => string,
): string {
  if (text.length > MAX_LENGTH) return TOO_LONG;
  if (!/^\s*[[{]/.test(text)) return rewrite(text, name);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return rewrite(text, name);
  }
  let changed = false;
  const shown = walk(value, name, 0);
  return changed ? JSON.stringify(shown) : text;

  function walk(each: unknown, field: string, depth: number): unknown {
    if (typeof each === "string") return replaced(each, rewrite(each, field));
    if (typeof each === "number") return replaced(each, rewrite(String(each), field), String(each));
    if (typeof each !== "object" || each === null) return each;
    if (depth >= MAX_DEPTH) return replaced(each, TOO_LONG);
    if (Array.isArray(each)) {
      return joinedPieces(each, field) ?? each.map((item) => walk(item, field, depth + 1));
    }
    if (!isRecord(each)) return each;
    return Object.fromEntries(
      Object.entries(each).map(([key, item]) => [key, walk(item, key, depth + 1)]),
    );
  }

  /** A list in which what is private stands in pieces; undefined for any other. */
  function joinedPieces(list: readonly unknown[], field: string): readonly string[] | undefined {
    const isShort = list.length > 1 && list.length <= MAX_PIECES &&
      list.every((item) => typeof item === "string" || typeof item === "number");
    if (!isShort) return undefined;
    const pieces = list.map(String);
    const whole = pieces.join(" ");
    const shown = rewrite(whole, field);
    if (shown === whole || pieces.some((piece) => rewrite(piece, field) !== piece)) {
      return undefined;
    }
    changed = true;
    return [shown];
  }

  function replaced(before: unknown, after: string, same: unknown = before): unknown {
    if (after === same) return before;
    changed = true;
    return after;
  }
}
