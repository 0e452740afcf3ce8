/** A WAV file of PCM; of several channels the samples alternate. */
export function wavOf(
  samples: readonly number[] | Int16Array,
  { hz, bits = 16, channels = 1 }: {
    readonly hz: number;
    readonly bits?: 8 | 16 | 24 | 32;
    readonly channels?: number;
  },
): Uint8Array<ArrayBuffer> {
  const width = bits / 8;
  const file = new Uint8Array(44 + samples.length * width);
  const view = new DataView(file.buffer);
  const text = (at: number, letters: string) => file.set(new TextEncoder().encode(letters), at);
  text(0, "RIFF");
  view.setUint32(4, file.length - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, hz, true);
  view.setUint32(28, hz * width * channels, true);
  view.setUint16(32, width * channels, true);
  view.setUint16(34, bits, true);
  text(36, "data");
  view.setUint32(40, samples.length * width, true);
  samples.forEach((sample: number, index: number) => {
    const at = 44 + index * width;
    if (width === 1) view.setUint8(at, (sample >> 8) + 128);
    else view.setInt16(at + width - 2, sample, true);
  });
  return file;
}
