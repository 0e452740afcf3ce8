import type { TranscriptTurn } from "../callEvent.ts";
import type { HistoryItem } from "../modelSetup.ts";
import type { ToolCall } from "../realtimeClient.ts";
import type { Milliseconds } from "../types.ts";

/** One thing that was said or done in a call, as far as it has come. */
export type TranscriptEntry = CallerEntry | AgentEntry | ToolEntry;

export interface CallerEntry {
  readonly kind: "caller";
  readonly id: string;
  readonly position: number;
  readonly by: TranscriptTurn["by"];
  readonly startedAt: Milliseconds;
  endedAt: Milliseconds | undefined;
  text: string;
  /** What the model is told where it is not what is shown: keys that nobody else may see. */
  told?: string;
  final: boolean;
}

export interface AgentEntry {
  readonly kind: "agent";
  readonly id: string;
  readonly position: number;
  readonly startedAt: Milliseconds;
  endedAt: Milliseconds | undefined;
  text: string;
  final: boolean;
  interrupted: boolean;
  /** Nobody has heard it: the model wrote it only. */
  unspoken?: boolean;
}

interface ToolEntry {
  readonly kind: "tool";
  readonly id: string;
  readonly position: number;
  readonly call: ToolCall;
  output: string | undefined;
}

/** A line as those who watch are shown it. */
export function turnOf(
  entry: CallerEntry | AgentEntry,
  callStartedAt: Milliseconds,
): TranscriptTurn {
  return {
    id: entry.id,
    role: entry.kind,
    position: entry.position,
    text: entry.text,
    final: entry.final,
    interrupted: entry.kind === "agent" && entry.interrupted,
    by: entry.kind === "caller" ? entry.by : "voice",
    startedMs: Math.round(entry.startedAt - callStartedAt),
    ...(entry.endedAt === undefined ? {} : { endedMs: Math.round(entry.endedAt - callStartedAt) }),
  };
}

/** The same as a fresh model session is told it; nothing for what it need not know. */
export function historyItemOf(entry: TranscriptEntry): HistoryItem | undefined {
  switch (entry.kind) {
    case "caller": {
      const text = entry.told ?? entry.text;
      return text === "" ? undefined : { type: "message", role: "user", text };
    }
    case "agent":
      return entry.text === "" || entry.unspoken === true ? undefined : {
        type: "message",
        role: "agent",
        text: entry.interrupted ? `${entry.text} …` : entry.text,
      };
    case "tool":
      return entry.output === undefined ? undefined : {
        type: "toolCall",
        callId: entry.call.callId,
        name: entry.call.name,
        arguments: entry.call.arguments,
        output: entry.output,
      };
  }
}
