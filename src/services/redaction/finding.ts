import type { Line, Mark } from "./marks.ts";
import { type Announcement, announcementsIn, type Topic } from "./triggers.ts";

/** What was found out in a call and is hidden wherever it occurs again. */
export interface Known {
  /** In digits. */
  readonly cards: Set<string>;
  readonly codes: Set<string>;
  /** As they sound. */
  readonly passwords: Set<string>;
}

const MAX_KNOWN = 50;

/** Adds a value; of too many the oldest goes. */
export function remember(values: Set<string>, value: string): void {
  values.add(value);
  const [oldest] = values;
  if (values.size > MAX_KNOWN && oldest !== undefined) values.delete(oldest);
}

export function nothingKnown(): Known {
  return { cards: new Set(), codes: new Set(), passwords: new Set() };
}

/** So far a question or a mention of a card reaches. */
const NEAR_LINES = 8;
const ANSWER_LINES = 4;

/** One search through lines: what was found in them so far. */
export class Finding {
  readonly lines: readonly Line[];
  readonly known: Known;
  /** Lines that have a part of a card number. */
  readonly cardLines = new Set<number>();
  /** Lines in which a card number was complete. */
  readonly wholeAt = new Set<number>();
  /** Digits that may become one. */
  readonly held: string[] = [];
  readonly announcements: readonly (readonly Announcement[])[];
  /** By line, the topics that it announces. */
  readonly #topics: readonly ReadonlySet<Topic>[];
  readonly #marks: Mark[][];

  constructor(lines: readonly Line[], known: Known) {
    this.lines = lines;
    this.known = known;
    this.announcements = lines.map(({ tokens }) => announcementsOf(tokens));
    this.#topics = this.announcements.map((each) => new Set(each.map(({ topic }) => topic)));
    this.#marks = lines.map(() => []);
  }

  mark({ line, from, to }: { line: number; from: number; to: number }, shown: string): void {
    this.#marks[line]?.push({ from, to, shown });
  }

  marksOf(line: number): readonly Mark[] {
    return this.#marks[line] ?? [];
  }

  /** Whether cards are spoken of in the line or shortly before it. */
  readonly isAboutCards = (line: number): boolean => {
    for (let at = line; at >= Math.max(0, line - NEAR_LINES); at--) {
      const topics = this.#topics[at];
      if (topics?.has("card") === true || topics?.has("securityCode") === true) return true;
      if (this.cardLines.has(at)) return true;
    }
    return false;
  };

  /** Whether cards are spoken of there, and no number has followed yet. */
  awaitsCard(line: number): boolean {
    for (let at = line; at >= Math.max(0, line - NEAR_LINES); at--) {
      if (this.wholeAt.has(at)) return false;
      if (this.#topics[at]?.has("card") === true) return true;
    }
    return false;
  }

  /** What the other side has asked for before a line; what a text by itself is about is in it. */
  askedBefore(line: number): ReadonlySet<Topic> {
    const asked = new Set<Topic>();
    const role = this.lines[line]?.role;
    let hasTurned = false;
    for (let at = line - 1; at >= Math.max(0, line - ANSWER_LINES); at--) {
      const before = this.lines[at];
      if (before === undefined || before.role === role) {
        if (hasTurned) break;
        continue;
      }
      hasTurned = true;
      for (const topic of this.#topics[at] ?? []) asked.add(topic);
    }
    return asked;
  }
}

const cache = new WeakMap<object, readonly Announcement[]>();

function announcementsOf(tokens: Line["tokens"]): readonly Announcement[] {
  const known = cache.get(tokens) ?? announcementsIn(tokens);
  cache.set(tokens, known);
  return known;
}
