/// <reference lib="dom" />
import { requestResume } from "./resumingAudio.ts";

/** Which step of setting up Web Audio failed; the page has a text for each. */
export type AudioFault = "unsupported" | "context" | "module" | "node";

/** A step of setting up an audio graph failed. */
export class AudioError extends Error {
  override readonly name = "AudioError";
  readonly fault: AudioFault;
  constructor(fault: AudioFault, options?: ErrorOptions) {
    super(`Cannot set up sound: ${fault}`, options);
    this.fault = fault;
  }
}

/** Creates a context with a worklet's module of a folder loaded. Throws `AudioError`, with nothing left open. */
export async function createAudioContext(
  options: AudioContextOptions,
  module: string,
  worklets = new URL("/assets/audio/", location.href),
): Promise<AudioContext> {
  if (typeof AudioContext === "undefined" || typeof AudioWorkletNode === "undefined") {
    throw new AudioError("unsupported");
  }
  let context: AudioContext;
  try {
    context = new AudioContext(options);
  } catch (cause) {
    throw new AudioError("context", { cause });
  }
  try {
    // Requested within the click but not awaited: some browsers leave the promise pending.
    requestResume(context);
    if (context.audioWorklet === undefined) throw new AudioError("unsupported");
    await context.audioWorklet.addModule(new URL(module, worklets));
    return context;
  } catch (cause) {
    closeAudioContext(context);
    throw cause instanceof AudioError ? cause : new AudioError("module", { cause });
  }
}

/** Closes the context; does nothing where it is closed already. */
export function closeAudioContext(context: AudioContext): void {
  if (context.state !== "closed") context.close().catch(() => {});
}

/** Creates the function that measures what an analyser is fed with: root mean square, 0..1. */
export function measureLevel(analyser: AnalyserNode): () => number {
  const wave = new Float32Array(analyser.fftSize);
  return () => {
    analyser.getFloatTimeDomainData(wave);
    let sum = 0;
    for (const sample of wave) sum += sample * sample;
    return Math.sqrt(sum / wave.length);
  };
}
