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
  /** By position and then by character below 128, whether it is in the set. */
  readonly #table: Uint8Array;
  readonly #first: Int32Array;
  readonly #follow: readonly Int32Array[];
  readonly #isLast: Uint8Array;

  /** Throws a `SyntaxError` that says what is not possible in it. */
  constructor(source: string) {
    const sets: PatternSet[] = [];
    const follow: Set<number>[] = [];
    const { first, last, empty } = build(parsePattern(source), sets, follow);
    if (empty) throw new SyntaxError("matches nothing at all");
    this.#sets = sets;
    this.#table = new Uint8Array(sets.length * ASCII);
    sets.forEach((set, position) => {
      for (let code = 0; code < ASCII; code++) {
        this.#table[position * ASCII + code] = Number(set.has(code));
      }
    });
    this.#first = Int32Array.from(first);
    this.#follow = follow.map((each) => Int32Array.from(each));
    const ends = new Set(last);
    this.#isLast = Uint8Array.from(sets, (_, at) => Number(ends.has(at)));
    this.cost = first.length + follow.reduce((sum, { size }) => sum + size, 0);
  }

  /** All matches, the longest from each beginning; overlapping ones may be among them. */
  matches(text: string): Matches {
    const count = this.#sets.length;
    const found: Stretch[] = [];
    let active = new Int32Array(count);
    let next = new Int32Array(count);
    /** By position, where the earliest match that is there began. */
    let begins = new Int32Array(count).fill(NOT_THERE);
    let nextBegins = new Int32Array(count).fill(NOT_THERE);
    let activeCount = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      let nextCount = 0;
      for (let each = 0; each < activeCount; each++) {
        const position = active[each] ?? 0;
        nextCount = this.#reach(
          this.#follow[position] ?? NONE,
          { code, begin: begins[position] ?? 0, begins: nextBegins, reached: next },
          nextCount,
        );
      }
      if (isEdge(text, at)) {
        const from = { code, begin: at, begins: nextBegins, reached: next };
        nextCount = this.#reach(this.#first, from, nextCount);
      }
      if (nextCount > 0 && isEdge(text, at + 1)) {
        for (let each = 0; each < nextCount; each++) {
          const position = next[each] ?? 0;
          if (this.#isLast[position] !== 1) continue;
          add(found, { from: nextBegins[position] ?? 0, to: at + 1 });
        }
      }
      for (let each = 0; each < activeCount; each++) begins[active[each] ?? 0] = NOT_THERE;
      [active, next] = [next, active];
      [begins, nextBegins] = [nextBegins, begins];
      activeCount = nextCount;
    }
    if (activeCount === 0) return { found };
    return {
      found,
      begunAt: Math.min(...active.subarray(0, activeCount).map((it) => begins[it] ?? 0)),
    };
  }

  /** Adds those of the positions that take the character; returns how many are reached now. */
  #reach(
    positions: Int32Array,
    { code, begin, begins, reached }: {
      readonly code: number;
      readonly begin: number;
      readonly begins: Int32Array;
      readonly reached: Int32Array;
    },
    count: number,
  ): number {
    let reachedCount = count;
    for (let each = 0; each < positions.length; each++) {
      const position = positions[each] ?? 0;
      const known = begins[position] ?? NOT_THERE;
      if (known === NOT_THERE) {
        const takes = code < ASCII
          ? this.#table[position * ASCII + code] === 1
          : this.#sets[position]?.has(code) === true;
        if (!takes) continue;
        reached[reachedCount++] = position;
        begins[position] = begin;
      } else if (begin < known) begins[position] = begin;
    }
    return reachedCount;
  }
}

const ASCII = 128;
const NOT_THERE = 0x7fffffff;
const NONE = new Int32Array(0);

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
