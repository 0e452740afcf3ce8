/// <reference lib="dom" />
import type { PlaybackOrder, PlaybackReport, SpeechSamples } from "./playback.ts";
import { createResampler, type Resample } from "./resampler.ts";

export interface Speaker {
  /** PCM16 little-endian at 24 kHz. */
  play(itemId: string, pcm: ArrayBuffer): void;
  /** Stops at once; a report with the last position follows. */
  clear(): void;
  /** Root mean square of what is sounding now, 0..1. */
  level(): number;
  close(): void;
}

/** Opens the loudspeaker; to be called from a click, else the browser keeps it silent. */
export async function openSpeaker(onReport: (report: PlaybackReport) => void): Promise<Speaker> {
  const context = new AudioContext({ sampleRate: RATE_HZ, latencyHint: "interactive" });
  const resumed = context.resume();
  await context.audioWorklet.addModule("/assets/playback.worklet.ts");
  const node = new AudioWorkletNode(context, "playback", {
    numberOfInputs: 0,
    outputChannelCount: [1],
  });
  const meter = new AnalyserNode(context, { fftSize: 1024 });
  const wave = new Float32Array(meter.fftSize);
  node.connect(meter).connect(context.destination);
  node.port.onmessage = ({ data }: MessageEvent<PlaybackReport>) => onReport(data);
  await resumed;

  let resample: Resample = createResampler(RATE_HZ, context.sampleRate);
  return {
    play(itemId, pcm) {
      const samples = resample(toFloat(pcm));
      const speech: SpeechSamples = { itemId, samples, durationMs: pcm.byteLength / BYTES_PER_MS };
      order({ type: "play", speech }, [samples.buffer]);
    },
    clear() {
      resample = createResampler(RATE_HZ, context.sampleRate);
      order({ type: "clear" }, []);
    },
    level() {
      meter.getFloatTimeDomainData(wave);
      return rootMeanSquare(wave);
    },
    close() {
      node.port.onmessage = null;
      if (context.state !== "closed") context.close();
    },
  };

  function order(order: PlaybackOrder, transfer: Transferable[]): void {
    node.port.postMessage(order, transfer);
  }
}

export function rootMeanSquare(wave: Float32Array): number {
  let sum = 0;
  for (const sample of wave) sum += sample * sample;
  return Math.sqrt(sum / wave.length);
}

const RATE_HZ = 24_000;
const BYTES_PER_MS = 48;

function toFloat(pcm: ArrayBuffer): Float32Array<ArrayBuffer> {
  return Float32Array.from(new Int16Array(pcm), (sample) => sample / 32768);
}
