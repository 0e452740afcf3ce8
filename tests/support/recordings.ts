/** The two sides of a recording, as bytes of their format, and how it is encoded. */
export interface Recorded {
  readonly hz: number;
  readonly bits: number;
  readonly code: number;
  readonly caller: Uint8Array;
  readonly agent: Uint8Array;
}

/** Reads a stereo WAV file strictly: its sizes must be those of the file. */
export function readRecording(file: Uint8Array): Recorded {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const tag = (at: number) => new TextDecoder().decode(file.subarray(at, at + 4));
  if (tag(0) !== "RIFF" || tag(8) !== "WAVE") throw new Error("no WAV file");
  if (view.getUint32(4, true) !== file.length - 8) throw new Error("a wrong size");
  let format: { code: number; channels: number; hz: number; bits: number } | undefined;
  for (let at = 12; at < file.length;) {
    const length = view.getUint32(at + 4, true);
    if (tag(at) === "fmt ") {
      format = {
        code: view.getUint16(at + 8, true),
        channels: view.getUint16(at + 10, true),
        hz: view.getUint32(at + 12, true),
        bits: view.getUint16(at + 22, true),
      };
    }
    if (tag(at) === "data") {
      if (format?.channels !== 2 || at + 8 + length !== file.length) {
        throw new Error("a wrong file");
      }
      const width = format.bits / 8;
      const side = (shift: number) => {
        const audio = new Uint8Array(length / 2);
        for (let i = 0; i < audio.length; i++) {
          const sample = Math.floor(i / width);
          audio[i] = file[at + 8 + sample * 2 * width + shift * width + i % width]!;
        }
        return audio;
      };
      const { code, hz, bits } = format;
      return { code, hz, bits, caller: side(0), agent: side(1) };
    }
    at += 8 + length;
  }
  throw new Error("no audio");
}

/** From the first to the last byte that is no silence. */
export function sounding(
  audio: Uint8Array,
  silence: number,
): { readonly from: number; readonly audio: Uint8Array } {
  const from = audio.findIndex((byte) => byte !== silence);
  const to = audio.findLastIndex((byte) => byte !== silence);
  return { from, audio: from < 0 ? new Uint8Array() : audio.subarray(from, to + 1) };
}
