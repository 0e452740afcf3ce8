import type { ToolEffect } from "../../call/callInput.ts";
import type { CallDirection, Milliseconds } from "../../call/types.ts";

/** The call that a tool runs in. */
export interface ToolContext {
  /** Aborted when the call ends. */
  readonly signal: AbortSignal;
  readonly callId: string;
  readonly direction: CallDirection;
  readonly agent: string;
  /** The number of the far end as Twilio gave it: who called, or was called. Absent for web calls. */
  readonly caller?: string;
  /** Whether the carrier vouches for `caller`: anyone can forge the number of a call that comes in. */
  readonly callerProven?: boolean;
  now(): Date;
  /** IANA name of the agent's time zone. */
  readonly timeZone?: string;
}

/** Arguments that fit the tool's schema. */
export type ToolArguments = Readonly<Record<string, unknown>>;

/** What the model reads, and what happens to the call. */
export interface ToolResult {
  /** For the model: text goes as it is, anything else as JSON. */
  readonly output: unknown;
  readonly effect?: ToolEffect;
}

/** A function that the model can call. */
export interface Tool {
  readonly name: string;
  /** Tells the model when to use it. */
  readonly description: string;
  /** A JSON Schema object. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Instead of the registry's own limit. */
  readonly timeLimitMs?: Milliseconds;
  /** The signal is aborted at the time limit too. Throws a `ToolError` to tell the model what is wrong. */
  run(args: ToolArguments, context: ToolContext): ToolResult | Promise<ToolResult>;
}

/** A failure whose message the model reads, and may correct. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  constructor(readonly code: string, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
