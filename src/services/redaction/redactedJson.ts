import { LONGEST_LOOKED, TOO_LONG } from "./longestLooked.ts";
import { isRecord } from "../../utils/isRecord.ts";

const MAX_DEPTH = 32;
/** Longer JSON is not read. */
const MAX_LENGTH = 20_000;
const MAX_PIECES = 20;
/** A longer name of a field is text. */
const MAX_NAME = 40;
/** What a value costs besides its characters, in characters. */
const PER_VALUE = 24;
/** Names of fields are looked at with each of their values. */
const MAX_WORK = 2 * LONGEST_LOOKED;

/**
 * A text, or the values within it where it is a JSON object or list, each rewritten with the name of its
 * field. What is too long or too deep to be looked at is not shown.
 */
export function redactedJson(
  text: string,
  name: string,
  rewrite: (text: string, name: string) => string,
): string {
  if (!/^\s*[[{]/.test(text)) return rewrite(text, name);
  if (text.length > MAX_LENGTH) return TOO_LONG;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return rewrite(text, name);
  }
  let changed = false;
  let work = 0;
  const shown = walk(value, name, 0);
  return changed ? JSON.stringify(shown) : text;

  function look(each: string, field: string): string {
    work += Math.min(each.length, LONGEST_LOOKED) + field.length + PER_VALUE;
    return work > MAX_WORK ? TOO_LONG : rewrite(each, field);
  }

  function walk(each: unknown, field: string, depth: number): unknown {
    if (typeof each === "string") return replaced(each, look(each, field));
    if (typeof each === "number") return replaced(each, look(String(each), field), String(each));
    if (typeof each !== "object" || each === null) return each;
    if (depth >= MAX_DEPTH) return replaced(each, TOO_LONG);
    if (Array.isArray(each)) {
      return joinedPieces(each, field) ?? each.map((item) => walk(item, field, depth + 1));
    }
    if (!isRecord(each)) return each;
    const names = new DistinctNames();
    return Object.fromEntries(
      Object.entries(each).map(
        ([key, item]) => [names.of(shownKey(key)), walk(item, key, depth + 1)],
      ),
    );
  }

  /** Names of fields are words of the tool's, but data may be filed by a number. */
  function shownKey(key: string): string {
    if (!/\p{Nd}/u.test(key) && key.length <= MAX_NAME) return key;
    const shown = look(key, "");
    if (shown !== key) changed = true;
    return shown;
  }

  /** A list in which what is private stands in pieces; undefined for any other. */
  function joinedPieces(list: readonly unknown[], field: string): readonly string[] | undefined {
    const isShort = list.length > 1 && list.length <= MAX_PIECES &&
      list.every((item) => typeof item === "string" || typeof item === "number");
    if (!isShort) return undefined;
    const pieces = list.map(String);
    const whole = pieces.join(" ");
    const shown = look(whole, field);
    if (shown === whole || pieces.some((piece) => look(piece, field) !== piece)) {
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

/** Numbers the names of fields that are shown alike, so that none takes the place of another. */
class DistinctNames {
  readonly #counts = new Map<string, number>();

  of(name: string): string {
    let count = this.#counts.get(name);
    let distinct = name;
    while (count !== undefined && this.#counts.has(distinct)) distinct = `${name} ${++count}`;
    this.#counts.set(distinct, 1);
    if (count !== undefined) this.#counts.set(name, count);
    return distinct;
  }
}
