/** Round numbers from 0 to at least `most`, at most five of them; whole ones if `isWhole`. */
export function ticksTo(most: number, isWhole: boolean): readonly number[] {
  const top = most > 0 ? most : 1;
  const rough = top / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power)
    .find((each) => each >= rough - 1e-12 && (!isWhole || Number.isInteger(each))) ?? 1;
  const count = Math.ceil(top / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => Number((at * step).toPrecision(12)));
}

/** Which of `count` labels fit side by side, the last one among them. */
export function shownLabels(count: number, width: number, labelWidth: number): readonly number[] {
  const every = Math.max(1, Math.ceil(count * labelWidth / Math.max(width, 1)));
  return Array.from({ length: count }, (_, at) => at)
    .filter((at) => (count - 1 - at) % every === 0);
}
