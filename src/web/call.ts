/// <reference lib="dom" />
import type { ClientMessage, ServerMessage } from "../protocol/web.ts";
import { connect, type Connection, requestToken } from "./connection.ts";
import { type Microphone, openMicrophone } from "./microphone.ts";
import { createSilentSpeaker } from "./silentSpeaker.ts";
import { openSpeaker } from "./speaker.ts";
import type { Levels } from "./wire.ts";

export interface CallWish {
  readonly agent: string;
  /** Empty where the server asks for none. */
  readonly key: string;
  /** Without a microphone the caller only types. */
  readonly speaks: boolean;
}

export interface CallEvents {
  /** The devices are open; the server is asked for the call. */
  onConnecting(): void;
  onMessage(message: ServerMessage): void;
  onMicrophoneLost(): void;
  /** The socket is gone; the devices have been let go of. */
  onClose(): void;
}

export interface Call extends Levels {
  readonly speaks: boolean;
  muted: boolean;
  send(message: ClientMessage): void;
  hangUp(): void;
}

/**
 * Opens loudspeaker, microphone and connection, in this order; to be called from a click. What is
 * sent from then on reaches the call.
 *
 * Throws `MicrophoneError` or `Refusal`, with everything let go of that was already open.
 */
export async function beginCall(wish: CallWish, events: CallEvents): Promise<Call> {
  // Browsers give neither microphone nor worklets to pages that came over plain http.
  const speaker = await (isSecureContext ? openSpeaker : createSilentSpeaker)((report) =>
    connection?.send({ type: "played", ...report })
  );
  let microphone: Microphone | undefined;
  let connection: Connection | undefined;
  try {
    if (wish.speaks) {
      microphone = await openMicrophone({
        onFrame: (frame) => connection?.sendAudio(frame),
        onLost: events.onMicrophoneLost,
      });
    }
    events.onConnecting();
    const token = await requestToken(wish.agent, wish.key);
    connection = await connect(token, {
      onMessage(message) {
        if (message.type === "clear") speaker.clear();
        else events.onMessage(message);
      },
      onAudio: speaker.play,
      onClose() {
        letGo();
        events.onClose();
      },
    });
  } catch (error) {
    letGo();
    throw error;
  }
  const { send, close } = connection;

  return {
    speaks: wish.speaks,
    get muted() {
      return microphone?.muted ?? true;
    },
    set muted(muted) {
      if (microphone !== undefined) microphone.muted = muted;
    },
    caller: () => microphone?.level() ?? 0,
    agent: speaker.level,
    send,
    hangUp: close,
  };

  function letGo(): void {
    microphone?.close();
    speaker.close();
  }
}
