/** Writes a WAV file for a fake microphone: silence, some speech, silence. The caller removes it. */
export async function writeMicrophoneFile(
  speech: URL,
  { beforeMs, afterMs }: { readonly beforeMs: number; readonly afterMs: number },
): Promise<string> {
  const wav = await Deno.readFile(speech);
  const rateHz = new DataView(wav.buffer).getUint32(24, true);
  const samples = wav.subarray(HEADER_BYTES);
  const silence = (ms: number) => new Uint8Array(Math.round(ms * rateHz / 1000) * 2);
  const parts = [silence(beforeMs), samples, silence(afterMs)];
  const body = new Uint8Array(await new Blob(parts).arrayBuffer());
  const header = wav.slice(0, HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(4, HEADER_BYTES - 8 + body.length, true);
  view.setUint32(40, body.length, true);
  const path = await Deno.makeTempFile({ suffix: ".wav" });
  await Deno.writeFile(path, new Uint8Array([...header, ...body]));
  return path;
}

const HEADER_BYTES = 44;
