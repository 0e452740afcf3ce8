import type { AudioFormat, Base64 } from "../../../src/utils/audio/audioFormat.ts";
import { type AudioLevels, levelsOfBytes } from "../../../src/utils/audio/audioLevel.ts";
import { decodeFrame } from "../../../src/utils/audio/frameDecoder.ts";

/** Measures a frame as a call does. */
export function levelsOf(base64: Base64, format: AudioFormat): AudioLevels | undefined {
  const bytes = decodeFrame(base64);
  return bytes === undefined ? undefined : levelsOfBytes(bytes, bytes.length, format);
}
