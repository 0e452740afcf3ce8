/// <reference lib="dom" />
import type { ClientMessage, ServerMessage } from "../../protocol/web.ts";
import { type EndOfCall, RequestError } from "../apiClient.ts";
import type { PlaybackReport } from "../audio/playbackMessages.ts";
import { delay } from "../delay.ts";
import { RETURN_MS } from "./returnTime.ts";
import { CallGap } from "./callGap.ts";
import {
  checkReturn,
  type Closed,
  connect,
  type Connection,
  type ConnectionEvents,
  type Credential,
  ownServer,
} from "./connection.ts";

/** How the call is over: by its socket's close code, or as the server told a page that came back. */
export type CallClosed = Closed & { readonly end?: EndOfCall };

interface LastingEvents extends Omit<ConnectionEvents, "onClose"> {
  /** The connection broke: what the agent was saying is to stop. It is opened again by itself. */
  onLost(): void;
  onBack(): void;
  /** The call is over, or could not be got back. */
  onClose(closed: CallClosed): void;
}

/** The connection of a call for as long as that lasts, through all its sockets. */
export interface LastingConnection {
  readonly callId: string;
  /** With it another page can go on with the call. */
  readonly resumeToken: string | undefined;
  send(message: ClientMessage): void;
  sendAudio(frame: ArrayBuffer): void;
  report(report: PlaybackReport): void;
  /** Ends the call with 1000; with another code the call waits for a page to come back. */
  close(code?: number): void;
}

interface LastingOptions {
  /** Ends with a slash. */
  readonly server?: URL | undefined;
  /** Names of the agent's client tools that this client can run. */
  readonly tools?: readonly string[] | undefined;
}

/**
 * Connects and keeps connected. Throws `RequestError` where the first connection fails; with a resume
 * token in the place of a token, that is tried for as long as the server keeps the call.
 */
export async function openLasting(
  by: Credential,
  events: LastingEvents,
  signal: AbortSignal,
  { server = ownServer(), tools }: LastingOptions = {},
): Promise<LastingConnection> {
  const closing = new AbortController();
  const gap = new CallGap();
  let connection: Connection | undefined;
  let resumeToken: string | undefined;
  let callId = "";
  let offlineAt = 0;
  if ("token" in by) await open(by, signal);
  else await reopen(by.resumeToken, signal);
  addEventListener("offline", () => offlineAt = performance.now(), { signal: closing.signal });
  // A socket does not survive that the device changes its network, and may take minutes to notice.
  addEventListener("online", () => {
    if (connection !== undefined && connection.heardAt < offlineAt) connection.drop();
  }, { signal: closing.signal });

  return {
    callId,
    get resumeToken() {
      return resumeToken;
    },
    send(message) {
      if (connection === undefined) gap.keep(message);
      else connection.send(message);
    },
    sendAudio(frame) {
      if (connection === undefined) gap.keepAudio(frame);
      else connection.sendAudio(frame);
    },
    report(report) {
      gap.played(report);
      connection?.send({ type: "played", ...report });
    },
    close(code) {
      closing.abort();
      connection?.close(code);
    },
  };

  async function open(by: Credential, signal: AbortSignal): Promise<void> {
    const opened = await connect(
      by,
      {
        ...events,
        onMessage(message: ServerMessage) {
          if (message.type === "ended") resumeToken = undefined;
          events.onMessage(message);
        },
        onClose,
      },
      signal,
      server,
    );
    connection = opened;
    callId = opened.callId;
    resumeToken = opened.resumeToken;
    // First where the caller stopped hearing, so that the agent goes on from there.
    for (const message of gap.positions()) opened.send(message);
    opened.send({
      type: "hello",
      binary: true,
      resume: resumeToken !== undefined,
      ...(tools !== undefined && { tools }),
    });
    const { messages, frames } = gap.take();
    for (const message of messages) opened.send(message);
    for (const frame of frames) opened.sendAudio(frame);
  }

  function onClose(closed: Closed): void {
    connection = undefined;
    if (closing.signal.aborted) return;
    if (resumeToken === undefined || FINAL.has(closed.code)) return finish(closed);
    events.onLost();
    comeBack(closed, resumeToken);
  }

  async function comeBack(closed: Closed, resumeToken: string): Promise<void> {
    try {
      await reopen(resumeToken, closing.signal);
      events.onBack();
    } catch (error) {
      finish(closedBy(error, closed));
    }
  }

  async function reopen(resumeToken: string, signal: AbortSignal): Promise<void> {
    const tries = AbortSignal.any([signal, AbortSignal.timeout(RETURN_MS)]);
    let waitMs = FIRST_WAIT_MS;
    for (;;) {
      // Many pages come back at a time where their server is started again.
      await delay(waitMs * (0.5 + Math.random()), tries);
      await online(tries);
      try {
        return await open({ resumeToken }, AbortSignal.any([tries, AbortSignal.timeout(TRY_MS)]));
      } catch (error) {
        if (tries.aborted) throw error;
        const answer = AbortSignal.any([tries, AbortSignal.timeout(TRY_MS)]);
        await checkReturn(resumeToken, answer, server).catch(throwIfHopeless);
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
      }
    }
  }

  function finish(closed: CallClosed): void {
    if (closing.signal.aborted) return;
    closing.abort();
    resumeToken = undefined;
    events.onClose(closed);
  }
}

/** Where the server answers that there is no way back, trying on is of no use. */
function throwIfHopeless(error: unknown): void {
  if (error instanceof RequestError && HOPELESS.has(error.status)) throw error;
}

/** What is known of the end after the way back was refused: the socket may have broken before its close code came. */
function closedBy(error: unknown, closed: Closed): CallClosed {
  if (!(error instanceof RequestError)) return closed;
  if (error.code === "call_taken_over") return { code: REPLACED };
  return error.end === undefined ? closed : { ...closed, end: error.end };
}

/** Resolves when the device has a network, or the signal is aborted. */
function online(signal: AbortSignal): Promise<void> {
  if (navigator.onLine || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}

const TRY_MS = 5000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 4000;
/** Another page has come back to the call. */
const REPLACED = 4001;
/** Hung up, refused, failed on the server, or gone on in another page. */
const FINAL: ReadonlySet<number> = new Set([1000, 1008, 1009, 1011, REPLACED]);
/** The token is of no use, or the page may not use it. */
const HOPELESS: ReadonlySet<number> = new Set([401, 403, 404, 410, 422]);
