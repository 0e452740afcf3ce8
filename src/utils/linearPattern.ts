import { parsePattern, type PatternNode, type PatternSet } from "./linearPatternParser.ts";

/** A stretch of a text, in characters. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Matches {
  readonly found: readonly Stretch[];
  /** Where a match begins that the text so far does not end; undefined where there is none. */
  readonly begunAt?: number;
}

/**
 * A regular expression whose matches take time in proportion to the length of the text, whatever the text:
 * `cost` bounds the steps for each character. It matches whole words, and both cases.
 */
export class LinearPattern {
  readonly cost: number;
  readonly #sets: readonly PatternSet[];
  /** Of each set, whether it has a character below 128. */
  readonly #tables: readonly Uint8Array[];
  readonly #first: readonly number[];
  readonly #follow: readonly (readonly number[])[];
  readonly #isLast: readonly boolean[];

  /** Throws a `SyntaxError` that says what is not possible in it. */
  constructor(source: string) {
    const sets: PatternSet[] = [];
    const follow: Set<number>[] = [];
    const { first, last, empty } = build(parsePattern(source), sets, follow);
    if (empty) throw new SyntaxError("matches nothing at all");
    this.#sets = sets;
    this.#tables = sets.map((set) =>
      Uint8Array.from({ length: 128 }, (_, at) => Number(set.has(at)))
    );
    this.#first = first;
    this.#follow = follow.map((each) => [...each]);
    const ends = new Set(last);
    this.#isLast = sets.map((_, at) => ends.has(at));
    this.cost = first.length + follow.reduce((sum, { size }) => sum + size, 0);
  }

  /** All matches, the longest from each beginning; overlapping ones may be among them. */
  matches(text: string): Matches {
    const found: Stretch[] = [];
    let active: number[] = [];
    /** By position, where a match that is there began; the earliest. */
    const begins = new Int32Array(this.#sets.length);
    const nextBegins = new Int32Array(this.#sets.length).fill(-1);
    let nextActive: number[] = [];
    let code = 0;
    const reach = (position: number, begin: number) => {
      const known = nextBegins[position] ?? -1;
      if (known >= 0 && known <= begin) return;
      if (known < 0) {
        const has = code < 128
          ? this.#tables[position]?.[code] === 1
          : this.#sets[position]?.has(code) === true;
        if (!has) return;
        nextActive.push(position);
      }
      nextBegins[position] = begin;
    };
    for (let at = 0; at < text.length; at++) {
      code = text.charCodeAt(at);
      for (const position of active) {
        for (const next of this.#follow[position] ?? []) reach(next, begins[position] ?? 0);
      }
      if (isEdge(text, at)) { for (const position of this.#first) reach(position, at); }
      const isEnd = nextActive.length > 0 && isEdge(text, at + 1);
      for (const position of nextActive) {
        const begin = nextBegins[position] ?? 0;
        begins[position] = begin;
        nextBegins[position] = -1;
        if (isEnd && this.#isLast[position] === true) add(found, { from: begin, to: at + 1 });
      }
      [active, nextActive] = [nextActive, active];
      nextActive.length = 0;
    }
    const begun = active.map((position) => begins[position] ?? 0);
    return begun.length === 0 ? { found } : { found, begunAt: Math.min(...begun) };
  }
}

function add(found: Stretch[], match: Stretch): void {
  const last = found.at(-1);
  if (last?.from === match.from) found[found.length - 1] = match;
  else found.push(match);
}

/** Whether a word begins or ends there. */
function isEdge(text: string, at: number): boolean {
  return !isWord(text.charCodeAt(at - 1)) || !isWord(text.charCodeAt(at));
}

function isWord(code: number): boolean {
  if (code < 128) {
    return code >= 48 && code <= 57 || code >= 65 && code <= 90 || code >= 97 && code <= 122 ||
      code === 95;
  }
  return code >= 0xc0 && /[\p{L}\p{N}]/u.test(String.fromCharCode(code));
}

interface Built {
  readonly first: readonly number[];
  readonly last: readonly number[];
  /** Whether it matches no characters. */
  readonly empty: boolean;
}

const MAX_POSITIONS = 200;

/** Glushkov's construction: a state for each set of characters. */
function build(node: PatternNode, sets: PatternSet[], follow: Set<number>[]): Built {
  switch (node.kind) {
    case "set": {
      if (sets.length >= MAX_POSITIONS) throw new SyntaxError("is too long");
      const position = sets.push(node.set) - 1;
      follow.push(new Set());
      return { first: [position], last: [position], empty: false };
    }
    case "sequence":
      return node.nodes.reduce<Built>(
        (before, each) => joined(before, build(each, sets, follow), follow),
        { first: [], last: [], empty: true },
      );
    case "either": {
      const all = node.nodes.map((each) => build(each, sets, follow));
      return {
        first: all.flatMap(({ first }) => first),
        last: all.flatMap(({ last }) => last),
        empty: all.some(({ empty }) => empty),
      };
    }
    case "repeat": {
      let whole: Built = { first: [], last: [], empty: true };
      const copies = node.max === Infinity ? Math.max(1, node.min) : node.max;
      for (let copy = 0; copy < copies; copy++) {
        const each = build(node.node, sets, follow);
        const isLoop = node.max === Infinity && copy === copies - 1;
        if (isLoop) connect(each.last, each.first, follow);
        whole = joined(whole, copy < node.min ? each : { ...each, empty: true }, follow);
      }
      return whole;
    }
  }
}

function joined(a: Built, b: Built, follow: Set<number>[]): Built {
  connect(a.last, b.first, follow);
  return {
    first: a.empty ? [...a.first, ...b.first] : a.first,
    last: b.empty ? [...a.last, ...b.last] : b.last,
    empty: a.empty && b.empty,
  };
}

function connect(from: readonly number[], to: readonly number[], follow: Set<number>[]): void {
  for (const position of from) for (const next of to) follow[position]?.add(next);
}
