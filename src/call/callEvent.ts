import type { AudioFormat } from "../utils/audio/audioFormat.ts";
import type { PhoneMenuEvent } from "./phoneMenu.ts";
import type { TokenUsage, TranscriptionUsage } from "./realtimeClient.ts";
import type { TransferEvent } from "./transfer.ts";
import type { FarEnd } from "./ending/answeringMachineInput.ts";
import type { CallDirection, CallEnd, Milliseconds } from "./types.ts";

/** What observers of a call get; times are milliseconds since the call began. */
export type CallEvent =
  | PhoneMenuEvent
  | {
    readonly type: "started";
    readonly direction: CallDirection;
    readonly agent: string;
    /** Of the agent's definition. */
    readonly agentVersion?: string;
  }
  /** Comes instead of `started` where this session goes on with a call that another one began. */
  | {
    readonly type: "resumed";
    readonly direction: CallDirection;
    readonly agent: string;
    readonly agentVersion?: string;
    readonly afterMs: Milliseconds;
  }
  /** `again` where the call had a leg before. */
  | { readonly type: "connected"; readonly format: AudioFormat; readonly again?: true }
  | { readonly type: "modelReady"; readonly afterMs: Milliseconds; readonly again: boolean }
  | { readonly type: "modelLost"; readonly code: string; readonly recovering: boolean }
  | { readonly type: "speaking"; readonly who: "caller" | "agent"; readonly on: boolean }
  | { readonly type: "interrupted"; readonly itemId: string; readonly heardMs: Milliseconds }
  | { readonly type: "turn"; readonly turn: TranscriptTurn }
  | {
    readonly type: "toolStarted";
    readonly toolCallId: string;
    readonly name: string;
    readonly arguments: string;
  }
  | {
    readonly type: "toolEnded";
    readonly toolCallId: string;
    readonly name: string;
    readonly ok: boolean;
    /** Nothing was done, and nothing has failed: the caller has to hear or to agree to something first. */
    readonly waits?: true;
    readonly output: string;
    readonly durationMs: Milliseconds;
  }
  | { readonly type: "latency"; readonly itemId: string; readonly latency: TurnLatency }
  /** Of a response; `itemId` is the first that it has said. */
  | { readonly type: "usage"; readonly usage: TokenUsage; readonly itemId?: string }
  /** From now on the model reads words in the place of this sound. */
  | {
    readonly type: "compacted";
    readonly role: "caller" | "agent";
    readonly audioMs: Milliseconds;
    readonly characters: number;
  }
  | { readonly type: "transcriptionUsage"; readonly usage: TranscriptionUsage }
  | { readonly type: "digits"; readonly digits: string; readonly sensitive: boolean }
  /**
   * How it stands with a sentence that the caller has to hear to its last word. Comes for each when the call
   * begins, and whenever it was said; what was heard once stays heard.
   */
  | ({
    readonly type: "mustHear";
    readonly name: string;
    readonly text: string;
    /** How often it was said, to its end or not. */
    readonly times: number;
    /** It had been heard, but not by a person. */
    readonly takenBack?: true;
  } & MustHearProof)
  /** The person who was called wants no more calls; `words` are theirs, or the key. */
  | {
    readonly type: "optedOut";
    readonly by: OptOutWay;
    readonly words?: string;
  }
  /** One side says something in this span that is blacked out; recordings are silent there. */
  | {
    readonly type: "redacted";
    readonly side: "caller" | "agent";
    readonly fromMs: Milliseconds;
    readonly toMs: Milliseconds;
  }
  /** How it stands with the recording, whenever that changes; with all there is to know of it so far. */
  | ({ readonly type: "recording" } & RecordingStatus)
  /** A listener joins or leaves: `by` is the name of its API key. */
  | { readonly type: "listeningStarted"; readonly id: string; readonly by?: string }
  | { readonly type: "listeningEnded"; readonly id: string; readonly by?: string }
  /** Who or what has answered a placed call, and one snake_case word why; a later one corrects it. */
  | {
    readonly type: "pickup";
    readonly who: FarEnd;
    readonly why: string;
    readonly atMs: Milliseconds;
  }
  | { readonly type: "notice"; readonly code: NoticeCode }
  /** The call ends so when its last words have been heard; without `end` that was taken back. */
  | { readonly type: "closing"; readonly end?: CallEnd }
  /** How it stands with putting the caller through to a person. */
  | TransferEvent
  /** From now on `to` has the call; what it says bears its name. */
  | {
    readonly type: "handoff";
    readonly from: string;
    readonly to: string;
    /** How people call `to`. */
    readonly title: string;
    /** Content hash of the file of `to`. */
    readonly version?: string;
    readonly reason?: string;
    /** What `to` was told: words, or a JSON object of variables. */
    readonly facts?: string;
    /** What `to` was told in the place of the conversation. */
    readonly summary?: string;
    /** Position of the first line that `to` is told of, where that is not the first of all. */
    readonly historyFrom?: number;
  }
  /** The last event of this session: another process goes on with the call. */
  | { readonly type: "handedOver" }
  | { readonly type: "ended"; readonly end: CallEnd; readonly durationMs: Milliseconds };

/** How somebody says that they want no more calls: `agent` where they said it in words that only a model understood. */
export type OptOutWay = "word" | "key" | "agent";
export const recordingStates = ["on", "paused", "stopped", "refused", "failed"] as const;

export interface RecordingStatus {
  /** `stopped` at the latest when the call ends. */
  readonly state: typeof recordingStates[number];
  /** Since when, in milliseconds since the call began. */
  readonly atMs: Milliseconds;
  /** Who has asked for that; absent where it came by itself. */
  readonly by?: "agent" | "operator" | "caller";
  /**
   * Why it failed, one snake_case word; why nothing is recorded: `declined`, `no_answer`, `not_a_yes`, or
   * `call_ended` or `person_joined` before an answer.
   */
  readonly reason?: string;
  /** In their order; paused ones are silent. */
  readonly spans: readonly RecordingSpan[];
  readonly consent?: RecordingConsent;
}

export interface RecordingSpan {
  readonly kind: "recorded" | "paused";
  readonly fromMs: Milliseconds;
  /** Absent while it lasts. */
  readonly toMs?: Milliseconds;
}

export const consentKinds = ["announced", "agreed", "refused", "unclear"] as const;

/** The proof of what the caller was told and has answered, as it was heard. */
export interface RecordingConsent {
  /** `unclear`: no yes and no no. */
  readonly kind: typeof consentKinds[number];
  readonly atMs: Milliseconds;
  /** What the caller heard before. */
  readonly announcement: string;
  /** What the caller said. */
  readonly words?: string;
  /** Where in the call, and in its transcript, the words begin. */
  readonly saidMs?: Milliseconds;
  /** Which key the caller pressed. */
  readonly key?: string;
}

/** Whether and when a sentence was heard to its last word. */
export type MustHearProof =
  | { readonly heard: false }
  | { readonly heard: true; readonly fromMs: Milliseconds; readonly toMs: Milliseconds };

/** One line of the conversation as it was really heard. A later event with the same `id` replaces it. */
export interface TranscriptTurn {
  readonly id: string;
  readonly role: "caller" | "agent";
  /** Who says it, where it is not the agent that the call began with. */
  readonly agent?: string;
  /** Sorts the conversation, whatever order its turns became known in; not always whole. */
  readonly position: number;
  readonly text: string;
  /** Nothing about this turn will change any more. */
  readonly final: boolean;
  /** The caller stopped the agent here: `text` ends with the last word that was heard. */
  readonly interrupted: boolean;
  /** Where the agent was stopped: what it was to say besides, and nobody heard. */
  readonly unheard?: string;
  /** The model had not come to the end of what was stopped: there is more to say than `unheard`. */
  readonly unfinished?: true;
  /**
   * While an agent's turn is not final: how many characters of `text` the caller has heard for sure, to the
   * end of a sentence.
   */
  readonly heardCharacters?: number;
  /**
   * How the caller said it; `operator` for what an operator typed in their place, `whisper` for what one told
   * the agent alone: nothing that the caller has said.
   */
  readonly by: "voice" | "text" | "keypad" | "operator" | "whisper";
  /** On record, and no part of the conversation: it bridged a wait, was never spoken, or had no words. */
  readonly aside?: true;
  readonly startedMs: Milliseconds;
  readonly endedMs?: Milliseconds;
}

/** Where the time went between the caller's last word and the agent's first, each from the one before. */
export interface TurnLatency {
  readonly responseMs: Milliseconds;
  readonly firstAudioMs: Milliseconds;
  /** Absent until the leg has reported that the first sound was played. */
  readonly firstHeardMs?: Milliseconds;
  readonly totalMs: Milliseconds;
}

/** Things worth a line in a log that change nothing about the call. */
export type NoticeCode =
  | "idle_prompt"
  | "filler"
  | "greeting_kept"
  | "outage_bridged"
  | "false_alarm"
  | "time_warning"
  | "machine_verdict_not_obeyed"
  | "voicemail_withdrawn"
  | "call_screened"
  | "menu_answered"
  | "response_retried"
  | "audio_refused"
  | "playout_stalled"
  | "truncate_refused";
