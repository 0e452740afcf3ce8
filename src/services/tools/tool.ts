import type { ToolEffect } from "../../call/callInput.ts";
import type { CallDirection } from "../../call/types.ts";
import type { ToolOptions } from "./toolOptions.ts";

/** The call that a tool runs in. */
export interface ToolContext {
  /** Aborted at the time limit, and when the call ends. */
  readonly signal: AbortSignal;
  /** Begins with `try_` where no call asks, but an operator who tries the tool. */
  readonly callId: string;
  readonly direction: CallDirection;
  readonly agent: string;
  /** The number of the far end as Twilio gave it: who called, or was called. Absent for web calls. */
  readonly caller?: string;
  /** The number of our end; absent for web calls. */
  readonly called?: string;
  /** Whether the carrier vouches for `caller`: anyone can forge the number of a call that comes in. */
  readonly callerProven?: boolean;
  /** Name of the API key that asked for the call. */
  readonly keyName?: string;
  /** Those of the request that began the call. */
  readonly variables: Readonly<Record<string, string>>;
  /** The same for the same arguments in the same call; absent where a repetition is to count. */
  readonly idempotencyKey?: string;
  now(): Date;
  /** IANA name of the agent's time zone. */
  readonly timeZone?: string;
  /** Writes a line for the operator. It must hold nothing that a caller has said. */
  log(message: string): void;
  /** How it stands with the recording of the call; `waiting` before it has begun, absent where there is none. */
  readonly recordingState?: "waiting" | "on" | "paused" | "stopped" | "refused" | "failed";
  /** What may be kept of a text of the call; absent where the agent has nothing blacked out. */
  redact?(text: string): string;
  /** Called with what is sent to a service, without its secrets; set where an operator tries the tool. */
  onRequest?(request: ShownRequest): void;
  /** Called with an exception of the tool; set where an operator tries it. */
  onFault?(error: unknown): void;
}

/** A request as an operator may see it: secrets are dots. */
export interface ShownRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Arguments that fit the tool's schema. */
export type ToolArguments = Readonly<Record<string, unknown>>;

/** What the model reads, and what happens to the call. */
export interface ToolResult {
  /** For the model: text goes as it is, anything else as JSON. */
  readonly output: unknown;
  readonly effect?: ToolEffect;
}

export const toolKinds = ["built_in", "http", "typescript", "mcp", "client"] as const;
export type ToolKind = (typeof toolKinds)[number];

/** A function that the model can call. */
export interface Tool {
  readonly name: string;
  /** Absent for `built_in`. */
  readonly kind?: ToolKind;
  /**
   * Where it does its work: an endpoint, a file. Tools of one name, kind and source are one tool, whichever
   * agent offers them; absent where name and kind say it all.
   */
  readonly source?: string;
  /** Tells the model when to use it. */
  readonly description: string;
  /** A JSON Schema object. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** The calls that it is of use in; absent for all. */
  readonly directions?: readonly CallDirection[];
  /** Its own defaults: what the agent's file says of it comes first. */
  readonly options?: ToolOptions;
  /** What an operator is shown of it beside its name, description and parameters. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The signal is aborted at the time limit too. Throws a `ToolError` to tell the model what is wrong. */
  run(args: ToolArguments, context: ToolContext): ToolResult | Promise<ToolResult>;
}

/** The same for what is one tool to the callers of agents that offer it. */
export function identityOf({ name, kind = "built_in", source = "" }: Tool): string {
  return `${name} ${kind} ${source}`;
}

export interface ToolErrorOptions extends ErrorOptions {
  /** The operator has something to mend, and gets a log line. */
  readonly isFault?: boolean;
  /** The tool may have done its work all the same: within the call it is not run again for the same. */
  readonly mayHaveRun?: boolean;
}

/** A failure whose message the model reads, and may correct. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  readonly isFault: boolean;
  readonly mayHaveRun: boolean;
  constructor(
    readonly code: string,
    message: string,
    { isFault = false, mayHaveRun = false, ...options }: ToolErrorOptions = {},
  ) {
    super(message, options);
    this.isFault = isFault;
    this.mayHaveRun = mayHaveRun;
  }
}
