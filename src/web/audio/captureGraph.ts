/// <reference lib="dom" />
import { AudioError, closeAudioContext, createAudioContext, measureLevel } from "./audioContext.ts";
import { MicrophoneError } from "./microphoneStream.ts";
import type { AudioGraph } from "./resumingAudio.ts";

/** The audio graph that turns a microphone's stream into frames. */
export interface CaptureGraph extends AudioGraph {
  /** Root mean square of the current input, 0..1. */
  level(): number;
}

/**
 * Builds the graph; `onFrame` gets 20 ms of PCM16 at 24 kHz. The stream stays open in any case.
 * Throws `AudioError` or `MicrophoneError`.
 */
export async function buildCaptureGraph(
  stream: MediaStream,
  onFrame: (frame: ArrayBuffer) => void,
  onNodeFailure: () => void,
  worklets: URL | undefined,
): Promise<CaptureGraph> {
  const [context, source] = await connectSource(stream, worklets);
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
    closeAudioContext(context);
    throw new AudioError("node", { cause });
  }
  node.onprocessorerror = onNodeFailure;
  node.port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => onFrame(data);

  return {
    context,
    level: measureLevel(meter),
    close() {
      node.port.onmessage = null;
      node.onprocessorerror = null;
      closeAudioContext(context);
    },
  };
}

/**
 * Firefox connects no stream to a context of another rate, as with a Bluetooth headset whose
 * microphone is slower than the loudspeaker: the second attempt uses the microphone's rate.
 */
async function connectSource(
  stream: MediaStream,
  worklets: URL | undefined,
): Promise<readonly [AudioContext, MediaStreamAudioSourceNode]> {
  const sampleRate = stream.getAudioTracks()[0]?.getSettings().sampleRate;
  try {
    return await sourceAt(stream, worklets, {});
  } catch (cause) {
    if (!(cause instanceof MicrophoneError) || sampleRate === undefined) throw cause;
  }
  return await sourceAt(stream, worklets, { sampleRate });
}

async function sourceAt(
  stream: MediaStream,
  worklets: URL | undefined,
  rate: { readonly sampleRate?: number },
): Promise<readonly [AudioContext, MediaStreamAudioSourceNode]> {
  const context = await createAudioContext(
    { latencyHint: "interactive", ...rate },
    "capture.worklet.ts",
    worklets,
  );
  try {
    return [context, new MediaStreamAudioSourceNode(context, { mediaStream: stream })];
  } catch (cause) {
    closeAudioContext(context);
    throw new MicrophoneError("rate", { cause });
  }
}
