import {
  parsePattern,
  type PatternNode,
  type PatternSet,
  wordCharacters,
} from "./linearPatternParser.ts";

/** A stretch of a text, in characters. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Matches {
  readonly found: readonly Stretch[];
  /** What it took: `cost` for each character at most. */
  readonly steps: number;
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
  readonly #byCode = new Map<number, Uint8Array>();
  readonly #first: Int32Array;
  readonly #follow: readonly Int32Array[];
  readonly #isLast: Uint8Array;
  /** Positions that are reached, now and behind the next character; kept, as most texts are short. */
  readonly #reached: readonly [Int32Array, Int32Array];
  /** By position, where the earliest match that is there began; between two texts nowhere. */
  readonly #begins: readonly [Int32Array, Int32Array];

  /** Throws a `SyntaxError` that says what is not possible in it. */
  constructor(source: string) {
    const sets: PatternSet[] = [];
    const follow: Set<number>[] = [];
    const { first, last, empty } = build(parsePattern(source), sets, follow);
    if (empty) {
      throw new SyntaxError(
        "matches the empty text, and with it every text: let it begin or end with what must be there",
      );
    }
    this.#sets = sets;
    this.#first = Int32Array.from(first);
    this.#follow = follow.map((each) => Int32Array.from(each));
    const ends = new Set(last);
    this.#isLast = Uint8Array.from(sets, (_, at) => Number(ends.has(at)));
    const count = sets.length;
    this.#reached = [new Int32Array(count), new Int32Array(count)];
    this.#begins = [
      new Int32Array(count).fill(NOT_THERE),
      new Int32Array(count).fill(NOT_THERE),
    ];
    this.cost = first.length + follow.reduce((sum, { size }) => sum + size, 0);
  }

  /** All matches, the longest from each beginning; overlapping ones may be among them. */
  matches(text: string): Matches {
    const found: Stretch[] = [];
    let [active, next] = this.#reached;
    let [begins, nextBegins] = this.#begins;
    let activeCount = 0;
    let steps = 0;
    let isEdgeBehind = isEdge(text, 0);
    for (let at = 0; at < text.length; at++) {
      const takes = this.#takes(text.charCodeAt(at));
      const isEdgeBefore = isEdgeBehind;
      isEdgeBehind = isEdge(text, at + 1);
      let nextCount = 0;
      for (let each = isEdgeBefore ? -1 : 0; each < activeCount; each++) {
        const from = each < 0 ? NOT_THERE : active[each]!;
        const begin = each < 0 ? at : begins[from]!;
        const reachable = each < 0 ? this.#first : this.#follow[from]!;
        steps += reachable.length;
        for (let to = 0; to < reachable.length; to++) {
          const position = reachable[to]!;
          const known = nextBegins[position]!;
          if (begin >= known) continue;
          if (known === NOT_THERE) {
            if (takes[position] === 0) continue;
            next[nextCount++] = position;
          }
          nextBegins[position] = begin;
        }
      }
      if (isEdgeBehind) {
        for (let each = 0; each < nextCount; each++) {
          const position = next[each]!;
          if (this.#isLast[position] !== 1) continue;
          add(found, { from: nextBegins[position]!, to: at + 1 });
        }
      }
      for (let each = 0; each < activeCount; each++) begins[active[each]!] = NOT_THERE;
      [active, next] = [next, active];
      [begins, nextBegins] = [nextBegins, begins];
      activeCount = nextCount;
    }
    if (activeCount === 0) return { found, steps };
    let begunAt = NOT_THERE;
    for (let each = 0; each < activeCount; each++) {
      const position = active[each]!;
      begunAt = Math.min(begunAt, begins[position]!);
      begins[position] = NOT_THERE;
    }
    return { found, steps, begunAt };
  }

  /** By position, 1 where it takes the character. */
  #takes(code: number): Uint8Array {
    const known = this.#byCode.get(code);
    if (known !== undefined) return known;
    const takes = Uint8Array.from(this.#sets, (set) => Number(set.has(code)));
    if (this.#byCode.size < MAX_CODES) this.#byCode.set(code, takes);
    return takes;
  }
}

/** Characters whose sets are kept: the letters of a few scripts. */
const MAX_CODES = 1024;
const NOT_THERE = 0x7fffffff;

function add(found: Stretch[], match: Stretch): void {
  const last = found.at(-1);
  if (last?.from === match.from) found[found.length - 1] = match;
  else found.push(match);
}

/** Whether a word begins or ends there. */
function isEdge(text: string, at: number): boolean {
  return !isWord(text.charCodeAt(at - 1)) || !isWord(text.charCodeAt(at));
}

/** Before and behind a text there is none. */
function isWord(code: number): boolean {
  return !Number.isNaN(code) && wordCharacters.has(code);
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
