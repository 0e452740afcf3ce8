/// <reference lib="dom" />
import { closeContext, createContext, StepFailed } from "./audioFault.ts";
import { MicrophoneError } from "./microphoneFault.ts";
import { rootMeanSquare } from "./speaker.ts";
import type { Graph } from "./audioResume.ts";

/** Turns a microphone's stream into frames. */
export interface Capture extends Graph {
  /** Root mean square of what is heard now, 0..1. */
  level(): number;
}

/** Throws `StepFailed` or `MicrophoneError`; the stream stays with the caller. */
export async function buildCapture(
  stream: MediaStream,
  onFrame: (frame: ArrayBuffer) => void,
  fail: () => void,
): Promise<Capture> {
  const [context, source] = await connectSource(stream);
  let meter: AnalyserNode;
  let node: AudioWorkletNode;
  try {
    meter = new AnalyserNode(context, { fftSize: 1024 });
    node = new AudioWorkletNode(context, "capture", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    source.connect(meter);
    source.connect(node);
  } catch (cause) {
    closeContext(context);
    throw new StepFailed("node", { cause });
  }
  const wave = new Float32Array(meter.fftSize);
  node.onprocessorerror = fail;
  node.port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => onFrame(data);

  return {
    context,
    level() {
      meter.getFloatTimeDomainData(wave);
      return rootMeanSquare(wave);
    },
    close() {
      node.port.onmessage = null;
      node.onprocessorerror = null;
      closeContext(context);
    },
  };
}

/**
 * Firefox joins no stream to a context of another rate, as with a Bluetooth headset whose microphone
 * is slower than the loudspeaker: then the context takes the microphone's rate.
 */
async function connectSource(
  stream: MediaStream,
): Promise<readonly [AudioContext, MediaStreamAudioSourceNode]> {
  const sampleRate = stream.getAudioTracks()[0]?.getSettings().sampleRate;
  try {
    return await sourceAt(stream, {});
  } catch (cause) {
    if (!(cause instanceof MicrophoneError) || sampleRate === undefined) throw cause;
  }
  return await sourceAt(stream, { sampleRate });
}

async function sourceAt(
  stream: MediaStream,
  rate: { readonly sampleRate?: number },
): Promise<readonly [AudioContext, MediaStreamAudioSourceNode]> {
  const context = await createContext(
    { latencyHint: "interactive", ...rate },
    "/assets/capture.worklet.ts",
  );
  try {
    return [context, new MediaStreamAudioSourceNode(context, { mediaStream: stream })];
  } catch (cause) {
    closeContext(context);
    throw new MicrophoneError("rate", { cause });
  }
}
