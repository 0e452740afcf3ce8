/** A line of one text or of both. */
export interface DiffLine {
  readonly kind: "same" | "gone" | "new";
  readonly text: string;
}

/** Lines of both texts that stand in a row, far from any change. */
interface FoldedLines {
  readonly kind: "folded";
  readonly lines: readonly string[];
}

/** Lines that are shown around a change. */
const CONTEXT = 3;
/** Beyond so many changed lines, the shortest way from one text to the other takes too long to find. */
const MAX_CHANGES = 1000;

/** What has to be taken away from one text, and added to it, to make the other of it. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [aEnd, bEnd] = [a.length, b.length];
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--;
    bEnd--;
  }
  return [
    ...a.slice(0, start).map(asSame),
    ...changes(a.slice(start, aEnd), b.slice(start, bEnd)),
    ...a.slice(aEnd).map(asSame),
  ];
}

/** The same lines, with those that are far from a change in one piece. */
export function folded(lines: readonly DiffLine[]): readonly (DiffLine | FoldedLines)[] {
  const isNear = new Array<boolean>(lines.length).fill(false);
  for (const [at, { kind }] of lines.entries()) {
    if (kind !== "same") isNear.fill(true, Math.max(0, at - CONTEXT), at + CONTEXT + 1);
  }
  const shown: (DiffLine | FoldedLines)[] = [];
  for (let at = 0; at < lines.length;) {
    let end = at;
    while (end < lines.length && isNear[end] === isNear[at]) end++;
    const piece = lines.slice(at, end);
    // To fold a single line saves nothing.
    if (isNear[at] || piece.length === 1) shown.push(...piece);
    else shown.push({ kind: "folded", lines: piece.map(({ text }) => text) });
    at = end;
  }
  return shown;
}

/** The line after the last line break is none where it is empty. */
function linesOf(text: string): readonly string[] {
  return text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/** By the greedy algorithm of E. Myers, "An O(ND) Difference Algorithm" (1986). */
function changes(a: readonly string[], b: readonly string[]): readonly DiffLine[] {
  const most = Math.min(a.length + b.length, MAX_CHANGES);
  const trace: Map<number, number>[] = [];
  const reached = new Map([[1, 0]]);
  for (let count = 0; count <= most; count++) {
    trace.push(new Map(reached));
    for (let k = -count; k <= count; k += 2) {
      let x = isDown(reached, k, count) ? reached.get(k + 1) ?? 0 : (reached.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reached.set(k, x);
      if (x >= a.length && x - k >= b.length) return wayBack(a, b, trace);
    }
  }
  return [...a.map((text) => ({ kind: "gone" as const, text })), ...b.map(asNew)];
}

function isDown(reached: ReadonlyMap<number, number>, k: number, count: number): boolean {
  return k === -count || k !== count && (reached.get(k - 1) ?? 0) < (reached.get(k + 1) ?? 0);
}

function wayBack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [a.length, b.length];
  for (const [count, reached] of [...trace.entries()].reverse()) {
    const k = x - y;
    const from = isDown(reached, k, count) ? k + 1 : k - 1;
    const fromX = count === 0 ? 0 : reached.get(from) ?? 0;
    const fromY = count === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      lines.push(asSame(a[--x] ?? ""));
      y--;
    }
    if (count === 0) break;
    if (x > fromX) lines.push({ kind: "gone", text: a[--x] ?? "" });
    else lines.push(asNew(b[--y] ?? ""));
  }
  return lines.reverse();
}

function asSame(text: string): DiffLine {
  return { kind: "same", text };
}

function asNew(text: string): DiffLine {
  return { kind: "new", text };
}
