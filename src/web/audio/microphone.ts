/// <reference lib="dom" />
import { buildCaptureGraph, type CaptureGraph } from "./captureGraph.ts";
import { delay } from "../delay.ts";
import { watchInputDevices } from "./inputDevices.ts";
import {
  microphoneErrorOf,
  type MicrophoneFault,
  openStream,
  releaseStream,
} from "./microphoneStream.ts";
import { SilenceWatch } from "./silenceWatch.ts";
import { openResumingAudio, type ResumingAudio } from "./resumingAudio.ts";

/** Whether frames with sound come from the microphone, and if not, why. */
export type MicrophoneState =
  | { readonly name: "open" }
  /** The audio context does not run. */
  | { readonly name: "interrupted" }
  /** Muted by the system or another program. */
  | { readonly name: "muted" }
  /** All samples are zero. */
  | { readonly name: "silent" }
  /** It is being opened again. */
  | { readonly name: "returning" }
  | { readonly name: "lost"; readonly fault: MicrophoneFault };

/** An open microphone, which reopens itself where it can. */
export interface Microphone {
  /** While muted, frames of silence are sent: turn detection needs them. */
  muted: boolean;
  /** Root mean square of the current input, 0..1. */
  level(): number;
  /** Tries to get back a lost or interrupted microphone; to be called within a click. */
  resume(): void;
  /**
   * Changes to the microphone of this id, or with an empty one to the system's choice. Throws
   * `MicrophoneError`: the present one is used on.
   */
  use(deviceId: string): Promise<void>;
  close(): void;
}

interface MicrophoneEvents {
  /** 20 ms of PCM16 little-endian at 24 kHz. */
  onFrame(frame: ArrayBuffer): void;
  onState(state: MicrophoneState): void;
  /** Another device is used, or was connected and could be; its name may be empty. */
  onDevice(change: "used" | "connected", name: string): void;
}

/** An open stream and the capture of its frames. */
interface OpenInput {
  readonly track: MediaStreamTrack;
  readonly capture: ResumingAudio<CaptureGraph>;
  close(): void;
}

/**
 * Opens the microphone, that of the id where it is there, and opens it again when it is lost. Throws
 * `MicrophoneError`, with the device released.
 */
export async function openMicrophone(
  { onFrame, onState, onDevice }: MicrophoneEvents,
  deviceId = "",
  worklets?: URL,
): Promise<Microphone> {
  const closing = new AbortController();
  const { signal } = closing;
  const silence = new SilenceWatch(publishState);
  let wantedId = deviceId;
  let muted = false;
  let lost: MicrophoneFault | undefined;
  let reopening = false;
  let published = JSON.stringify({ name: "open" });
  let openedAt = 0;
  let input: OpenInput | undefined;
  input = await openInput();
  document.addEventListener("visibilitychange", retry, { signal });
  watchInputDevices(() => input?.track.getSettings().deviceId || undefined, {
    onChange: retry,
    onGone: reopen,
    onConnected: (name) => onDevice("connected", name),
    onPermission(state) {
      if (state === "denied" && input !== undefined) closeDenied();
      if (state === "granted" && lost !== undefined) reopen();
    },
  }, signal);
  publishState();

  return {
    get muted() {
      return muted;
    },
    set muted(value) {
      muted = value;
      if (input !== undefined) input.track.enabled = !muted;
      silence.reset();
      publishState();
    },
    level() {
      // A suspended analyser keeps returning its last values.
      return input?.capture.state === "running" ? input.capture.graph.level() : 0;
    },
    resume() {
      input?.capture.resume();
      // Some systems never unmute a track by themselves.
      if (lost !== undefined || input?.track.muted === true) reopen();
    },
    async use(deviceId) {
      const [before, previous] = [wantedId, input];
      wantedId = deviceId;
      // What is being opened gets the new one by itself.
      if (previous === undefined) return lost === undefined ? undefined : await reopen();
      let next: OpenInput;
      try {
        next = await openInput();
      } catch (cause) {
        wantedId = before;
        throw cause;
      }
      // It may have been lost, or changed again, in the meantime.
      if (input !== previous || wantedId !== deviceId) return next.close();
      previous.close();
      input = next;
      silence.reset();
      publishState();
    },
    close() {
      closing.abort();
      input?.close();
    },
  };

  async function openInput(): Promise<OpenInput> {
    const stream = await openStream(wantedId);
    const [track] = stream.getAudioTracks();
    try {
      if (signal.aborted || track === undefined) {
        throw new DOMException("The microphone was closed", "AbortError");
      }
      track.enabled = !muted;
      const capture = await openResumingAudio(
        (onNodeFailure) =>
          buildCaptureGraph(
            stream,
            (frame) => {
              // While the microphone is being changed, two of them deliver.
              if (input?.track === track) onAudio(frame);
            },
            onNodeFailure,
            worklets,
          ),
        { onState: publishState },
      );
      const close = () => {
        capture.close();
        releaseStream(stream);
      };
      if (signal.aborted) {
        close();
        throw new DOMException("The microphone was closed", "AbortError");
      }
      openedAt = performance.now();
      track.onended = () => reopen();
      track.onmute = track.onunmute = () => {
        silence.reset();
        publishState();
      };
      return { track, capture, close };
    } catch (cause) {
      releaseStream(stream);
      throw microphoneErrorOf(cause);
    }
  }

  function onAudio(frame: ArrayBuffer): void {
    if (!muted && input?.track.muted === false) silence.process(frame);
    onFrame(frame);
  }

  /** Tries up to `MAX_TRIES` times where another program may be about to release the device. */
  async function reopen(): Promise<void> {
    if (reopening || signal.aborted) return;
    reopening = true;
    const before = input?.track.label;
    input?.close();
    input = undefined;
    lost = undefined;
    publishState();
    // At most every RETRY_MS, for a device that is lost as soon as it opens.
    const sinceMs = performance.now() - openedAt;
    if (sinceMs < RETRY_MS) await delay(RETRY_MS - sinceMs, signal);
    for (let tries = 1; input === undefined && !signal.aborted; tries++) {
      lost = undefined;
      publishState();
      try {
        input = await openInput();
      } catch (cause) {
        lost = microphoneErrorOf(cause).fault;
        if (!TRANSIENT.has(lost) || tries === MAX_TRIES) break;
        await delay(RETRY_MS, signal);
      }
    }
    reopening = false;
    if (signal.aborted) return input?.close();
    silence.reset();
    publishState();
    if (input !== undefined && input.track.label !== before) onDevice("used", input.track.label);
    // It may have ended while it was being opened.
    if (input?.track.readyState === "ended") reopen();
  }

  function closeDenied(): void {
    // Some browsers leave the track running, and silent, when permission is withdrawn.
    input?.close();
    input = undefined;
    lost = "refused";
    publishState();
  }

  /** A user who has refused is not asked again, except by `resume`. */
  function retry(): void {
    if (lost === undefined || REFUSALS.has(lost)) return;
    if (document.visibilityState === "visible") reopen();
  }

  function publishState(): void {
    // Nothing is published before the first microphone is open.
    if (signal.aborted || (openedAt === 0 && lost === undefined)) return;
    const state = stateNow();
    const key = JSON.stringify(state);
    if (key === published) return;
    published = key;
    onState(state);
  }

  function stateNow(): MicrophoneState {
    if (lost !== undefined) return { name: "lost", fault: lost };
    if (input === undefined) return { name: "returning" };
    if (input.capture.state === "interrupted") return { name: "interrupted" };
    if (input.track.muted) return { name: "muted" };
    return { name: silence.silent && !muted ? "silent" : "open" };
  }
}

/** Another program, or the system, may release the device in a moment. */
const TRANSIENT: ReadonlySet<MicrophoneFault> = new Set(["busy", "stopped"]);
const REFUSALS: ReadonlySet<MicrophoneFault> = new Set(["refused", "blocked"]);
const RETRY_MS = 2000;
const MAX_TRIES = 3;
