/** One G.711 law as tables, both ways. */
export interface G711Law {
  /** The 16-bit sample of every code. */
  readonly decoded: Int16Array;
  /** The code of every 16-bit sample, at index `sample & 0xffff`. */
  readonly encoded: Uint8Array;
}

/** Mu-law: telephony in North America and Japan, and Twilio. */
export const MU_LAW: G711Law = createLaw(decodeMuLaw);

/** A-law: telephony elsewhere. */
export const A_LAW: G711Law = createLaw(decodeALaw);

/** Decodes G.711 codes into samples. */
export function decodeG711(law: G711Law, codes: Uint8Array): Int16Array {
  const { decoded } = law;
  const samples = new Int16Array(codes.length);
  for (let i = 0; i < codes.length; i++) samples[i] = decoded[codes[i]!]!;
  return samples;
}

/** Encodes samples as the G.711 codes nearest to them. */
export function encodeG711(law: G711Law, samples: Int16Array): Uint8Array<ArrayBuffer> {
  const { encoded } = law;
  const codes = new Uint8Array(samples.length);
  for (let i = 0; i < samples.length; i++) codes[i] = encoded[samples[i]! & 0xffff]!;
  return codes;
}

function createLaw(decode: (code: number) => number): G711Law {
  const decoded = Int16Array.from({ length: 256 }, (_, code) => decode(code));
  const encoded = new Uint8Array(65536);
  // Both laws set the sign bit for positive samples and mirror the negative ones.
  const rising = Array.from({ length: 128 }, (_, code) => code | 0x80)
    .sort((a, b) => decode(a) - decode(b));
  // The first magnitude of every code is halfway between it and the one before.
  const first = rising.map((code, step) =>
    step === 0 ? 0 : Math.ceil((decode(rising[step - 1]!) + decode(code)) / 2)
  );
  for (const [step, code] of rising.entries()) {
    const from = first[step]!;
    const until = first[step + 1] ?? 32769;
    encoded.fill(code, from, Math.min(until, 32768));
    encoded.fill(code & 0x7f, 65536 - until + 1, 65536 - Math.max(from, 1) + 1);
  }
  return { decoded, encoded };
}

function decodeMuLaw(code: number): number {
  const inverted = ~code & 0xff;
  const exponent = (inverted >> 4) & 7;
  const mantissa = inverted & 15;
  const magnitude = (((mantissa << 3) + 132) << exponent) - 132;
  return (inverted & 0x80) === 0 ? magnitude : -magnitude;
}

function decodeALaw(code: number): number {
  const toggled = code ^ 0x55;
  const exponent = (toggled >> 4) & 7;
  const mantissa = toggled & 15;
  const magnitude = exponent === 0
    ? (mantissa << 4) + 8
    : ((mantissa << 4) + 264) << (exponent - 1);
  return (toggled & 0x80) === 0 ? -magnitude : magnitude;
}
