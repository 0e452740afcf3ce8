/** An axis from zero. */
export interface Axis {
  /** At or beyond the largest value. */
  readonly end: number;
  readonly ticks: readonly number[];
  /** A tick in words. */
  show(tick: number): string;
}

/** Ticks at multiples of 1, 2, 2.5 or 5 times a power of ten, at most so many beside zero. */
export function axisOf(values: readonly number[], mostTicks: number): Axis {
  const largest = Math.max(0, ...values.filter(Number.isFinite)) || 1;
  const power = 10 ** Math.floor(Math.log10(largest / mostTicks));
  const step = STEPS.map((factor) => factor * power)
    .find((one) => one * mostTicks >= largest * (1 - ROUNDING)) ?? 10 * power;
  const count = Math.ceil(largest / step - ROUNDING);
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - ROUNDING)) +
    (isWhole(step / 10 ** Math.floor(Math.log10(step) + ROUNDING)) || step >= 10 ? 0 : 1);
  return {
    end: step * count,
    ticks: Array.from({ length: count + 1 }, (_, i) => i * step),
    show: (tick) => tick.toFixed(digits),
  };
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < ROUNDING;
}

const STEPS = [1, 2, 2.5, 5, 10];
const ROUNDING = 1e-9;
