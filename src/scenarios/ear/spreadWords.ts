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
  const anchors = [{ wordMs: 0, soundMs: 0 }, ...anchorsOf(words, ends, pausesIn(voiced)), {
    wordMs: Math.max(wholeMs, hereMs),
    soundMs: Math.max(wholeMs, hereMs),
  }];
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

/** How long a word takes to say, in letters and the space behind it. */
export function spokenLength(word: string): number {
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

/** Where pauses are, in voiced time. */
function pausesIn(voiced: readonly number[]): readonly number[] {
  return voiced.flatMap((ms, index) => {
    const before = voiced[index - 1];
    const isPause = before !== undefined && ms - before - VOICED_FRAME_MS >= PAUSE_MS;
    return isPause ? [index * VOICED_FRAME_MS] : [];
  });
}

/**
 * Which pause stands after which word: in order, with the least distance in all. A pause that is near no end of a
 * word is left out: it may be within one.
 */
function anchorsOf(
  words: readonly string[],
  ends: readonly number[],
  pauses: readonly number[],
): readonly Anchor[] {
  interface Best {
    readonly cost: number;
    readonly anchors: readonly Anchor[];
  }
  // The cheapest way for the pauses so far, whose last anchor is the end of a word before the one of the index.
  let best: readonly Best[] = words.map(() => ({ cost: 0, anchors: [] }));
  for (const soundMs of pauses) {
    const next: Best[] = [];
    for (let index = 0; index < words.length; index++) {
      const skipped = best[index] ?? { cost: 0, anchors: [] };
      let cheapest: Best = { cost: skipped.cost + NEAR_MS, anchors: skipped.anchors };
      const before = next[index - 1];
      if (before !== undefined && before.cost < cheapest.cost) cheapest = before;
      const previous = best[index - 1];
      const wordMs = ends[index - 1];
      if (previous !== undefined && wordMs !== undefined) {
        const isClause = /[.,;:!?…–—]["'”’)\]]*$/u.test(words[index - 1] ?? "");
        const last = previous.anchors.at(-1) ?? { wordMs: 0, soundMs: 0 };
        const off = Math.abs((wordMs - last.wordMs) - (soundMs - last.soundMs));
        const cost = previous.cost + (isClause ? off * NEAR_MS / FAR_MS : off);
        if (off <= FAR_MS && cost < cheapest.cost) {
          cheapest = { cost, anchors: [...previous.anchors, { wordMs, soundMs }] };
        }
      }
      next.push(cheapest);
    }
    best = next;
  }
  return best.at(-1)?.anchors ?? [];
}
