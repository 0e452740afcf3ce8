import type { AudioFormat } from "../utils/audio/audioFormat.ts";

export interface ModelSetup {
  readonly model: string;
  readonly instructions: string;
  readonly voice?: string;
  readonly speed?: number;
  /** Of input and output. */
  readonly format: AudioFormat;
  readonly turnDetection: TurnDetection;
  readonly noiseReduction?: "near_field" | "far_field";
  readonly transcription?: {
    readonly model: string;
    readonly language?: string;
    readonly languages?: readonly string[];
  };
  readonly tools: readonly ToolDeclaration[];
  readonly reasoningEffort?: "minimal" | "low" | "medium" | "high";
  /** A pseudonym of the caller, for the provider's abuse controls; never a phone number. */
  readonly safetyId?: string;
  readonly history: readonly HistoryItem[];
}

/**
 * Who ends the caller's turn. Where the model `interrupts`, it cancels its response when the caller
 * speaks and starts the next one by itself; otherwise Parley decides both, so that a cough need not
 * count.
 */
export type TurnDetection =
  | {
    readonly kind: "server";
    readonly threshold?: number;
    readonly silenceMs?: number;
    readonly prefixMs?: number;
    readonly interrupts: boolean;
  }
  | {
    readonly kind: "semantic";
    readonly eagerness?: "low" | "medium" | "high" | "auto";
    readonly interrupts: boolean;
  }
  /** Parley's own silence detection, or the browser's push-to-talk, commits each turn. */
  | { readonly kind: "manual" };

export interface ToolDeclaration {
  readonly name: string;
  readonly description: string;
  /** A JSON Schema object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** The conversation so far, for a fresh model session; oldest first. */
export type HistoryItem =
  | {
    readonly type: "message";
    readonly role: "user" | "agent" | "system";
    readonly text: string;
    /** For items that a `said` request may still change. */
    readonly itemId?: string;
  }
  | {
    readonly type: "toolCall";
    readonly callId: string;
    readonly name: string;
    readonly arguments: string;
    readonly output: string;
  };
