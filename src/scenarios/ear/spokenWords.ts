/** A word as it is compared: in lower case, without accents, a number in digits as far as it is one word. */
export interface SpokenWord {
  readonly text: string;
  /** A sentence or a part of one is over with it. */
  readonly isLast: boolean;
}

/** The words of a text in any script; an amount with its sign is read as it is spoken. */
export function spokenWords(text: string): readonly SpokenWord[] {
  const spoken = text.replaceAll(APOSTROPHE, "'")
    .replaceAll(MINUS, "minus ")
    .replaceAll(AMOUNT, (_, sign: string, amount: string) => `${amount} ${CURRENCIES[sign]}`)
    .replaceAll(/[$€£]/g, (sign) => ` ${CURRENCIES[sign]} `);
  const words: SpokenWord[] = [];
  for (const { segment, isWordLike } of segmenter.segment(spoken)) {
    const last = words.at(-1);
    if (isWordLike) { for (const text of comparable(segment)) words.push({ text, isLast: false }); }
    else if (last !== undefined && OVER.test(segment)) {
      words[words.length - 1] = { ...last, isLast: true };
    }
  }
  return words;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
const APOSTROPHE = /[\u2018\u2019\u02bc]/g;
const MINUS = /(?<![\p{L}\p{N}])[-\u2212](?=[$€£]?\d)/gu;
const AMOUNT = /([$€£])\s?(\d(?:[\d.,]*\d)?)/g;
const OVER = /[.,;:!?\u2026\u2014\n]/;
const CURRENCIES: Readonly<Record<string, string>> = { $: "dollars", "€": "euros", "£": "pounds" };
const PLURALS: ReadonlyMap<string, string> = new Map(
  Object.values(CURRENCIES).map((plural) => [plural.slice(0, -1), plural]),
);

function comparable(segment: string): readonly string[] {
  const plain = segment.normalize("NFKD").replaceAll(/[\u0300-\u036f]/g, "").normalize()
    .toLowerCase().replaceAll("\u00df", "ss");
  return /^\d[\d.,]*$/.test(plain) ? digitsIn(plain) : [PLURALS.get(plain) ?? plain];
}

/** `1,500` and `1.500` are the same, as are `3,5` and `3.50`; `1,2,3` are three. */
function digitsIn(text: string): readonly string[] {
  if (/^\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) return [decimal(text.replaceAll(",", ""))];
  if (/^\d{1,3}(\.\d{3})+(,\d+)?$/.test(text)) {
    return [decimal(text.replaceAll(".", "").replace(",", "."))];
  }
  if (/^\d+,\d+$/.test(text)) return [decimal(text.replace(",", "."))];
  return text.split(",").map(decimal);
}

function decimal(text: string): string {
  return /^\d+\.\d+$/.test(text) ? text.replace(/\.?0+$/, "") : text;
}
