import type { CallEvent, TranscriptTurn } from "../callEvent.ts";
import { STILL_RUNNING, whispered } from "../model/prompts.ts";
import type { HistoryItem } from "../modelSetup.ts";
import type { ToolCall } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";
import { present } from "../../utils/present.ts";

/** The longest text of a line, in characters. */
export const MAX_TEXT = 20_000;

/** One thing that was said or done in a call, as far as it has come. */
export type TranscriptEntry = CallerEntry | AgentEntry | ToolEntry | NoteEntry;

export interface CallerEntry {
  readonly kind: "caller";
  readonly id: string;
  readonly position: number;
  readonly by: TranscriptTurn["by"];
  readonly startedAt: Milliseconds;
  endedAt: Milliseconds | undefined;
  text: string;
  /** What the model gets where it is not what is shown: keys that no log or record may hold. */
  modelText?: string;
  final: boolean;
  /** An operator wrote it, in the caller's place or to the agent alone. */
  byOperator?: true;
  /** No part of the conversation: a sound in which there were no words. */
  aside?: boolean;
}

export interface AgentEntry {
  readonly kind: "agent";
  readonly id: string;
  /** Absent for the agent that the call began with. */
  readonly agent?: string;
  readonly position: number;
  readonly startedAt: Milliseconds;
  /** When its first sound was heard, once that is known. */
  soundedAt?: Milliseconds;
  endedAt: Milliseconds | undefined;
  text: string;
  final: boolean;
  interrupted: boolean;
  /** So many characters of the text were heard for sure, to the end of a sentence. */
  heardCharacters: number;
  /** What the model had to say besides, and nobody heard. */
  unheard?: string;
  /** No part of the conversation: said while the caller waited, or written and never spoken. */
  aside?: boolean;
  /** Spoken without the model. */
  said?: boolean;
  /** The model stopped before its end: the words may have come further than their sound. */
  brokenOff?: true;
  /** Known when it is final. */
  heardMs?: Milliseconds;
}

/** How a tool call went. */
export interface ToolEnded {
  readonly ok: boolean;
  /** As in `CallEvent`. */
  readonly waits?: true;
  readonly durationMs: Milliseconds;
}

interface ToolEntry {
  readonly kind: "tool";
  readonly id: string;
  readonly position: number;
  readonly call: ToolCall;
  output: string | undefined;
  /** Absent while it runs, and where another session ran it. */
  ended?: ToolEnded;
}

/** What the model was told about the call, and no observer is shown. */
interface NoteEntry {
  readonly kind: "note";
  readonly id: string;
  readonly position: number;
  readonly text: string;
}

/** A line as observers are shown it. */
export function turnOf(
  entry: CallerEntry | AgentEntry,
  callStartedAt: Milliseconds,
): TranscriptTurn {
  return {
    id: entry.id,
    role: entry.kind,
    ...(entry.kind === "agent" && present({ agent: entry.agent })),
    position: entry.position,
    text: entry.text,
    final: entry.final,
    interrupted: entry.kind === "agent" && entry.interrupted,
    by: entry.kind === "caller" ? entry.by : "voice",
    ...(entry.aside === true && { aside: true }),
    ...(entry.kind === "agent" && present({ unheard: entry.unheard })),
    ...(isUnfinished(entry) && { unfinished: true }),
    ...(entry.kind === "agent" && !entry.final && { heardCharacters: entry.heardCharacters }),
    startedMs: sinceStart(startOf(entry), callStartedAt),
    ...present({
      endedMs: entry.endedAt === undefined ? undefined : sinceStart(entry.endedAt, callStartedAt),
    }),
  };
}

function isUnfinished(entry: CallerEntry | AgentEntry): boolean {
  return entry.kind === "agent" && entry.brokenOff === true && entry.unheard !== undefined;
}

/** Nothing is said before the call begins, whatever is reported late or from an earlier session. */
function sinceStart(at: Milliseconds, callStartedAt: Milliseconds): Milliseconds {
  return Math.max(0, Math.round(at - callStartedAt));
}

/** A line of the agent's is written before it is heard: once that has begun, it counts. */
function startOf(entry: CallerEntry | AgentEntry): Milliseconds {
  const { startedAt, endedAt = Infinity } = entry;
  return entry.kind === "agent" ? Math.min(entry.soundedAt ?? startedAt, endedAt) : startedAt;
}

/** The entry as the events that show it to an observer who has missed them. */
export function eventsOf(
  entry: TranscriptEntry,
  callStartedAt: Milliseconds,
): readonly CallEvent[] {
  if (entry.kind === "note") return [];
  if (entry.kind !== "tool") return [{ type: "turn", turn: turnOf(entry, callStartedAt) }];
  const { call: { callId: toolCallId, name, arguments: args }, output, ended } = entry;
  const started = { type: "toolStarted", toolCallId, name, arguments: args } as const;
  if (ended === undefined || output === undefined) return output === undefined ? [started] : [];
  return [started, { type: "toolEnded", toolCallId, name, output, ...ended }];
}

/** The entry as an item of a fresh session's history; undefined for what the model need not know. */
export function historyItemOf(entry: TranscriptEntry): HistoryItem | undefined {
  switch (entry.kind) {
    case "caller": {
      if (entry.by === "whisper") return whispered(entry.text);
      const text = entry.modelText ?? entry.text;
      return text === "" ? undefined : { type: "message", role: "user", text };
    }
    case "agent":
      return entry.text === "" || entry.aside === true ? undefined : {
        type: "message",
        role: "agent",
        text: entry.interrupted ? `${entry.text} …` : entry.text,
        ...(entry.said === true && { itemId: entry.id }),
      };
    case "note":
      return { type: "message", role: "system", text: entry.text };
    case "tool":
      return {
        type: "toolCall",
        callId: entry.call.callId,
        name: entry.call.name,
        arguments: entry.call.arguments,
        output: entry.output ?? STILL_RUNNING,
      };
  }
}
