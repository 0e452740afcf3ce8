/// <reference lib="dom" />
import { buildCapture, type Capture } from "./capture.ts";
import { delay } from "./delay.ts";
import { watchInputs } from "./inputDevices.ts";
import { askForStream, faultOf, type MicrophoneFault, releaseStream } from "./microphoneFault.ts";
import { createSilenceWatch } from "./silenceWatch.ts";
import { sustain, type Sustained } from "./audioResume.ts";

export type MicrophoneState =
  | { readonly name: "open" }
  /** The browser's sound stands still. */
  | { readonly name: "interrupted" }
  /** The system, or another program, has muted it. */
  | { readonly name: "muted" }
  /** Not the least sound comes from it. */
  | { readonly name: "silent" }
  /** It is being asked for again. */
  | { readonly name: "returning" }
  | { readonly name: "lost"; readonly fault: MicrophoneFault };

export interface Microphone {
  /** Muted, it goes on sending frames, of silence: the agent's ear needs them to hear a pause. */
  muted: boolean;
  /** Root mean square of what is heard now, 0..1. */
  level(): number;
  /** Tries to get it back, if it is lost or interrupted; best from a click. */
  revive(): void;
  close(): void;
}

export interface MicrophoneEvents {
  /** 20 ms of PCM16 little-endian at 24 kHz. */
  onFrame(frame: ArrayBuffer): void;
  onState(state: MicrophoneState): void;
  /** Another device has taken the place of the one before, or could; its name may be empty. */
  onDevice(change: "used" | "connected", name: string): void;
}

/** A stream and what makes frames of it. */
interface Line {
  readonly track: MediaStreamTrack;
  readonly capture: Sustained<Capture>;
  close(): void;
}

/**
 * Asks for the microphone, opens it, and opens it again where it goes. Throws `MicrophoneError`, with
 * the device released.
 */
export async function openMicrophone(
  { onFrame, onState, onDevice }: MicrophoneEvents,
): Promise<Microphone> {
  const end = new AbortController();
  const { signal } = end;
  const silence = createSilenceWatch(tell);
  let muted = false;
  let lost: MicrophoneFault | undefined;
  let reopening = false;
  let told = JSON.stringify({ name: "open" });
  let openedAt = 0;
  let line: Line | undefined;
  line = await openLine();
  document.addEventListener("visibilitychange", retry, { signal });
  watchInputs({
    inUse: () => line?.track.getSettings().deviceId || undefined,
    onChange: retry,
    onGone: reopen,
    onConnected: (name) => onDevice("connected", name),
    onPermission(state) {
      if (state === "denied" && line !== undefined) forbid();
      if (state === "granted" && lost !== undefined) reopen();
    },
  }, signal);
  tell();

  return {
    get muted() {
      return muted;
    },
    set muted(value) {
      muted = value;
      if (line !== undefined) line.track.enabled = !muted;
      silence.reset();
      tell();
    },
    level() {
      // A meter that stands still shows what was before.
      return line?.capture.state === "running" ? line.capture.graph.level() : 0;
    },
    revive() {
      line?.capture.revive();
      // Some systems never take a mute back.
      if (lost !== undefined || line?.track.muted === true) reopen();
    },
    close() {
      end.abort();
      line?.close();
    },
  };

  async function openLine(): Promise<Line> {
    const stream = await askForStream();
    const [track] = stream.getAudioTracks();
    try {
      if (signal.aborted || track === undefined) throw new DOMException("Given up", "AbortError");
      track.enabled = !muted;
      const capture = await sustain((fail) => buildCapture(stream, hear, fail), { onState: tell });
      const close = () => {
        capture.close();
        releaseStream(stream);
      };
      if (signal.aborted) {
        close();
        throw new DOMException("Given up", "AbortError");
      }
      openedAt = performance.now();
      track.onended = () => reopen();
      track.onmute = track.onunmute = () => {
        silence.reset();
        tell();
      };
      return { track, capture, close };
    } catch (cause) {
      releaseStream(stream);
      throw faultOf(cause);
    }
  }

  function hear(frame: ArrayBuffer): void {
    if (!muted && line?.track.muted === false) silence.hear(frame);
    onFrame(frame);
  }

  /** Asks once more, and a little later again where another program may just be letting go. */
  async function reopen(): Promise<void> {
    if (reopening || signal.aborted) return;
    reopening = true;
    const before = line?.track.label;
    line?.close();
    line = undefined;
    lost = undefined;
    tell();
    // A device that goes as soon as it comes must not be asked for without end.
    const sinceMs = performance.now() - openedAt;
    if (sinceMs < RETRY_MS) await delay(RETRY_MS - sinceMs, signal);
    for (let tries = 1; line === undefined && !signal.aborted; tries++) {
      lost = undefined;
      tell();
      try {
        line = await openLine();
      } catch (cause) {
        lost = faultOf(cause).fault;
        if (!PASSING.has(lost) || tries === MAX_TRIES) break;
        await delay(RETRY_MS, signal);
      }
    }
    reopening = false;
    if (signal.aborted) return line?.close();
    silence.reset();
    tell();
    if (line !== undefined && line.track.label !== before) onDevice("used", line.track.label);
    // It may have gone again while it was being opened.
    if (line?.track.readyState === "ended") reopen();
  }

  function forbid(): void {
    // Some browsers leave a track that was forbidden running, and silent.
    line?.close();
    line = undefined;
    lost = "refused";
    tell();
  }

  /** Who has refused is not asked again unless he wants to be. */
  function retry(): void {
    if (lost === undefined || REFUSALS.has(lost)) return;
    if (document.visibilityState === "visible") reopen();
  }

  function tell(): void {
    // Until the first one is open there is nothing to tell of.
    if (signal.aborted || (openedAt === 0 && lost === undefined)) return;
    const state = stateNow();
    const key = JSON.stringify(state);
    if (key === told) return;
    told = key;
    onState(state);
  }

  function stateNow(): MicrophoneState {
    if (lost !== undefined) return { name: "lost", fault: lost };
    if (line === undefined) return { name: "returning" };
    if (line.capture.state === "interrupted") return { name: "interrupted" };
    if (line.track.muted) return { name: "muted" };
    return { name: silence.silent && !muted ? "silent" : "open" };
  }
}

/** Another program, or the system, may let go of the device in a moment. */
const PASSING: ReadonlySet<MicrophoneFault> = new Set(["busy", "stopped"]);
const REFUSALS: ReadonlySet<MicrophoneFault> = new Set(["refused", "blocked"]);
const RETRY_MS = 2000;
const MAX_TRIES = 3;
