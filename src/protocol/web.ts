/**
 * The whole protocol between a browser and Parley on `/web`.
 *
 * The client connects with the subprotocols `parley.v1` and `token.<token>`, the token from
 * `POST /api/web/session`. Audio is PCM16 little-endian, mono, 24 kHz, both ways: the client may send
 * it as binary messages or as `input_audio_buffer.append`; the server sends it as `audio`, or as
 * binary once the client has said `{"type":"hello","binary":true}`. A binary message belongs to the
 * item that the last `speech` named.
 *
 * A client that has answered `ready` with `{"type":"hello","resume":true}` may come back when its
 * connection breaks: it connects with `parley.v1` and `resume.<resumeToken>`, the token of the last
 * `ready`, and the call goes on. A page is not shown why a handshake was refused: `POST
 * /api/web/resume` tells it.
 */
export const WEB_PROTOCOL = "parley.v1";
export const TOKEN_PROTOCOL_PREFIX = "token.";
export const RESUME_PROTOCOL_PREFIX = "resume.";

/** How long a call waits for a client that may come back. */
export const RESUME_MS = 30_000;
/** The server pings a client that may come back this often; each side gives up the other after the second. */
export const PING_MS = 5000;
export const SILENT_MS = 15_000;

/** Close codes. */
export const closeCodes = {
  /** Of the client: the call is over. */
  hangUp: 1000,
  /** Of the server: it stops, and the call goes on at a new connection. */
  reconnect: 1012,
  /** Of the client: the page is left or reloaded, and may come back. */
  away: 4000,
  /** Of the server: the client has come back by another connection. */
  replaced: 4001,
  /** Of either side: nothing has come from the other for `SILENT_MS`. */
  silent: 4002,
} as const;

/** What the client sends as JSON text. */
export type ClientMessage =
  /**
   * Options of the client; need not be the first message. With `resume` the client has kept the
   * `resumeToken` of this connection's `ready`: earlier ones become invalid, it is pinged, and the call
   * waits for it when the connection breaks.
   */
  | {
    readonly type: "hello";
    readonly binary: boolean;
    readonly resume?: boolean;
    /** Names of the agent's client tools that this client can run; each `hello` replaces them. */
    readonly tools?: readonly string[];
  }
  /** The answer to `tool_call`: what the model is told, or a sentence that says why there is nothing. */
  | { readonly type: "tool_result"; readonly id: string; readonly output: unknown }
  | { readonly type: "tool_result"; readonly id: string; readonly error: string }
  /** The answer to `ping`. */
  | { readonly type: "pong" }
  | { readonly type: "input_audio_buffer.append"; readonly audio: string }
  /** Ends the caller's turn manually. */
  | { readonly type: "input_audio_buffer.commit" }
  /** Discards what was said since the last turn. */
  | { readonly type: "input_audio_buffer.clear" }
  | { readonly type: "text"; readonly text: string }
  /** What the agent should know of what the caller sees or does; agents take it whose files say so. */
  | { readonly type: "context"; readonly text: string }
  | { readonly type: "interrupt" }
  | { readonly type: "dtmf"; readonly digit: string }
  /**
   * How much of an item has really been rendered, from its beginning: when it begins, about every
   * 100 ms, when it ends, and as the answer to `clear`, `cleared`, with the exact last position.
   *
   * From the first report on, only what was reported counts as heard: after two seconds without
   * progress no more speech is sent until the next report, and after 15 seconds what was not played is
   * cancelled, as if the caller had interrupted. For a client that never reports, playout is estimated
   * by the clock. A client that cannot play yet sends `ms: 0`.
   */
  | {
    readonly type: "played";
    readonly itemId: string;
    readonly ms: number;
    readonly cleared?: boolean;
  };

/** What the server sends as JSON text. */
export type ServerMessage =
  | {
    readonly type: "ready";
    readonly callId: string;
    readonly agent: string;
    readonly format: "pcm24k";
    /** A secret with which only this client can come back to the call. */
    readonly resumeToken?: string;
    /** The client has come back; the lines so far follow. */
    readonly resumed?: true;
  }
  /** The server waits for an answer of any kind. */
  | { readonly type: "ping" }
  /** The server stops: come back at once with the `resumeToken`. The socket closes with 1012. */
  | { readonly type: "reconnect" }
  /** `fromMs` where an item begins in its middle, as another connection has played the rest. */
  | {
    readonly type: "audio";
    readonly payload: string;
    readonly itemId: string;
    readonly fromMs?: number;
  }
  | { readonly type: "speech"; readonly itemId: string; readonly fromMs?: number }
  /** Stop playing now and drop what is queued. */
  | { readonly type: "clear" }
  /** One line of the conversation; a later one with the same `id` replaces it. */
  | ({ readonly type: "transcript" } & TranscriptLine)
  /** Arguments and output stay on the server. */
  | { readonly type: "tool"; readonly id: string; readonly name: string; readonly state: "started" }
  | {
    readonly type: "tool";
    readonly id: string;
    readonly name: string;
    /** `waits`: nothing is done yet, as the caller has to hear or to agree to something first. */
    readonly state: "done" | "failed" | "waits";
    readonly durationMs: number;
  }
  /**
   * Run this tool of those that `hello` named, and answer with `tool_result`; the agent waits for ten
   * seconds. It comes again, with the same `id`, where the connection broke before the answer.
   */
  | {
    readonly type: "tool_call";
    readonly id: string;
    readonly name: string;
    readonly arguments: Readonly<Record<string, unknown>>;
  }
  /**
   * Latency of the agent's line of this `id`, from the caller's last word to the agent's first; each
   * part begins where the previous one ends. It may come before the line.
   */
  | {
    readonly type: "latency";
    readonly id: string;
    readonly responseMs: number;
    readonly firstAudioMs: number;
    readonly firstHeardMs?: number;
    readonly totalMs: number;
  }
  /** Another agent has the call: what it says bears its name. */
  | { readonly type: "handoff"; readonly agent: string; readonly title: string }
  | { readonly type: "speaking"; readonly who: "caller" | "agent"; readonly on: boolean }
  | { readonly type: "interrupted"; readonly itemId: string; readonly heardMs: number }
  /** Worth showing, changes nothing; `model_lost` and `model_back` frame a recovery. */
  | { readonly type: "notice"; readonly code: string }
  | { readonly type: "error"; readonly code: string; readonly error: string }
  /** The last message of a call. */
  | { readonly type: "ended"; readonly reason: string; readonly detail?: string };

/** What a `transcript` message says of one line. */
export interface TranscriptLine {
  readonly id: string;
  readonly role: "caller" | "agent";
  /** Who says it, where it is not the agent that the call began with. */
  readonly agent?: string;
  /** Place in the conversation; lines arrive in any order. */
  readonly position: number;
  readonly text: string;
  readonly final: boolean;
  /** The caller stopped the agent here. */
  readonly interrupted: boolean;
  readonly by: "voice" | "text" | "keypad" | "operator";
}
