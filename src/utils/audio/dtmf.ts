const HZ = 8000;
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];
const KEYS = "123A456B789C*0#D";

/** How long a key sounds, and the silence after it: twice what receivers need at the least. */
const TONE_MS = 160;
const GAP_MS = 120;
/** Each of the two tones: -12 and -10 dBFS, as the higher ones lose more on the line. */
const ROW_PEAK = 8000;
const COLUMN_PEAK = 10000;

/** Keys of a phone as sound at 8 kHz; `w` waits half a second, `W` a second. Other characters are left out. */
export function dtmfTones(keys: string): Int16Array<ArrayBuffer> {
  const parts = [...keys].map((key) => {
    if (key === "w" || key === "W") return new Int16Array((key === "w" ? 0.5 : 1) * HZ);
    const at = KEYS.indexOf(key);
    return at < 0 ? new Int16Array(0) : toneOf(ROWS[at >> 2]!, COLUMNS[at & 3]!);
  });
  const samples = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    samples.set(part, at);
    at += part.length;
  }
  return samples;
}

/**
 * Finds keys in the samples of a line at 8 kHz, as receivers do: each of the two tones stands out for 40 ms,
 * and a key counts once until it stops.
 */
export class DtmfReceiver {
  readonly #block = new Float64Array(BLOCK);
  #filled = 0;
  #before: string | undefined;
  #current: string | undefined;

  /** Takes the next samples; returns the keys that have begun in them. */
  hear(samples: Int16Array): string {
    let keys = "";
    for (const sample of samples) {
      this.#block[this.#filled++] = sample;
      if (this.#filled < BLOCK) continue;
      this.#filled = 0;
      const key = keyIn(this.#block);
      if (key !== undefined && key === this.#before && key !== this.#current) {
        this.#current = key;
        keys += key;
      }
      if (key === undefined && this.#before === undefined) this.#current = undefined;
      this.#before = key;
    }
    return keys;
  }
}

/** 25.6 ms: some 39 Hz apart, half the distance between two rows. */
const BLOCK = 205;
const LEAST_POWER = 400 ** 2;
/** Of all power in the block. */
const LEAST_SHARE = 0.7;
/** How much one tone may be stronger than the other, and than the next strongest of its kind. */
const MAX_TWIST = 8;
const LEAST_LEAD = 6;

function keyIn(block: Float64Array): string | undefined {
  let power = 0;
  for (const sample of block) power += sample * sample;
  power /= block.length;
  if (power < LEAST_POWER) return undefined;
  const row = strongest(block, ROWS);
  const column = strongest(block, COLUMNS);
  if (row === undefined || column === undefined) return undefined;
  if ((row.power + column.power) / power < LEAST_SHARE) return undefined;
  const twist = row.power / column.power;
  if (twist > MAX_TWIST || twist < 1 / MAX_TWIST) return undefined;
  return KEYS[row.at * 4 + column.at];
}

function strongest(block: Float64Array, tones: readonly number[]) {
  const powers = tones.map((hz) => goertzel(block, hz));
  const power = Math.max(...powers);
  const at = powers.indexOf(power);
  const isClear = powers.every((other, i) => i === at || other * LEAST_LEAD < power);
  return isClear ? { at, power } : undefined;
}

/** The power of a tone in a block. */
function goertzel(block: Float64Array, hz: number): number {
  const factor = 2 * Math.cos(2 * Math.PI * hz / HZ);
  let one = 0;
  let two = 0;
  for (const sample of block) {
    const next = sample + factor * one - two;
    two = one;
    one = next;
  }
  return 2 * (one * one + two * two - factor * one * two) / block.length ** 2;
}

function toneOf(rowHz: number, columnHz: number): Int16Array {
  const samples = new Int16Array((TONE_MS + GAP_MS) * HZ / 1000);
  for (let i = 0; i < TONE_MS * HZ / 1000; i++) {
    const angle = 2 * Math.PI * i / HZ;
    samples[i] = Math.round(
      ROW_PEAK * Math.sin(angle * rowHz) + COLUMN_PEAK * Math.sin(angle * columnHz),
    );
  }
  return samples;
}
