/**
 * How many steps a regular expression has, about, once its counted repeats are written out: `(?:ab){50}` has a
 * hundred. A pattern of a few characters may have millions.
 */
export function patternSize(pattern: string): number {
  /** Of the groups around, what stands in them before. */
  const around: number[] = [];
  let size = 0;
  let latest = 0;
  for (const [token, least, most = ""] of pattern.matchAll(TOKEN)) {
    if (token === "(") {
      around.push(size);
      size = latest = 0;
    } else if (token === ")") {
      latest = size;
      size += around.pop() ?? 0;
    } else if (least !== undefined) {
      const times = Math.max(Number(least), Number(most), 1);
      size += latest * (times - 1);
      latest *= times;
    } else {
      latest = 1;
      size++;
    }
  }
  return size;
}

/** Escapes, classes and counted repeats are one each. */
const TOKEN = /\\(?:[pPu]\{[^}]*\}|.)|\[(?:\\.|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|./gsu;
