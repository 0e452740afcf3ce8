/**
 * Talks with a voice agent from any web page: sound, typing, transcripts and tools of the page, over
 * one connection that comes back by itself. What was really heard is reported exactly, so that the
 * agent knows where it was cut off.
 *
 * ```js
 * import { connect } from "https://voice.example.com/sdk.js";
 *
 * const call = await connect({ key: "pk_…", agent: "receptionist" });
 * ```
 *
 * @module
 */

/** What a call is begun with. */
export interface ConnectOptions {
  /** The address of the server; without it the one that this module comes from. */
  readonly server?: string | URL;
  /** A public key of the server, whose origins name that of the page. */
  readonly key?: string;
  /** In the place of a key: gets a token for one call, from a server of yours that asks for it. */
  readonly token?: (signal: AbortSignal) => Promise<string>;
  /** The agent's name; without it the first one of the key. */
  readonly agent?: string;
  /** Texts for the agent's `{{variables}}`: those that its file lets pages set. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What the agent should know of the visitor; where its file lets pages say something. */
  readonly context?: string;
  /** `false` for typing alone, or the id of a device; without it the system's choice. */
  readonly microphone?: boolean | string;
  /** The id of an output device, in browsers that can choose one. */
  readonly speaker?: string;
  /** From 0 to 1. */
  readonly volume?: number;
  /** The agent's `client_tools` that this page runs, by their names. */
  readonly clientTools?: Readonly<Record<string, ClientTool>>;
  /** Gives up connecting; the call itself ends with `end()`. */
  readonly signal?: AbortSignal;
  /** Called with each change of the call's state, the first one included. */
  readonly onState?: (state: CallState) => void;
  /** Called with each line and each change of one: a line replaces that of the same `id`. */
  readonly onTranscript?: (line: TranscriptLine) => void;
  /** Called when a tool of the agent begins and ends. */
  readonly onTool?: (tool: ToolRun) => void;
  /** Called with how long the visitor waited for an answer. */
  readonly onLatency?: (latency: Latency) => void;
  /** Called with what is worth showing and changes nothing, such as `recording` or `time_warning`. */
  readonly onNotice?: (code: string) => void;
  /** Called where another microphone is used, or was connected and could be; its name may be empty. */
  readonly onDevice?: (change: "used" | "connected", name: string) => void;
  /** Called with what went wrong in a live call, which goes on: a lost microphone, a refused message. */
  readonly onError?: (error: CallError) => void;
  /** Called where a problem that `onError` told is over. */
  readonly onRecovered?: (code: string) => void;
  /** Called once, when the call is over, whoever ended it. */
  readonly onEnd?: (end: CallEnd) => void;
}

/** A tool of the page: gets the agent's arguments, and returns what the agent is told, as JSON. */
export type ClientTool = (
  input: Readonly<Record<string, unknown>>,
) => unknown | Promise<unknown>;

/** What a call is doing. */
export type CallState =
  | "connecting"
  | "listening"
  | "visitor_speaking"
  | "agent_speaking"
  | "reconnecting"
  | "ended";

/** One line of the conversation; what the agent says is what was heard of it. */
export interface TranscriptLine {
  readonly id: string;
  readonly role: "visitor" | "agent";
  /** Who says it, where it is not the agent that the call began with. */
  readonly agent?: string;
  /** Place in the conversation; lines arrive in any order. */
  readonly position: number;
  readonly text: string;
  /** Nothing of it will change any more. */
  readonly final: boolean;
  /** The visitor stopped the agent here. */
  readonly interrupted: boolean;
  readonly by: "voice" | "text" | "keypad" | "operator";
}

/** A tool of the agent; its arguments and result stay on the server. */
export interface ToolRun {
  readonly id: string;
  readonly name: string;
  /** `waits` where the visitor has to hear or to agree to something first. */
  readonly state: "started" | "done" | "failed" | "waits";
  readonly durationMs?: number;
}

/** From the visitor's last word to the agent's first, in milliseconds. */
export interface Latency {
  /** The id of the agent's line. */
  readonly id: string;
  readonly totalMs: number;
}

/** How a call has ended. */
export interface CallEnd {
  /** Such as `caller_hung_up`, `agent_hung_up`, `idle`, `time_limit`, `page_left`, `connection_lost`. */
  readonly reason: string;
  readonly detail?: string;
}

/** Why a call could not be begun, or what is wrong in one; `message` is a sentence in English. */
export interface CallError extends Error {
  /** As the server has it (`origin_not_allowed`, `daily_calls_used`), or `microphone_refused` and the like. */
  readonly code: string;
  /** When the same may be tried again, where the server says so. */
  readonly retryAfterSeconds?: number;
}

/** A live call. */
export interface Call {
  /** Its id on the server. */
  readonly id: string;
  readonly state: CallState;
  /** Whether the visitor speaks by a microphone, or only types. */
  readonly hasMicrophone: boolean;
  readonly muted: boolean;
  /** While muted the agent hears silence. */
  mute(muted: boolean): void;
  /** Stops the agent now. */
  interrupt(): void;
  /** Says something in the visitor's place, in writing: 1 to 4,000 characters. */
  sendText(text: string): void;
  /** Tells the agent something about the page, to know and not to answer: up to 2,000 characters. */
  sendContext(text: string): void;
  /** Presses a key of a phone: 0-9, * or #. */
  sendDigit(digit: string): void;
  /** From 0, silent, to 1. */
  setVolume(volume: number): void;
  /** Changes to the microphone of this id, or with an empty one to the system's choice. Rejects with a `CallError`. */
  setMicrophone(deviceId: string): Promise<void>;
  /** The same for the output. Rejects with a `CallError`, as in browsers that cannot choose one. */
  setSpeaker(deviceId: string): Promise<void>;
  /** How loud both are now, from 0 to 1. */
  levels(): { readonly visitor: number; readonly agent: number };
  /** Gets back sound that was interrupted; to be called within a click. */
  resumeSound(): void;
  /** Hangs up. */
  end(): void;
}

/**
 * Begins a call; to be called within a click, else browsers keep the page silent. Resolves when the
 * server is ready; rejects with a `CallError`, or the reason of the signal.
 */
export declare function connect(options: ConnectOptions): Promise<Call>;
