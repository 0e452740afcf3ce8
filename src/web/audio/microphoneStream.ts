/// <reference lib="dom" />
import { AudioError, type AudioFault } from "./audioContext.ts";

/** Why a microphone cannot be used; `talkTexts.ts` has a sentence for each. */
export type MicrophoneFault =
  | AudioFault
  | "insecure"
  | "refused"
  | "blocked"
  | "absent"
  | "busy"
  | "stopped"
  | "unfit"
  | "rate"
  | "unknown";

/** There is no usable microphone; the page says why and offers to type instead. */
export class MicrophoneError extends Error {
  override readonly name = "MicrophoneError";
  readonly fault: MicrophoneFault;
  constructor(fault: MicrophoneFault, options?: ErrorOptions) {
    super(`Cannot use the microphone: ${fault}`, options);
    this.fault = fault;
  }
}

/**
 * Requests a microphone, which may ask the user for permission: the one of this id where there is one, else
 * any. Throws `MicrophoneError`.
 */
export async function openStream(deviceId = ""): Promise<MediaStream> {
  if (!isSecureContext) throw new MicrophoneError("insecure");
  if (typeof navigator.mediaDevices?.getUserMedia !== "function") {
    throw new MicrophoneError("unsupported");
  }
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: {
        echoCancellation: true,
        noiseSuppression: true,
        autoGainControl: true,
        ...(deviceId !== "" && { deviceId }),
      },
    });
  } catch (cause) {
    throw microphoneErrorOf(cause);
  }
  if (stream.getAudioTracks().length > 0) return stream;
  releaseStream(stream);
  throw new MicrophoneError("absent");
}

/** Converts whatever opening or capturing threw. */
export function microphoneErrorOf(cause: unknown): MicrophoneError {
  if (cause instanceof MicrophoneError) return cause;
  if (cause instanceof AudioError) return new MicrophoneError(cause.fault, { cause });
  const name = cause instanceof Error || cause instanceof DOMException ? cause.name : "";
  return new MicrophoneError(DOM_EXCEPTIONS[name] ?? "unknown", { cause });
}

/** Stops all tracks, which turns the browser's recording indicator off. */
export function releaseStream(stream: MediaStream): void {
  for (const track of stream.getTracks()) {
    track.onended = track.onmute = track.onunmute = null;
    track.stop();
  }
}

const DOM_EXCEPTIONS: Readonly<Record<string, MicrophoneFault>> = {
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
