/// <reference lib="dom" />
import type { ClientMessage, ServerMessage } from "../protocol/web.ts";
import { type Closed, connect, type Connection, requestToken } from "./connection.ts";
import { type Microphone, type MicrophoneState, openMicrophone } from "./microphone.ts";
import { createSilentSpeaker } from "./silentSpeaker.ts";
import { openSpeaker, type Speaker, type SpeakerEvents } from "./speaker.ts";
import type { Sounding } from "./audioResume.ts";
import type { Levels } from "./levelMeter.ts";

export interface CallWish {
  readonly agent: string;
  /** Empty where the server asks for none. */
  readonly key: string;
  /** Without a microphone the caller only types. */
  readonly speaks: boolean;
}

/** How the devices of a call fare. */
export interface Sound {
  readonly speaker: Sounding;
  /** Undefined where the caller only types. */
  readonly microphone: MicrophoneState | undefined;
}

export interface CallEvents {
  /** The devices are open; the server is asked for the call. */
  onConnecting(): void;
  onMessage(message: ServerMessage): void;
  /** May come before the call has begun. */
  onSound(sound: Sound): void;
  /** Another microphone is in use, or there to be used; its name may be empty. */
  onDevice(change: "used" | "connected", name: string): void;
  /** The socket is gone; the devices have been let go of. */
  onClose(closed: Closed): void;
}

export interface Call extends Levels {
  readonly speaks: boolean;
  muted: boolean;
  send(message: ClientMessage): void;
  /** Tries to get devices back that are gone or interrupted; to be called from a click. */
  revive(): void;
  hangUp(): void;
}

/**
 * Opens loudspeaker, microphone and connection, in this order; to be called from a click. What is
 * sent from then on reaches the call.
 *
 * Throws `SpeakerError`, `MicrophoneError` or `Refusal`, or the signal's reason, with everything let
 * go of that was already open.
 */
export async function beginCall(
  wish: CallWish,
  events: CallEvents,
  signal: AbortSignal,
): Promise<Call> {
  let speaker: Speaker | undefined;
  let microphone: Microphone | undefined;
  let connection: Connection | undefined;
  let sound: Sound = {
    speaker: "running",
    microphone: wish.speaks ? { name: "open" } : undefined,
  };
  try {
    const speakerEvents: SpeakerEvents = {
      onReport: (report) => connection?.send({ type: "played", ...report }),
      onState: (state) => tell({ speaker: state }),
    };
    // Browsers give neither microphone nor worklets to pages that came over plain http.
    speaker = isSecureContext
      ? await openSpeaker(speakerEvents)
      : createSilentSpeaker(speakerEvents.onReport);
    signal.throwIfAborted();
    if (wish.speaks) {
      microphone = await openMicrophone({
        onFrame: (frame) => connection?.sendAudio(frame),
        onState: (state) => tell({ microphone: state }),
        onDevice: events.onDevice,
      });
      signal.throwIfAborted();
    }
    tell({});
    events.onConnecting();
    const token = await requestToken(wish.agent, wish.key, signal);
    const { clear, play } = speaker;
    connection = await connect(token, {
      onMessage(message) {
        if (message.type === "clear") clear();
        else events.onMessage(message);
      },
      onAudio: play,
      onClose(closed) {
        letGo();
        events.onClose(closed);
      },
    }, signal);
  } catch (error) {
    letGo();
    throw error;
  }
  const { send, close } = connection;
  const { level } = speaker;

  return {
    speaks: wish.speaks,
    get muted() {
      return microphone?.muted ?? true;
    },
    set muted(muted) {
      if (microphone !== undefined) microphone.muted = muted;
    },
    caller: () => microphone?.level() ?? 0,
    agent: level,
    send,
    revive() {
      speaker?.revive();
      microphone?.revive();
    },
    hangUp() {
      // At once: the socket may take its time to close, or never come round to it.
      letGo();
      close();
    },
  };

  function tell(change: Partial<Sound>): void {
    sound = { ...sound, ...change };
    events.onSound(sound);
  }

  function letGo(): void {
    microphone?.close();
    speaker?.close();
  }
}
