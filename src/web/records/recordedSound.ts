/** What a recording of the server's has: the two sides of a call, side by side. */
export interface RecordedSound {
  readonly hz: number;
  readonly caller: Int16Array;
  readonly agent: Int16Array;
}

const MU_LAW = 7;

/** Reads a stereo WAV file of mu-law or 16-bit PCM. Throws a `TypeError` for another. */
export function readRecordedSound(file: ArrayBuffer): RecordedSound {
  const view = new DataView(file);
  let code = 0;
  let hz = 0;
  for (let at = 12; at + 8 <= file.byteLength;) {
    const length = Math.min(view.getUint32(at + 4, true), file.byteLength - at - 8);
    if (view.getUint32(at) === FORMAT) {
      code = view.getUint16(at + 8, true);
      hz = view.getUint32(at + 12, true);
    }
    if (view.getUint32(at) === DATA && hz > 0) {
      const bytes = new Uint8Array(file, at + 8, length);
      const read = code === MU_LAW
        ? (sample: number) => DECODED[bytes[sample]!]!
        : (sample: number) => view.getInt16(at + 8 + 2 * sample, true);
      const count = Math.floor(length / (code === MU_LAW ? 2 : 4));
      return { hz, caller: side(read, 0, count), agent: side(read, 1, count) };
    }
    at += 8 + length + (length & 1);
  }
  throw new TypeError("Cannot read the recording");
}

/** How loud each of so many equal parts is at its loudest, from 0 to 1. */
export function peaksOf(samples: Int16Array, parts: number): readonly number[] {
  const peaks = Array.from({ length: parts }, () => 0);
  const perPart = samples.length / parts;
  for (let part = 0; part < parts; part++) {
    let peak = 0;
    const end = Math.floor((part + 1) * perPart);
    for (let at = Math.floor(part * perPart); at < end; at++) {
      peak = Math.max(peak, Math.abs(samples[at]!));
    }
    peaks[part] = peak / 32768;
  }
  return peaks;
}

/** A WAV file of 16-bit PCM, which every browser plays. */
export function playableFile({ hz, caller, agent }: RecordedSound): Blob {
  const audio = new Int16Array(2 * caller.length);
  for (let at = 0; at < caller.length; at++) {
    audio[2 * at] = caller[at]!;
    audio[2 * at + 1] = agent[at]!;
  }
  const header = new DataView(new ArrayBuffer(44));
  header.setUint32(0, 0x52494646);
  header.setUint32(4, 36 + audio.byteLength, true);
  header.setUint32(8, 0x57415645);
  header.setUint32(12, FORMAT);
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true);
  header.setUint16(22, 2, true);
  header.setUint32(24, hz, true);
  header.setUint32(28, 4 * hz, true);
  header.setUint16(32, 4, true);
  header.setUint16(34, 16, true);
  header.setUint32(36, DATA);
  header.setUint32(40, audio.byteLength, true);
  return new Blob([header, audio], { type: "audio/wav" });
}

/** The chunks `fmt ` and `data`. */
const FORMAT = 0x666d7420;
const DATA = 0x64617461;

function side(read: (sample: number) => number, shift: number, count: number): Int16Array {
  const samples = new Int16Array(count);
  for (let at = 0; at < count; at++) samples[at] = read(2 * at + shift);
  return samples;
}

/** ITU-T G.711. */
const DECODED = Int16Array.from({ length: 256 }, (_, code) => {
  const inverted = ~code & 0xff;
  const magnitude = (((inverted & 0x0f) << 3) + 0x84 << ((inverted & 0x70) >> 4)) - 0x84;
  return (inverted & 0x80) === 0 ? magnitude : -magnitude;
});
