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
  /** Whose tools the model finds and runs by itself. */
  readonly toolServers?: readonly ToolServer[];
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

/** A server of tools that the model is connected to by its provider. */
export interface ToolServer {
  /** Distinct in a set-up. */
  readonly label: string;
  readonly url: string;
  /** Tells the model what it is for. */
  readonly description?: string;
  /** Sent with every request to it. */
  readonly headers: Readonly<Record<string, string>>;
  /** What of the headers nobody but the model's provider may see. */
  readonly secrets: readonly string[];
  /** Those that the model may use; absent for all. */
  readonly tools?: readonly string[];
  /** Those of `tools` that it has to ask for before each run. */
  readonly asks: readonly string[];
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
