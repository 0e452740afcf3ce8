import { encodeG711, MU_LAW } from "../../../utils/audio/g711.ts";
import type { NetworkContext } from "../networkContext.ts";
import type { LegAudio } from "./leg.ts";

/** Plays the ringing tone to a caller until it is stopped; stopping twice does nothing. */
export function ringback(
  { audio, context: { clock }, signal }: {
    readonly audio: LegAudio;
    readonly context: NetworkContext;
    readonly signal: AbortSignal;
  },
): () => void {
  let cancel = () => {};
  let isOver = false;
  const stop = () => {
    if (isOver) return;
    isOver = true;
    cancel();
    audio.cut(clock.now());
    signal.removeEventListener("abort", stop);
  };
  const ring = () => {
    audio.hear(tone, clock.now());
    cancel = clock.at(clock.now() + periodMs, ring);
  };
  signal.addEventListener("abort", stop);
  ring();
  return stop;
}

const toneMs = 2_000;
const periodMs = 6_000;

/** The tone of North America: 440 and 480 Hz for two seconds of six. */
const tone = encodeG711(
  MU_LAW,
  Int16Array.from({ length: toneMs * 8 }, (_, at) => {
    const wave = (hz: number) => Math.sin(2 * Math.PI * hz * at / 8_000);
    return Math.round(3_000 * (wave(440) + wave(480)));
  }),
);
