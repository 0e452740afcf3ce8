/** A word, with what stands beside it, and where its sound is in what was given. */
export interface TimedWord {
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Voiced frames are of this length. */
export const VOICED_FRAME_MS = 10;

/** A silence that is longer stands between two words. */
const PAUSE_MS = 180;
/** How far a pause may be from the end of a word by its length, where a sentence or a clause ends there, and else. */
const FAR_MS = 1500;
const NEAR_MS = 250;
/** A digit is as long as so many letters: "7" is "seven", "2027" is "twenty twenty-seven". */
const DIGIT_LETTERS = 4.5;
const CURRENCY_LETTERS = 7;
/** People read aloud so fast, pauses left out. */
const MS_PER_LETTER = 55;

/**
 * Spreads words over the frames in which somebody speaks, in milliseconds, by how long they take to say: pauses
 * are put between words, at the end of a sentence or a clause where one is near. `wholeMs` is how long all of the
 * words take where not all of their sound is there: what comes later is left out.
 */
export function spreadWords(
  text: string,
  voiced: readonly number[],
  wholeMs = voiced.length * VOICED_FRAME_MS,
): readonly TimedWord[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const hereMs = voiced.length * VOICED_FRAME_MS;
  if (hereMs === 0 || words.length === 0) return [];
  const lengths = words.map(spokenLength);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let sum = 0;
  const ends = lengths.map((length) => (sum += length) / total * wholeMs);
  const anchors = [
    { wordMs: 0, soundMs: 0 },
    ...anchorsOf(words, ends, pausesIn(voiced), Math.max(wholeMs, hereMs)),
    {
      wordMs: Math.max(wholeMs, hereMs),
      soundMs: Math.max(wholeMs, hereMs),
    },
  ];
  const soundAt = (wordMs: number) => {
    const next = Math.max(1, anchors.findIndex((anchor) => anchor.wordMs >= wordMs));
    const [a, b] = [anchors[next - 1], anchors[next]];
    if (a === undefined || b === undefined || b.wordMs === a.wordMs) return wordMs;
    return a.soundMs + (wordMs - a.wordMs) * (b.soundMs - a.soundMs) / (b.wordMs - a.wordMs);
  };
  /** Where voiced time is; a word ends before a pause, and the next begins after it. */
  const placeOf = (voicedMs: number, isEnd: boolean) => {
    const place = voicedMs / VOICED_FRAME_MS;
    const frame = Math.min(
      Math.max(0, isEnd ? Math.ceil(place - 1e-6) - 1 : Math.floor(place + 1e-6)),
      voiced.length - 1,
    );
    return (voiced[frame] ?? 0) + (place - frame) * VOICED_FRAME_MS;
  };
  return words.flatMap((text, index) => {
    const from = soundAt(ends[index - 1] ?? 0);
    const to = soundAt(ends[index] ?? 0);
    if (to > hereMs + VOICED_FRAME_MS) return [];
    return [{ text, fromMs: placeOf(from, false), toMs: placeOf(Math.min(to, hereMs), true) }];
  });
}

/** How long a text takes to say, pauses left out: for one of which not all of the sound or the words are there. */
export function spokenMs(text: string): number {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return words.reduce((sum, word) => sum + spokenLength(word), 0) * MS_PER_LETTER;
}

/** How long a word takes to say, in letters and the space behind it. */
function spokenLength(word: string): number {
  let length = 1;
  for (const character of word) {
    if (/\p{Nd}/u.test(character)) length += DIGIT_LETTERS;
    else if (/\p{Sc}|%/u.test(character)) length += CURRENCY_LETTERS;
    else if (/\p{L}/u.test(character)) {
      length += /\p{Script=Han}|\p{Script=Hiragana}/u.test(character) ? 3 : 1;
    }
  }
  return length;
}

interface Anchor {
  /** By the length of the words. */
  readonly wordMs: number;
  /** By the sound, pauses left out. */
  readonly soundMs: number;
}

const START: Anchor = { wordMs: 0, soundMs: 0 };

/** Where pauses are, in voiced time. */
function pausesIn(voiced: readonly number[]): readonly number[] {
  return voiced.flatMap((ms, index) => {
    const before = voiced[index - 1];
    const isPause = before !== undefined && ms - before - VOICED_FRAME_MS >= PAUSE_MS;
    return isPause ? [index * VOICED_FRAME_MS] : [];
  });
}

/** Some pauses, the last of which stands after a word. */
interface Placed {
  readonly cost: number;
  readonly anchors: readonly Anchor[];
}

/**
 * Which pause stands after which word: in order, so that the stretches between them are as long as their words, on the
 * whole. A pause that fits after no word is left out: it may be within one.
 */
function anchorsOf(
  words: readonly string[],
  ends: readonly number[],
  pauses: readonly number[],
  wholeMs: number,
): readonly Anchor[] {
  // The cheapest way for the pauses so far, by the word that the last of them stands after; none at first.
  let best = new Map<number, Placed>([[-1, { cost: 0, anchors: [] }]]);
  for (const soundMs of pauses) {
    const next = new Map<number, Placed>();
    const isCheaper = (word: number, cost: number) => cost < (next.get(word)?.cost ?? Infinity);
    for (const [last, { cost, anchors }] of best) {
      if (isCheaper(last, cost + NEAR_MS)) next.set(last, { cost: cost + NEAR_MS, anchors });
      for (let word = last + 1; word < words.length - 1; word++) {
        const anchor = { wordMs: ends[word] ?? 0, soundMs };
        const before = anchors.at(-1) ?? START;
        // Later words are farther still.
        if (anchor.wordMs - before.wordMs > soundMs - before.soundMs + FAR_MS) break;
        const off = mismatch(before, anchor);
        if (off === undefined) continue;
        const isClause = CLAUSE_END.test(words[word] ?? "");
        const more = isClause ? off * NEAR_MS / FAR_MS : off;
        if (!isCheaper(word, cost + more)) continue;
        next.set(word, { cost: cost + more, anchors: [...anchors, anchor] });
      }
    }
    best = next;
  }
  const end = { wordMs: ends.at(-1) ?? 0, soundMs: wholeMs };
  let chosen: Placed | undefined;
  for (const { cost, anchors } of best.values()) {
    const off = mismatch(anchors.at(-1) ?? START, end) ?? FAR_MS;
    if (chosen === undefined || cost + off < chosen.cost) chosen = { cost: cost + off, anchors };
  }
  return chosen?.anchors ?? [];
}

/** How much longer or shorter a stretch is than its words; undefined where it cannot be theirs. */
function mismatch(from: Anchor, to: Anchor): number | undefined {
  const [wordsMs, soundMs] = [to.wordMs - from.wordMs, to.soundMs - from.soundMs];
  const off = Math.abs(wordsMs - soundMs);
  const most = Math.min(FAR_MS, NEAR_MS / 2 + Math.max(wordsMs, soundMs) / 2);
  return off <= most ? off : undefined;
}

const CLAUSE_END = /[.,;:!?…–—]["'”’)\]]*$/u;
