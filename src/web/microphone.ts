/// <reference lib="dom" />
import { rootMeanSquare } from "./speaker.ts";

export type MicrophoneFault = "insecure" | "refused" | "absent" | "busy" | "unknown";

/** Why there is no microphone; the page says it in words and offers to type instead. */
export class MicrophoneError extends Error {
  override readonly name = "MicrophoneError";
  readonly fault: MicrophoneFault;
  constructor(fault: MicrophoneFault, options?: ErrorOptions) {
    super(`Cannot use the microphone: ${fault}`, options);
    this.fault = fault;
  }
}

export interface Microphone {
  /** Muted, it goes on sending frames, of silence: the agent's ear needs them to hear a pause. */
  muted: boolean;
  /** Root mean square of what is heard now, 0..1. */
  level(): number;
  close(): void;
}

export interface MicrophoneEvents {
  /** 20 ms of PCM16 little-endian at 24 kHz. */
  onFrame(frame: ArrayBuffer): void;
  /** It was unplugged, or taken away by the browser. */
  onLost(): void;
}

/** Asks for the microphone and opens it. Throws `MicrophoneError`. */
export async function openMicrophone(events: MicrophoneEvents): Promise<Microphone> {
  const stream = await askForStream();
  const context = new AudioContext({ latencyHint: "interactive" });
  try {
    const resumed = context.resume();
    await context.audioWorklet.addModule("/assets/capture.worklet.ts");
    await resumed;
  } catch (cause) {
    stop(stream, context);
    throw new MicrophoneError("unknown", { cause });
  }
  const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
  const meter = new AnalyserNode(context, { fftSize: 1024 });
  const wave = new Float32Array(meter.fftSize);
  const node = new AudioWorkletNode(context, "capture", {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  source.connect(meter);
  source.connect(node);
  node.port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => events.onFrame(data);
  const [track] = stream.getAudioTracks();
  if (track !== undefined) track.onended = events.onLost;

  return {
    get muted() {
      return track?.enabled === false;
    },
    set muted(muted) {
      if (track !== undefined) track.enabled = !muted;
    },
    level() {
      meter.getFloatTimeDomainData(wave);
      return rootMeanSquare(wave);
    },
    close() {
      node.port.onmessage = null;
      stop(stream, context);
    },
  };
}

async function askForStream(): Promise<MediaStream> {
  if (!isSecureContext || navigator.mediaDevices === undefined) {
    throw new MicrophoneError("insecure");
  }
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (cause) {
    const name = cause instanceof DOMException ? cause.name : "";
    throw new MicrophoneError(FAULTS[name] ?? "unknown", { cause });
  }
}

const FAULTS: Readonly<Record<string, MicrophoneFault>> = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "absent",
  OverconstrainedError: "absent",
  NotReadableError: "busy",
  AbortError: "busy",
};

function stop(stream: MediaStream, context: AudioContext): void {
  for (const track of stream.getTracks()) {
    track.onended = null;
    track.stop();
  }
  if (context.state !== "closed") context.close();
}
