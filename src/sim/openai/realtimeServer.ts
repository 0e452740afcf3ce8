import { deadline } from "../../utils/deadline.ts";
import { type Fault, FaultSet, parseFault } from "./faults.ts";
import { decideHandshake, realtimePath } from "./handshake.ts";
import type { Transcribe } from "./turnDetector.ts";
import type { Production } from "./runningResponse.ts";
import { type ModelCard, usualModels } from "./modelCards.ts";
import { RealtimeSession } from "./realtimeSession.ts";
import { Mailbox } from "../mailbox.ts";
import { SpeechSource } from "./speechSource.ts";
import { rehearsal } from "../rehearsal/rehearsal.ts";
import type { Script } from "./scripts.ts";
import { createFliteVoice } from "../voice/fliteVoice.ts";
import { createToneVoice } from "../voice/toneVoice.ts";
import type { Voice } from "../voice/voice.ts";

export type { ConversationEntry } from "./conversation.ts";
export type { ModelCard } from "./modelCards.ts";
export type { Fault } from "./faults.ts";
export type { RealtimeSession } from "./realtimeSession.ts";

export interface RealtimeServerOptions {
  /** `tone` costs nothing and sounds the same every time; `flite` is a real voice, in a worker. One that is given stays open. */
  readonly voice?: "flite" | "tone" | Voice;
  /** Multiple of real time at which audio is produced; `Infinity` sends each reply at once. */
  readonly speed?: number;
  /** Length of one audio delta in milliseconds. */
  readonly deltaMs?: number | (() => number);
  /** Decides what is answered. */
  readonly script?: Script;
  /** Faults in force in every session. */
  readonly faults?: Iterable<Fault>;
  /** Transcribes a turn, where a session asks for transcriptions. */
  readonly transcribe?: Transcribe;
  readonly transcriptionDelayMs?: number;
  /** The only key that is let in; without it any is. */
  readonly apiKey?: string;
  /** Whether sessions keep the audio they hear, up to ten minutes of PCM. */
  readonly keepAudio?: boolean;
  /** How long a session lasts before it expires. */
  readonly sessionMs?: number;
  /** The models that are listed; sessions may have any. */
  readonly models?: readonly ModelCard[];
  /** By how much its clock is ahead, as its answers over HTTP say. */
  readonly clockAheadMs?: number;
}

function voiceOf(voice: NonNullable<RealtimeServerOptions["voice"]>): Voice {
  if (voice === "tone") return createToneVoice();
  return voice === "flite" ? createFliteVoice() : { ...voice, close: () => {} };
}

/** A running server; closing it frees everything. */
export type RealtimeServer = ReturnType<typeof startRealtimeServer>;

/** Starts an OpenAI Realtime server on a free loopback port: the built-in engine and test double. */
export function startRealtimeServer(
  {
    voice = "tone",
    speed = 5,
    deltaMs = 200,
    script = rehearsal,
    faults = [],
    transcribe = describeSpeech,
    transcriptionDelayMs = 150,
    apiKey,
    keepAudio = false,
    sessionMs = 60 * 60_000,
    models = usualModels,
    clockAheadMs = 0,
  }: RealtimeServerOptions = {},
) {
  const speech = new SpeechSource(voiceOf(voice));
  const nextDeltaMs = typeof deltaMs === "number" ? () => deltaMs : deltaMs;
  const production: Production = { script, speech, speed, nextDeltaMs };
  const inForce = new FaultSet(faults);
  const sessions = new Set<RealtimeSession>();
  /** Each until nothing of its session is open any more. */
  const leaving = new Set<Promise<void>>();
  const unclaimed = new Mailbox<RealtimeSession>(maxUnclaimed);
  /** Handshakes. */
  const stats = { connections: 0, refused: 0 };
  const stopped = new AbortController();

  function serve(request: Request): Response {
    const url = new URL(request.url);
    const sessionFaults = new FaultSet(faultsIn(url));
    sessionFaults.addAll(inForce);
    const full = sessions.size >= maxSessions;
    const decision = decideHandshake(request, url, { apiKey, faults: sessionFaults, full, models });
    if (decision.type === "refused") stats.refused++;
    if (decision.type !== "accepted") {
      // Nobody has another question: a kept connection would look like a session's.
      decision.response.headers.set("connection", "close");
      decision.response.headers.set("date", new Date(Date.now() + clockAheadMs).toUTCString());
      return decision.response;
    }
    const { protocol, model } = decision;
    const requestId = request.headers.get("x-client-request-id") ?? undefined;
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol });
    stats.connections++;
    const session = new RealtimeSession(socket, {
      model,
      requestId,
      production,
      transcribe,
      transcriptionDelayMs,
      faults: sessionFaults,
      sessionMs,
      maxKeptBytes: keepAudio ? maxKeptBytes : 0,
    });
    sessions.add(session);
    session.closed.then(() => sessions.delete(session));
    const released = session.released;
    leaving.add(released);
    released.then(() => leaving.delete(released));
    unclaimed.put(session);
    return response;
  }

  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    signal: stopped.signal,
  }, serve);

  async function stop(): Promise<void> {
    unclaimed.close();
    for (const session of sessions) session.close(1001, "The server is stopping.");
    const closed = Promise.allSettled(leaving);
    await deadline(closed, closeGraceMs).catch(() => {});
    speech.close();
    stopped.abort();
    await server.finished;
  }
  let stopping: Promise<void> | undefined;

  return {
    /** `ws://127.0.0.1:PORT/v1/realtime`, to which clients add `?model=`. */
    url: `ws://127.0.0.1:${server.addr.port}${realtimePath}`,
    /** The live sessions, oldest first. */
    get sessions() {
      return [...sessions];
    },
    stats,
    /** The first session that no other call was given, waiting for one to connect if need be. */
    nextSession: (): Promise<RealtimeSession> =>
      unclaimed.next("Cannot await a session: server closed"),
    /** Puts a fault in force in all sessions, later ones included. */
    fail(fault: Fault): void {
      inForce.add(fault);
      for (const session of sessions) session.fail(fault);
    },
    /** Removes the faults for later sessions. */
    heal: (): void => inForce.clear(),
    /** Closes every session and frees everything; idempotent. */
    close: (): Promise<void> => stopping ??= stop(),
  };
}

// In production nextSession() is never called, and sessions must not pile up.
const maxUnclaimed = 32;

const maxSessions = 1_000;

// Ten minutes of PCM at 24 kHz.
const maxKeptBytes = 600 * 48_000;

const closeGraceMs = 1_000;

function faultsIn(url: URL): readonly Fault[] {
  return url.searchParams.getAll("fault").flatMap((name) => parseFault(name) ?? []);
}

function describeSpeech({ spokenMs }: { readonly spokenMs: number }): string {
  return `(${(spokenMs / 1_000).toFixed(1)} seconds of speech)`;
}
