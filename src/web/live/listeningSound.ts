/// <reference lib="dom" />
import {
  AudioError,
  closeAudioContext,
  createAudioContext,
  measureLevel,
} from "../audio/audioContext.ts";
import type { StereoSamples } from "../audio/listening.worklet.ts";
import { createResampler } from "../audio/resampler.ts";
import type { Levels } from "../talk/levelMeter.ts";
import type { HeardSound } from "./heardSound.ts";

/** Plays both sides of a call: the caller left, the agent right. */
export interface ListeningSound {
  readonly levels: Levels;
  /** From 0 to 1. */
  volume: number;
  play(sound: HeardSound): void;
  close(): void;
}

const RATE_HZ = 8000;
const VOLUME_SECONDS = 0.01;

/** To be called within a click, else browsers keep it silent. Throws `AudioError`. */
export async function openListeningSound(volume: number): Promise<ListeningSound> {
  const context = await createAudioContext(
    { sampleRate: RATE_HZ, latencyHint: "interactive" },
    "listening.worklet.ts",
  );
  try {
    const node = new AudioWorkletNode(context, "listening", {
      numberOfInputs: 0,
      outputChannelCount: [2],
    });
    const sides = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    const meters = [0, 1].map((side) => {
      const meter = new AnalyserNode(context, { fftSize: 1024 });
      node.connect(sides).connect(meter, side);
      return measureLevel(meter);
    });
    const loudness = new GainNode(context, { gain: volume });
    node.connect(loudness).connect(context.destination);
    const resample = [0, 1].map(() => createResampler(RATE_HZ, context.sampleRate));
    const levelOf = (side: 0 | 1) => context.state === "running" ? meters[side]?.() ?? 0 : 0;
    return {
      levels: { caller: () => levelOf(0), agent: () => levelOf(1) },
      get volume() {
        return volume;
      },
      // Not at once, which would click.
      set volume(wanted) {
        volume = wanted;
        loudness.gain.setTargetAtTime(wanted, context.currentTime, VOLUME_SECONDS);
      },
      play({ caller, agent }) {
        const [left, right] = [resample[0]?.(caller), resample[1]?.(agent)];
        if (left === undefined || right === undefined) return;
        const samples: StereoSamples = { left, right };
        node.port.postMessage(samples, [left.buffer, right.buffer]);
      },
      close: () => closeAudioContext(context),
    };
  } catch (cause) {
    closeAudioContext(context);
    throw new AudioError("node", { cause });
  }
}
