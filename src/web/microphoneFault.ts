/// <reference lib="dom" />
import { type AudioFault, StepFailed } from "./audioFault.ts";

export type MicrophoneFault =
  | "insecure"
  | "refused"
  | "blocked"
  | "absent"
  | "busy"
  | "stopped"
  | "unfit"
  | "unsupported"
  | "rate"
  | "context"
  | "module"
  | "node"
  | "unknown";

/** Why there is no microphone; the page says it in words and offers to type instead. */
export class MicrophoneError extends Error {
  override readonly name = "MicrophoneError";
  readonly fault: MicrophoneFault;
  constructor(fault: MicrophoneFault, options?: ErrorOptions) {
    super(`Cannot use the microphone: ${fault}`, options);
    this.fault = fault;
  }
}

/** Asks the browser, and the human, for a microphone. Throws `MicrophoneError`. */
export async function askForStream(): Promise<MediaStream> {
  if (!isSecureContext) throw new MicrophoneError("insecure");
  if (typeof navigator.mediaDevices?.getUserMedia !== "function") {
    throw new MicrophoneError("unsupported");
  }
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch (cause) {
    throw faultOf(cause);
  }
  if (stream.getAudioTracks().length > 0) return stream;
  releaseStream(stream);
  throw new MicrophoneError("absent");
}

/** Tells what went wrong on the way from a stream to its frames. */
export function faultOf(cause: unknown): MicrophoneError {
  if (cause instanceof MicrophoneError) return cause;
  if (cause instanceof StepFailed) return new MicrophoneError(STEPS[cause.fault], { cause });
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : "";
  return new MicrophoneError(FAULTS[name] ?? "unknown", { cause });
}

/** Switches the recording light off. */
export function releaseStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
  }
}

const STEPS: Readonly<Record<AudioFault, MicrophoneFault>> = {
  unsupported: "unsupported",
  context: "context",
  module: "module",
  node: "node",
};

const FAULTS: Readonly<Record<string, MicrophoneFault>> = {
  NotAllowedError: "refused",
  PermissionDeniedError: "refused",
  SecurityError: "blocked",
  NotFoundError: "absent",
  DevicesNotFoundError: "absent",
  OverconstrainedError: "unfit",
  NotReadableError: "busy",
  TrackStartError: "busy",
  AbortError: "stopped",
  TypeError: "unsupported",
};
