/** Takes the next samples of a stream; returns the output samples that are complete. */
type Resample = (samples: Float32Array) => Float32Array<ArrayBuffer>;

/**
 * Creates a resampler between any two rates; it keeps the state of one stream.
 *
 * A windowed sinc with its cutoff a little below the lower Nyquist frequency. The filter table is
 * interpolated, so that the rates need not have a simple ratio.
 *
 * Not shared with `utils/audio/resampler.ts`: the browser loads files of `src/web` only, devices run at
 * arbitrary rates, and the samples are floats. The other one is for whole-number ratios of PCM16.
 */
export function createResampler(fromHz: number, toHz: number): Resample {
  if (fromHz === toHz) return (samples) => samples.slice();
  const step = fromHz / toHz;
  const stretch = Math.max(1, step);
  const reach = Math.ceil(HALF_SPAN * stretch);
  const table = designTable(ROLL_OFF / stretch, HALF_SPAN * stretch);
  const tableStep = (table.length - 2) / (HALF_SPAN * stretch);
  let past = new Float32Array(2 * reach);
  // Position of the next output sample, in input samples from the start of `past`.
  let at = reach;

  return function resample(samples) {
    const input = new Float32Array(past.length + samples.length);
    input.set(past);
    input.set(samples, past.length);
    const end = input.length - reach;
    const output = new Float32Array(Math.max(0, Math.ceil((end - at) / step)));
    let written = 0;
    for (; at < end && written < output.length; at += step) {
      output[written++] = interpolate(input, at);
    }
    const used = input.length - 2 * reach;
    past = input.slice(used);
    at -= used;
    return output.subarray(0, written);
  };

  function interpolate(input: Float32Array, at: number): number {
    const first = Math.max(0, Math.ceil(at - HALF_SPAN * stretch));
    const last = Math.min(input.length - 1, Math.floor(at + HALF_SPAN * stretch));
    let sum = 0;
    for (let i = first; i <= last; i++) {
      const place = Math.abs(i - at) * tableStep;
      const line = place | 0;
      const before = table[line] ?? 0;
      sum += (input[i] ?? 0) * (before + ((table[line + 1] ?? 0) - before) * (place - line));
    }
    return sum;
  }
}

/** Filter taps on each side, in samples of the slower rate. */
const HALF_SPAN = 24;
/** Cutoff as a part of the lower Nyquist frequency: leaves room for the transition band. */
const ROLL_OFF = 0.92;
const LINES_PER_SAMPLE = 256;

/** One half of the symmetric filter, from its centre outwards. */
function designTable(cutoff: number, span: number): Float64Array {
  const lines = Math.ceil(span * LINES_PER_SAMPLE);
  return Float64Array.from({ length: lines + 2 }, (_, line) => {
    const distance = Math.min(line / lines, 1) * span;
    return cutoff * sinc(cutoff * distance) * blackman(distance / span);
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The right half of a Blackman window, `x` in 0..1. */
function blackman(x: number): number {
  return 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);
}
