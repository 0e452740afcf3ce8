/** The recordings of human speech in tests/fixtures/speech, without their ending. */
export const RECORDINGS = [
  "cards-001",
  "cards-003",
  "goforward",
  "librivox-0870",
  "numbers",
] as const;

/** Reads a recording: 16 kHz mono PCM16, its header 44 bytes. */
export function readRecording(name: typeof RECORDINGS[number]): Int16Array<ArrayBuffer> {
  const url = new URL(`../../fixtures/speech/${name}.wav`, import.meta.url);
  return new Int16Array(Deno.readFileSync(url).buffer.slice(44));
}

/** Cuts samples into frames of equal length; a shorter rest is left out. */
export function framesOf(samples: Int16Array<ArrayBuffer>, length: number): Int16Array[] {
  const count = Math.floor(samples.length / length);
  return Array.from({ length: count }, (_, n) => samples.slice(n * length, (n + 1) * length));
}

/** A sine of the given peak amplitude. */
export function sine(
  { hz, rateHz, length, amplitude = 10_000, phase = 0 }: {
    readonly hz: number;
    readonly rateHz: number;
    readonly length: number;
    readonly amplitude?: number;
    readonly phase?: number;
  },
): Float64Array<ArrayBuffer> {
  return Float64Array.from(
    { length },
    (_, n) => amplitude * Math.sin(2 * Math.PI * hz * n / rateHz + phase),
  );
}

/** Noise of the given peak amplitude, the same at every run. */
export function noise(length: number, amplitude: number): Int16Array<ArrayBuffer> {
  let state = 1;
  return Int16Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.round((state / 0x40000000 - 1) * amplitude);
  });
}

/** How loud samples are, exactly, in dBFS; digital silence is -96. */
export function levelOfPcm16(samples: Int16Array): number {
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0);
  return Math.max(-96, 10 * Math.log10(energy / samples.length / 32768 ** 2));
}
