/**
 * Creates a function that computes the amplitudes of a window of samples: `out[k]` for `k` times the sample
 * rate by `size`, up to half of it. `size` is a power of two; windowed as Hann's. What it returns changes
 * with the next call.
 */
export function createSpectrum(size: number): (samples: Float64Array) => Float64Array {
  const hann = Float64Array.from(
    { length: size },
    (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / size),
  );
  const cosines = Float64Array.from(
    { length: size / 2 },
    (_, k) => Math.cos(2 * Math.PI * k / size),
  );
  const sines = Float64Array.from(
    { length: size / 2 },
    (_, k) => -Math.sin(2 * Math.PI * k / size),
  );
  const places = reversedPlaces(size);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  const out = new Float64Array(size / 2);

  return function spectrum(samples) {
    for (let i = 0; i < size; i++) {
      re[places[i]!] = samples[i]! * hann[i]!;
      im[i] = 0;
    }
    for (let length = 2; length <= size; length *= 2) {
      const half = length / 2;
      const stride = size / length;
      for (let from = 0; from < size; from += length) {
        for (let k = 0; k < half; k++) {
          const a = from + k;
          const b = a + half;
          const cosine = cosines[k * stride]!;
          const sine = sines[k * stride]!;
          const x = re[b]! * cosine - im[b]! * sine;
          const y = re[b]! * sine + im[b]! * cosine;
          re[b] = re[a]! - x;
          im[b] = im[a]! - y;
          re[a]! += x;
          im[a]! += y;
        }
      }
    }
    for (let k = 0; k < size / 2; k++) out[k] = Math.sqrt(re[k]! * re[k]! + im[k]! * im[k]!);
    return out;
  };
}

/** Where each sample goes first: the bits of its index in reverse. */
function reversedPlaces(size: number): Uint16Array {
  const bits = Math.log2(size);
  return Uint16Array.from({ length: size }, (_, index) => {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) reversed |= ((index >> bit) & 1) << (bits - 1 - bit);
    return reversed;
  });
}
