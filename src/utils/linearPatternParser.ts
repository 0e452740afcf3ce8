/** A regular expression without anything that needs memory of what was matched. */
export type PatternNode =
  | { readonly kind: "set"; readonly set: PatternSet }
  | { readonly kind: "sequence"; readonly nodes: readonly PatternNode[] }
  | { readonly kind: "either"; readonly nodes: readonly PatternNode[] }
  | {
    readonly kind: "repeat";
    readonly node: PatternNode;
    readonly min: number;
    readonly max: number;
  };

/** Characters, by their UTF-16 code. */
export interface PatternSet {
  has(code: number): boolean;
}

const MAX_REPEATS = 64;
const MAX_DEPTH = 10;

/** Throws a `SyntaxError` for what is no such pattern. */
export function parsePattern(source: string): PatternNode {
  let at = 0;
  const node = either(0);
  if (at < source.length) throw new SyntaxError("has a ) too many");
  return node;

  function either(depth: number): PatternNode {
    if (depth > MAX_DEPTH) throw new SyntaxError("has too many groups within groups");
    const nodes = [sequence(depth)];
    while (source[at] === "|") {
      at++;
      nodes.push(sequence(depth));
    }
    const [only] = nodes;
    return nodes.length === 1 && only !== undefined ? only : { kind: "either", nodes };
  }

  function sequence(depth: number): PatternNode {
    const nodes: PatternNode[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== ")") {
      const node = repeated(single(depth));
      nodes.push(node);
    }
    return { kind: "sequence", nodes };
  }

  function single(depth: number): PatternNode {
    const character = source[at++] ?? "";
    switch (character) {
      case "(": {
        if (source[at] === "?" && source[at + 1] !== ":") {
          throw new SyntaxError("has (?, of which only (?: ) is possible");
        }
        if (source[at] === "?") at += 2;
        const inner = either(depth + 1);
        if (source[at++] !== ")") throw new SyntaxError("has a ( without its )");
        return inner;
      }
      case "[":
        return { kind: "set", set: characterClass() };
      case ".":
        return { kind: "set", set: { has: (code) => code !== 10 } };
      case "\\":
        return { kind: "set", set: escaped() };
      case "^":
      case "$":
        throw new SyntaxError(`has ${character}, which is not possible: it matches whole words`);
      case "*":
      case "+":
      case "?":
      case "{":
        throw new SyntaxError(`has ${character} behind nothing that it could repeat`);
      default:
        return { kind: "set", set: sameLetters((code) => code === character.charCodeAt(0)) };
    }
  }

  function repeated(node: PatternNode): PatternNode {
    const [min, max] = quantifier() ?? [1, 1];
    if (source[at] === "?") at++;
    if (min === 1 && max === 1) return node;
    if (/[*+{]/.test(source[at] ?? "")) throw new SyntaxError("has two repeats behind each other");
    return { kind: "repeat", node, min, max };
  }

  function quantifier(): readonly [min: number, max: number] | undefined {
    const simple: Readonly<Record<string, readonly [number, number]>> = {
      "?": [0, 1],
      "*": [0, Infinity],
      "+": [1, Infinity],
    };
    const known = simple[source[at] ?? ""];
    if (known !== undefined) {
      at++;
      return known;
    }
    const counted = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(source.slice(at, at + 10));
    if (counted === null) return undefined;
    at += counted[0].length;
    const min = Number(counted[1]);
    const max = counted[2] === undefined
      ? min
      : counted[3] === undefined
      ? Infinity
      : Number(counted[3]);
    if (min > MAX_REPEATS || max !== Infinity && (max > MAX_REPEATS || max < min || max === 0)) {
      throw new SyntaxError(`repeats from ${min} to ${max}, and may ${MAX_REPEATS} times at most`);
    }
    return [min, max];
  }

  function escaped(): PatternSet {
    const character = source[at++] ?? "";
    const set = classes[character.toLowerCase()];
    if (set !== undefined) {
      return character === character.toLowerCase() ? set : { has: (code) => !set.has(code) };
    }
    if (/[A-Za-z0-9]/.test(character) || character === "") {
      throw new SyntaxError(`has \\${character}, which is not possible`);
    }
    return { has: (code) => code === character.charCodeAt(0) };
  }

  function characterClass(): PatternSet {
    const isNot = source[at] === "^";
    if (isNot) at++;
    const sets: PatternSet[] = [];
    const ranges: (readonly [number, number])[] = [];
    for (let isFirst = true; source[at] !== "]" || isFirst; isFirst = false) {
      if (at >= source.length) throw new SyntaxError("has a [ without its ]");
      if (source[at] === "\\") {
        at++;
        sets.push(escaped());
        continue;
      }
      const from = source.charCodeAt(at++);
      const isRange = source[at] === "-" && source[at + 1] !== "]" && at + 1 < source.length;
      if (isRange) at++;
      const to = isRange ? source.charCodeAt(at++) : from;
      if (to < from) throw new SyntaxError("has a range of characters that ends before it begins");
      ranges.push([from, to]);
    }
    at++;
    const within = sameLetters((code) => ranges.some(([from, to]) => code >= from && code <= to));
    const all = tabled((code) => within.has(code) || sets.some((set) => set.has(code)));
    return isNot ? { has: (code) => !all.has(code) } : all;
  }
}

const PAGE_BITS = 7;
const UNKNOWN = 0;
const IS_IN = 1;
const IS_OUT = 2;

/** Letters, digits and the underscore, of all alphabets. */
export const wordCharacters = tabled((code) => /[\p{L}\p{N}_]/u.test(String.fromCharCode(code)));

const classes: Readonly<Record<string, PatternSet>> = {
  d: { has: (code) => code >= 48 && code <= 57 },
  w: wordCharacters,
  s: tabled((code) => /\s/.test(String.fromCharCode(code))),
};

/** Letters count in both cases. */
function sameLetters(has: (code: number) => boolean): PatternSet {
  return tabled((code) => {
    const character = String.fromCharCode(code);
    return has(code) || has(character.toLowerCase().charCodeAt(0)) ||
      has(character.toUpperCase().charCodeAt(0));
  });
}

/** What was once found out about a character stays in a table; it is made by pages of those that occur. */
function tabled(has: (code: number) => boolean): PatternSet {
  const pages: Uint8Array[] = [];
  return {
    has(code) {
      const page = pages[code >> PAGE_BITS] ??= new Uint8Array(1 << PAGE_BITS);
      const at = code & (1 << PAGE_BITS) - 1;
      if (page[at] === UNKNOWN) page[at] = has(code) ? IS_IN : IS_OUT;
      return page[at] === IS_IN;
    },
  };
}
