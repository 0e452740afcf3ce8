import type { LegInput } from "../call/callLeg.ts";
import type { CallSession } from "../call/sessionApi.ts";
import type { CallEnd } from "../call/types.ts";
import { closeCodes, PING_MS, RESUME_MS, type ServerMessage, SILENT_MS } from "../protocol/web.ts";
import { setTimer } from "../utils/clock.ts";
import { detached } from "../utils/detached.ts";
import { cutSocket } from "../utils/http/cutSocket.ts";
import type { WatchSocket } from "../utils/http/fragmentGuard.ts";
import { present } from "../utils/present.ts";
import { createRateLimiter } from "../utils/rateLimiter.ts";
import { type ClientRequest, createClientFrames, MAX_MESSAGE_BYTES } from "./clientFrames.ts";
import { watchSilence } from "./silenceWatch.ts";
import { WebLeg } from "./webLeg.ts";
import type { Log } from "../utils/logger.ts";

/** The call of a browser socket, and what watches the socket. */
export interface WebHandlerDeps {
  /** The call that this socket is the human's end of; opened before the upgrade, joined here. */
  readonly session: CallSession;
  /** Absent where the call ends with this socket, whatever its client says. */
  readonly resumption?: Resumption;
  /** Tools that clients of calls run; without it no client is asked to. */
  readonly clientTools?: ClientTools | undefined;
  /** Passes on what the client says of its page; absent where the agent takes nothing of that. */
  readonly tellAgent?: ((text: string) => void) | undefined;
  /** The call waits for its client. */
  readonly onLost?: () => void;
  readonly log: Pick<Log, "info" | "warn">;
  readonly watch?: WatchSocket | undefined;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  readonly limits?: Partial<WebLimits>;
}

/** What the handler tells of a client that runs tools, and gets to pass on. */
export interface ClientTools {
  attach(call: Pick<CallSession, "id" | "ended">, client: {
    readonly names: ReadonlySet<string>;
    send(call: Omit<Extract<ServerMessage, { type: "tool_call" }>, "type">): void;
  }): () => void;
  answer(callId: string, answer: ClientToolResult): void;
}

/** How the client of a socket comes back to its call by another one. */
export interface Resumption {
  readonly resumeToken: string;
  /** Whether this socket is itself another one of a call under way. */
  readonly isResumed: boolean;
  /** The client has the token: earlier ones of the call become invalid. */
  onConfirmed(): void;
}

export interface WebLimits {
  readonly pingMs: number;
  /** How long a client that has come back may take to say what it has heard. */
  readonly joinMs: number;
}

/**
 * Handles one browser's socket: joins it to its call, and passes on what comes over it.
 *
 * Invalid messages are answered with an `error` message; too many of them end the call. The call ends
 * with the socket, whichever side closes it, unless the client has said that it comes back: then the call
 * waits for it, except where the client hung up or was refused.
 */
export function handleWebSocket(
  socket: WebSocket,
  {
    session,
    resumption,
    clientTools,
    tellAgent,
    onLost,
    log,
    watch,
    now = () => performance.now(),
    limits,
  }: WebHandlerDeps,
): void {
  const { pingMs, joinMs } = { ...defaultLimits, ...limits };
  const leg = new WebLeg(socket, {
    onStalled: () => lose("slow_reader"),
    onReplaced: () => over("replaced"),
  });
  const errors = createRateLimiter({ capacity: 20, refillPerSecond: 1 });
  const contexts = createRateLimiter({ capacity: 10, refillPerSecond: 0.2 });
  const receive = createClientFrames({
    onAudio: (audio) => session.hear(audio),
    onRequest: requested,
    onRefused: refuse,
    onTooBig: tooBig,
    now,
  });
  let refused = 0;
  // A client that has come back has said before that it does.
  let comesBack = resumption?.isResumed === true;
  let isConfirmed = false;
  let hasJoined = false;
  let isOver = false;
  let detachTools = () => {};
  let cancelJoining = setTimer(() => finish("never_opened"), OPENING_MS);
  const silence = watchSilence({
    everyMs: pingMs,
    // Without pings of ours, only a socket that takes nothing is known to be dead: Deno pings it too, but
    // not while data is queued.
    limit: () => comesBack ? MISSED_PINGS : socket.bufferedAmount > 0 ? STUCK_TICKS : Infinity,
    onTick() {
      if (comesBack) leg.send({ type: "ping" });
    },
    onSilent() {
      lose("silent");
      cutSocket(socket, closeCodes.silent, "silent");
    },
  });

  socket.binaryType = "arraybuffer";
  socket.onopen = open;
  socket.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (isOver) return;
    silence.heard();
    try {
      receive(data);
    } catch (error) {
      log.warn("Browser message not handled", { callId: session.id, error });
      leg.reject(1011, "internal_error", "The message could not be handled.");
      finish("failed");
    }
  };
  socket.onclose = ({ code }) => {
    if (HANG_UPS.has(code)) return finish();
    if (LEAVES.has(code)) return lose();
    lose("connection_lost");
  };
  socket.onerror = () => lose("socket_error");
  watch?.(socket, () => finish("too_big"));
  if (socket.readyState === WebSocket.OPEN) open();

  function open(): void {
    cancelJoining();
    if (isOver) return closeWithCall();
    const { id, request: { agent } } = session;
    const { resumeToken, isResumed = false } = resumption ?? {};
    leg.send({
      type: "ready",
      callId: id,
      agent,
      format: leg.format,
      ...present({ resumeToken, resumed: isResumed || undefined }),
    });
    if (!isResumed) return join();
    for (const event of session.snapshot()) leg.notify(event);
    // What it has heard since its connection broke comes before its `hello`, and is not said again.
    cancelJoining = setTimer(join, joinMs);
  }

  function join(): void {
    cancelJoining();
    if (hasJoined || isOver) return;
    hasJoined = true;
    try {
      session.join(leg);
    } catch {
      // The call ended between the upgrade and now, for instance for a bad key: the leg says why.
      over("not_joined");
      closeWithCall();
    }
  }

  function closeWithCall(): void {
    session.ended.then((end) => leg.close(end));
  }

  function requested(request: ClientRequest): void {
    if (request.type === "hello") return greeted(request);
    if (request.type === "tool_result") return clientTools?.answer(session.id, request);
    if (request.type === "context") return tell(request.text);
    if (request.type !== "pong") session.input(toLegInput(request));
  }

  /** Each costs the model as much as a turn: they are rare. */
  function tell(text: string): void {
    if (tellAgent === undefined) {
      return refuse("context_not_allowed", "This agent takes nothing that pages say.");
    }
    if (contexts.consume("", now()).allowed) return tellAgent(detached(text));
    refuse("too_fast", "Too much is told of the page; tell less.");
  }

  function greeted({ binary, resume, tools }: Extract<ClientRequest, { type: "hello" }>): void {
    leg.binary = binary;
    if (resume === true && resumption !== undefined && !isConfirmed) {
      comesBack = isConfirmed = true;
      resumption.onConfirmed();
    }
    join();
    if (tools === undefined || clientTools === undefined || isOver) return;
    detachTools = clientTools.attach(session, {
      names: new Set(tools),
      send: (call) => leg.send({ type: "tool_call", ...call }),
    });
  }

  function refuse(code: string, error: string): void {
    refused++;
    if (errors.consume("", now()).allowed) return leg.send({ type: "error", code, error });
    leg.reject(1008, "too_many_errors", "Too many messages could not be understood.");
    finish("too_many_errors");
  }

  function tooBig(): void {
    leg.reject(1009, "too_big", `A message has at most ${MAX_MESSAGE_BYTES} bytes.`);
    finish("too_big");
  }

  /** The call ends: the client hung up, or has a fault that another connection would not mend. */
  function finish(fault?: string): void {
    if (over(fault)) session.input({ type: "left", end: endOf(fault) });
  }

  /** The connection is gone, and the client may come back. */
  function lose(fault?: string): void {
    if (!comesBack) return finish(fault);
    if (!over(fault)) return;
    session.input({ type: "lost", rejoinMs: RESUME_MS, end: endOf(fault) });
    onLost?.();
  }

  /** False where it was over already: Deno may fire `close` twice, and after `error`. */
  function over(fault?: string): boolean {
    if (isOver) return false;
    isOver = true;
    cancelJoining();
    detachTools();
    silence.close();
    if (refused > 0) log.warn("Browser messages refused", { callId: session.id, refused });
    log.info("Browser left", { callId: session.id, fault });
    return true;
  }
}

function endOf(fault: string | undefined): CallEnd {
  return fault === undefined
    ? { reason: "caller_hung_up" }
    : { reason: "leg_failed", detail: fault };
}

/** Closed by the client, or without a code. */
const HANG_UPS: ReadonlySet<number> = new Set([closeCodes.hangUp, 1005]);
/** The page is closed or reloaded, by its own code or by its browser's. */
const LEAVES: ReadonlySet<number> = new Set([1001, closeCodes.away]);
const defaultLimits: WebLimits = { pingMs: PING_MS, joinMs: 1000 };
const MISSED_PINGS = Math.ceil(SILENT_MS / PING_MS);
const STUCK_TICKS = 4;
const OPENING_MS = 10_000;

type ClientToolResult = Extract<ClientRequest, { type: "tool_result" }>;
type Asked = Exclude<ClientRequest, { type: "hello" | "pong" | "tool_result" | "context" }>;

function toLegInput(message: Asked): LegInput {
  switch (message.type) {
    case "played":
      return {
        type: "rendered",
        itemId: message.itemId,
        ms: message.ms,
        cleared: message.cleared === true,
      };
    case "text":
      return { type: "typed", text: detached(message.text) };
    case "dtmf":
      return { type: "digit", digit: message.digit };
    case "interrupt":
      return { type: "interruptAsked" };
    case "input_audio_buffer.commit":
      return { type: "turnCommitted" };
    case "input_audio_buffer.clear":
      return { type: "turnCleared" };
    default:
      return message satisfies never;
  }
}
