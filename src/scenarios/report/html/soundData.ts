const HZ = 8000;
const HEADER_BYTES = 58;
const MU_LAW = 7;

/** Both sides as the `data:` address of a WAV file, the caller left and the agent right: mu-law, as it was heard. */
export function soundData(caller: Uint8Array, agent: Uint8Array): string {
  const samples = Math.min(caller.length, agent.length);
  const file = new Uint8Array(HEADER_BYTES + 2 * samples);
  const view = new DataView(file.buffer);
  const tag = (at: number, text: string) => file.set(new TextEncoder().encode(text), at);
  tag(0, "RIFF");
  view.setUint32(4, file.length - 8, true);
  tag(8, "WAVEfmt ");
  view.setUint32(16, 18, true);
  view.setUint16(20, MU_LAW, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, HZ, true);
  view.setUint32(28, 2 * HZ, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 8, true);
  tag(38, "fact");
  view.setUint32(42, 4, true);
  view.setUint32(46, samples, true);
  tag(50, "data");
  view.setUint32(54, 2 * samples, true);
  for (let i = 0; i < samples; i++) {
    file[HEADER_BYTES + 2 * i] = caller[i] ?? 0xff;
    file[HEADER_BYTES + 2 * i + 1] = agent[i] ?? 0xff;
  }
  return `data:audio/wav;base64,${file.toBase64()}`;
}
