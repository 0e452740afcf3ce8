/// <reference lib="dom" />
import type { ClientMessage, ServerMessage } from "../../protocol/web.ts";
import { fetchServerInfo, requestToken } from "./connection.ts";
import { type CallClosed, type LastingConnection, openLasting } from "./lastingConnection.ts";
import { RequestError } from "../apiClient.ts";
import { AudioError } from "../audio/audioContext.ts";
import { MicrophoneError } from "../audio/microphoneStream.ts";
import { describeEnding, describeMicrophone, describeSpeaker } from "./talkTexts.ts";
import { type Microphone, type MicrophoneState, openMicrophone } from "../audio/microphone.ts";
import {
  createSilentSpeaker,
  openSpeaker,
  type Speaker,
  type SpeakerEvents,
} from "../audio/speaker.ts";
import type { AudioState } from "../audio/resumingAudio.ts";
import type { Levels } from "./levelMeter.ts";

/** What `startCall` needs to know. */
export interface CallOptions {
  readonly agent: string;
  /** Empty where the server requires none. */
  readonly key: string;
  /** Without it the caller only types. */
  readonly microphone: boolean;
  /** Goes on with the call of a page that was left, instead of beginning one. */
  readonly resumeToken?: string;
}

/** The state of the devices of a call. */
export interface SoundState {
  readonly speaker: AudioState;
  /** Undefined where the caller only types. */
  readonly microphone: MicrophoneState | undefined;
}

export interface CallEvents {
  /** The devices are open; the server is asked next. */
  onConnecting(): void;
  onMessage(message: ServerMessage): void;
  /** May come before `startCall` has resolved. */
  onSound(sound: SoundState): void;
  /** Another microphone is used, or was connected and could be; its name may be empty. */
  onDevice(change: "used" | "connected", name: string): void;
  /** The connection broke, and is opened again by itself; the devices stay open. */
  onLost(): void;
  onBack(): void;
  /** The call is over; the devices have been released. */
  onClose(closed: CallClosed): void;
}

/** A live call. */
export interface WebCall extends Levels {
  readonly hasMicrophone: boolean;
  /** With it another page can go on with the call. */
  readonly resumeToken: string | undefined;
  muted: boolean;
  send(message: ClientMessage): void;
  /** Tries to get back devices that are lost or interrupted; to be called within a click. */
  resumeSound(): void;
  hangUp(): void;
  /** Releases everything; the call waits for a page that comes back. */
  leave(): void;
}

/**
 * Opens loudspeaker, microphone and connection, in this order; to be called within a click. Resolves
 * when the server is ready.
 *
 * Throws `AudioError`, `MicrophoneError` or `RequestError`, or the reason of the signal, with
 * everything released.
 */
export async function startCall(
  options: CallOptions,
  events: CallEvents,
  signal: AbortSignal,
): Promise<WebCall> {
  let speaker: Speaker | undefined;
  let microphone: Microphone | undefined;
  let connection: LastingConnection | undefined;
  let sound: SoundState = {
    speaker: "running",
    microphone: options.microphone ? { name: "open" } : undefined,
  };
  try {
    const speakerEvents: SpeakerEvents = {
      onReport: (report) => connection?.report(report),
      onState: (state) => updateSound({ speaker: state }),
    };
    // Browsers give neither microphone nor worklets to pages from plain http.
    speaker = isSecureContext
      ? await openSpeaker(speakerEvents)
      : createSilentSpeaker(speakerEvents.onReport);
    signal.throwIfAborted();
    if (options.microphone) {
      microphone = await openMicrophone({
        onFrame: (frame) => connection?.sendAudio(frame),
        onState: (state) => updateSound({ microphone: state }),
        onDevice: events.onDevice,
      });
      signal.throwIfAborted();
    }
    updateSound({});
    events.onConnecting();
    const { agent, key, resumeToken } = options;
    const by = resumeToken === undefined
      ? { token: await requestToken(agent, key, signal) }
      : { resumeToken };
    const { clear, play } = speaker;
    connection = await openLasting(by, {
      onMessage(message) {
        if (message.type === "clear") clear();
        else events.onMessage(message);
      },
      onAudio: play,
      onLost() {
        // The agent goes on from here, and not from where the page's queue would end.
        clear();
        events.onLost();
      },
      onBack: events.onBack,
      onClose(closed) {
        release();
        events.onClose(closed);
      },
    }, signal);
  } catch (error) {
    release();
    throw error;
  }
  const live = connection;
  const { send } = live;
  const { level } = speaker;

  return {
    hasMicrophone: options.microphone,
    get resumeToken() {
      return live.resumeToken;
    },
    get muted() {
      return microphone?.muted ?? true;
    },
    set muted(muted) {
      if (microphone !== undefined) microphone.muted = muted;
    },
    caller: () => microphone?.level() ?? 0,
    agent: level,
    send,
    resumeSound() {
      speaker?.resume();
      microphone?.resume();
    },
    hangUp() {
      // At once, since closing the socket may take a while or never finish.
      release();
      live.close();
    },
    leave() {
      release();
      live.close(AWAY);
    },
  };

  function updateSound(change: Partial<SoundState>): void {
    sound = { ...sound, ...change };
    events.onSound(sound);
  }

  function release(): void {
    microphone?.close();
    speaker?.close();
  }
}

/** Why a call could not be started, and what to do about it; takes whatever `startCall` threw. */
export function describeStartFault(error: unknown): string {
  if (error instanceof RequestError) {
    return error.end === undefined
      ? error.message
      : describeEnding(error.end.reason, error.end.detail);
  }
  if (error instanceof MicrophoneError) return describeMicrophone(error.fault);
  if (error instanceof AudioError) return describeSpeaker(error.fault);
  return "The call could not be started. Reload the page and start again.";
}

/**
 * Returns the error to show: loading a worklet module fails when the server is gone, so for such
 * errors the server is asked, and its error takes precedence.
 */
export async function findRootCause(error: unknown): Promise<unknown> {
  const isDeviceError = error instanceof MicrophoneError || error instanceof AudioError;
  if (error instanceof RequestError || (isDeviceError && !FROM_SERVER.has(error.fault))) {
    return error;
  }
  return await fetchServerInfo().then(() => error, (serverError) => serverError);
}

/** The close code of a page that may come back. */
const AWAY = 4000;
const FROM_SERVER: ReadonlySet<string> = new Set(["module", "unknown"]);
