import { type AudioFormat, encodeBase64 } from "../../utils/audio/audioFormat.ts";
import { dtmfTones } from "../../utils/audio/dtmf.ts";
import { A_LAW, encodeG711, MU_LAW } from "../../utils/audio/g711.ts";
import type { SpeechPiece } from "../callLeg.ts";

/** Keys as tones for a telephone leg; `w` and `W` wait half a second and a second. */
export function keyTones(digits: string, format: AudioFormat): SpeechPiece {
  const samples = dtmfTones(digits);
  const audio = encodeBase64(encodeG711(format === "pcma" ? A_LAW : MU_LAW, samples));
  return { itemId: "keys", audio, durationMs: samples.length / 8 };
}
