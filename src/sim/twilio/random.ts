/** A source of numbers in [0, 1); the same seed gives the same numbers. */
export type Random = () => number;

/** Creates a seeded random source (mulberry32: 32 bits of state, good enough for jitter). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return function random(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes a random identifier in Twilio's form: two letters and 32 hexadecimal digits. */
export function createSid(prefix: string): string {
  return prefix + crypto.getRandomValues(new Uint8Array(16)).toHex();
}
