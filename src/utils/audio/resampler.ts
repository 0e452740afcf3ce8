/** Changes the sample rate of one stream; keeps the stream's recent samples between calls. */
interface Resampler {
  /** Returns the output that the next samples complete, rounded and clipped to 16 bits. */
  process(samples: Int16Array): Int16Array<ArrayBuffer>;
  /** Resamples the same stream without rounding. */
  processFloat(samples: Float64Array): Float64Array<ArrayBuffer>;
}

/**
 * Creates a resampler for any two rates in a ratio of small whole numbers.
 *
 * Where the ratio is 1:n or n:1 every frame that divides by n comes out exactly n times as long or
 * short. The delay is `HALF_SPAN` samples of the slower rate (2 ms at 8 kHz). Throws a `RangeError`
 * for rates that are not positive integers or whose ratio needs a table beyond `MAX_FACTOR`.
 */
export function createResampler(fromHz: number, toHz: number): Resampler {
  const { up, down } = ratioOf(fromHz, toHz);
  if (up === down) {
    return { process: (samples) => samples.slice(), processFloat: (samples) => samples.slice() };
  }
  const filter = createFilter(up, down);
  return { process: (samples) => toInt16(filter(samples)), processFloat: filter };
}

/** Taps on each side of the centre, in samples of the slower rate. */
const HALF_SPAN = 16;

/** Largest reduced factor accepted: bounds the coefficients to 256 kB (44.1 to 8 kHz needs 441). */
const MAX_FACTOR = 1024;

/** Input samples filtered at a time: bounds the working buffer whatever a caller passes in. */
const BLOCK_SAMPLES = 4096;

/**
 * Cutoff, as a part of the slower Nyquist frequency, and Kaiser beta: the compromise for telephone
 * speech at 96 taps for 1:3. Down 0.01 dB at 3.4 kHz of 4, and 90 dB from 4.8 kHz on.
 */
const CUTOFF = 1.015;
const KAISER_BETA = 9.3;

function ratioOf(fromHz: number, toHz: number): { up: number; down: number } {
  if (!(Number.isSafeInteger(fromHz) && Number.isSafeInteger(toHz) && fromHz > 0 && toHz > 0)) {
    throw new RangeError(`Cannot resample ${fromHz} Hz to ${toHz} Hz: rates are whole numbers`);
  }
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  if (Math.max(up, down) > MAX_FACTOR) {
    throw new RangeError(`Cannot resample ${fromHz} Hz to ${toHz} Hz: ${down}:${up} is too fine`);
  }
  return { up, down };
}

function createFilter(
  up: number,
  down: number,
): (samples: Int16Array | Float64Array) => Float64Array<ArrayBuffer> {
  const phases = designPhases(up, down);
  const past = phases[0]!.length - 1;
  const window = new Float64Array(past + BLOCK_SAMPLES);
  // Where the next output lies beyond the start of the next block, in 1/up of an input sample.
  let offset = 0;

  return function filter(samples) {
    const output = new Float64Array(outputsBefore(samples.length * up));
    let written = 0;
    for (let start = 0; start < samples.length; start += BLOCK_SAMPLES) {
      const block = samples.subarray(start, start + BLOCK_SAMPLES);
      window.set(block, past);
      const end = block.length * up;
      const count = outputsBefore(end);
      // Every up-th output has the same phase, and lies exactly `down` input samples further on.
      for (let nth = 0; nth < up && nth < count; nth++) {
        const position = offset + nth * down;
        const taps = phases[position % up]!;
        const index = Math.floor(position / up);
        const target = output.subarray(written + nth, written + count);
        runPhase(taps, window, index, down, target, up);
      }
      written += count;
      offset += count * down - end;
      window.copyWithin(0, block.length, block.length + past);
    }
    return output;
  };

  function outputsBefore(end: number): number {
    return Math.max(0, Math.ceil((end - offset) / down));
  }
}

/** Filters every `step`-th position from `index` on into every `stride`-th place of `target`. */
function runPhase(
  taps: Float64Array,
  window: Float64Array,
  index: number,
  step: number,
  target: Float64Array,
  stride: number,
): void {
  let from = index;
  let at = 0;
  // Four outputs at once share each tap, and each sample too: what one output meets at a tap, the
  // next one meets `step` taps later. So the taps are walked in strides of `step`.
  for (; at + 3 * stride < target.length; at += 4 * stride) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let first = 0; first < step && first < taps.length; first++) {
      let one = window[from + first]!;
      let two = window[from + first + step]!;
      let three = window[from + first + 2 * step]!;
      for (let k = first; k < taps.length; k += step) {
        const tap = taps[k]!;
        const four = window[from + k + 3 * step]!;
        a += tap * one;
        b += tap * two;
        c += tap * three;
        d += tap * four;
        one = two;
        two = three;
        three = four;
      }
    }
    target[at] = a;
    target[at + stride] = b;
    target[at + 2 * stride] = c;
    target[at + 3 * stride] = d;
    from += 4 * step;
  }
  for (; at < target.length; at += stride) {
    let sum = 0;
    for (let k = 0; k < taps.length; k++) sum += taps[k]! * window[from + k]!;
    target[at] = sum;
    from += step;
  }
}

/** The prototype low-pass cut into one filter per output phase, each reversed and equally long. */
function designPhases(up: number, down: number): Float64Array[] {
  const length = 2 * HALF_SPAN * Math.max(up, down);
  const taps = Math.ceil(length / up);
  const centre = (length - 1) / 2;
  const bandwidth = CUTOFF / Math.max(up, down);
  const prototype = Float64Array.from({ length }, (_, n) => {
    const distance = n - centre;
    return sinc(bandwidth * distance) * kaiser(distance / (length / 2));
  });
  const gain = up / prototype.reduce((sum, tap) => sum + tap, 0);
  return Array.from(
    { length: up },
    (_, phase) =>
      Float64Array.from({ length: taps }, (_, k) => {
        const tap = prototype[phase + (taps - 1 - k) * up];
        return tap === undefined ? 0 : tap * gain;
      }),
  );
}

function toInt16(samples: Float64Array): Int16Array<ArrayBuffer> {
  const rounded = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const sample = Math.round(samples[i]!);
    rounded[i] = sample > 32767 ? 32767 : sample < -32768 ? -32768 : sample;
  }
  return rounded;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The Kaiser window at `x` in -1..1, but for a constant factor. */
function kaiser(x: number): number {
  return besselI0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - x * x)));
}

function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
