/// <reference lib="dom" />
import type { ClientMessage, ServerMessage } from "../../protocol/web.ts";
import {
  type CallSound,
  type HeardSpeech,
  openCallSound,
  type SoundChoice,
  type SoundState,
} from "./callSound.ts";
import { ownServer, requestToken, type SessionRequest, type WireEvents } from "./connection.ts";
import { type CallClosed, type LastingConnection, openLasting } from "./lastingConnection.ts";
import type { Levels } from "./levelMeter.ts";

/** What `startCall` needs to know. */
interface CallOptions {
  readonly session: SessionRequest;
  /** Empty where the server requires none; or what gets the token of the call. */
  readonly key: string | ((signal: AbortSignal) => Promise<string>);
  /** Where the call is, if not at the server of this page; ends with a slash. */
  readonly server?: URL;
  /** Names of the agent's client tools that this client can run. */
  readonly tools?: readonly string[];
  /** Without it the caller only types. */
  readonly microphone: boolean;
  readonly sound: SoundChoice;
  /** Goes on with the call of a page that was left, instead of beginning one. */
  readonly resumeToken?: string;
}

export interface CallEvents extends WireEvents {
  /** The devices are open; the server is asked next. */
  onConnecting(): void;
  /** The agent is not told these parts of the request. */
  onIgnored?(parts: readonly string[]): void;
  onMessage(message: ServerMessage): void;
  /** May come before `startCall` has resolved. */
  onSound(sound: SoundState): void;
  /** Another microphone is used, or was connected and could be; its name may be empty. */
  onDevice(change: "used" | "connected", name: string): void;
  onHeard?(heard: HeardSpeech): void;
  /** From the caller's last sound to the item's first sound at the ear. */
  onEarLatency?(itemId: string, ms: number): void;
  /** The connection broke, and is opened again by itself; the devices stay open. */
  onLost(): void;
  onBack(): void;
  /** The call is over; the devices have been released. */
  onClose(closed: CallClosed): void;
}

/** A live call. */
export interface WebCall extends Levels {
  readonly id: string;
  readonly hasMicrophone: boolean;
  /** With it another page can go on with the call. */
  readonly resumeToken: string | undefined;
  muted: boolean;
  /** 0..1. */
  volume: number;
  /** Whether the caller is heard only from `hold` to `release`. */
  pushToTalk: boolean;
  readonly isHeld: boolean;
  /** The caller begins to talk; an agent who speaks is stopped. */
  hold(): void;
  /** The caller's turn is over. */
  release(): void;
  /** Throws `MicrophoneError`: the present one is used on. */
  useMicrophone(deviceId: string): Promise<void>;
  /** Rejects where the output cannot be used: the present one is used on. */
  useSpeaker(deviceId: string): Promise<void>;
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
  let connection: LastingConnection | undefined;
  const { server = ownServer(), tools } = options;
  let agentSpeaks = false;
  const sound = await openCallSound(
    options.sound,
    options.microphone,
    {
      ...events,
      onFrame: (frame) => connection?.sendAudio(frame),
      onReleased: (spoken) =>
        connection?.send({
          type: spoken ? "input_audio_buffer.commit" : "input_audio_buffer.clear",
        }),
      onReport: (report) => connection?.report(report),
    },
    signal,
    new URL("assets/audio/", server),
  );
  const { speaker, ear } = sound;
  try {
    events.onConnecting();
    const { resumeToken } = options;
    const by = resumeToken === undefined
      ? { token: await tokenFor(options, events, signal) }
      : { resumeToken };
    connection = await openLasting(
      by,
      {
        ...events,
        onMessage(message) {
          if (message.type === "clear") return speaker.clear();
          if (message.type === "speaking") {
            if (message.who === "agent") agentSpeaks = message.on;
            else if (message.on) ear.abandon();
            else ear.callerStopped();
          }
          events.onMessage(message);
        },
        onAudio: sound.play,
        onLost() {
          // The agent goes on from here, and not from where the page's queue would end.
          speaker.clear();
          events.onLost();
        },
        onClose(closed) {
          sound.close();
          events.onClose(closed);
        },
      },
      signal,
      { server, tools },
    );
  } catch (error) {
    sound.close();
    throw error;
  }
  return liveCall(sound, connection, () => agentSpeaks);
}

async function tokenFor(
  { session, key, server }: CallOptions,
  { onIgnored }: CallEvents,
  signal: AbortSignal,
): Promise<string> {
  if (typeof key !== "string") return await key(signal);
  const { token, ignored } = await requestToken(session, key, signal, server);
  if (ignored !== undefined) onIgnored?.(ignored);
  return token;
}

function liveCall(
  sound: CallSound,
  connection: LastingConnection,
  agentSpeaks: () => boolean,
): WebCall {
  const { speaker, microphone, gate, ear } = sound;
  return {
    id: connection.callId,
    hasMicrophone: microphone !== undefined,
    get resumeToken() {
      return connection.resumeToken;
    },
    get muted() {
      return microphone?.muted ?? true;
    },
    set muted(muted) {
      if (microphone !== undefined) microphone.muted = muted;
    },
    get volume() {
      return speaker.volume;
    },
    set volume(volume) {
      speaker.volume = volume;
    },
    get pushToTalk() {
      return gate.isOn;
    },
    set pushToTalk(isOn) {
      gate.isOn = isOn;
    },
    get isHeld() {
      return gate.isHeld;
    },
    hold() {
      if (gate.hold() && agentSpeaks()) connection.send({ type: "interrupt" });
    },
    release: () => gate.release(),
    async useMicrophone(deviceId) {
      await microphone?.use(deviceId);
    },
    useSpeaker: speaker.use,
    caller: () => microphone?.level() ?? 0,
    agent: speaker.level,
    send(message) {
      if (message.type === "text") ear.abandon();
      connection.send(message);
    },
    resumeSound() {
      speaker.resume();
      microphone?.resume();
    },
    hangUp() {
      // At once, since closing the socket may take a while or never finish.
      sound.close();
      connection.close();
    },
    leave() {
      sound.close();
      connection.close(AWAY);
    },
  };
}

/** The close code of a page that may come back. */
const AWAY = 4000;
