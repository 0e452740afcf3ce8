import type { z } from "zod";
import type { ToolContext } from "../tool.ts";

/** The call that a tool runs in. */
export interface CallContext extends Omit<ToolContext, "onRequest" | "onFault" | "timeZone"> {
  /** IANA name of the agent's time zone. */
  readonly timeZone: string;
}

/** A tool in a file of its own. */
export interface ToolDefinition<Input extends z.ZodType = z.ZodType> {
  /** Optional: it must be the file's name. */
  readonly name?: string;
  /** Tells the model when to use it. */
  readonly description: string;
  /** An object; its `describe` texts are for the model. */
  readonly input: Input;
  /** It changes nothing, so it may run again for the same arguments. */
  readonly readOnly?: boolean;
  /** Its own wish for what the agent's file may say of it: see docs/tools.md. */
  readonly timeoutMs?: number;
  readonly title?: string;
  readonly say?: string;
  readonly async?: boolean;
  readonly confirm?: boolean | string;
  readonly afterHeard?: readonly string[];
  readonly fillerAfterMs?: number;
  readonly redact?: readonly string[];
  readonly maxResultChars?: number;
  readonly once?: boolean;
  /**
   * Returns what the model reads: a text, or what JSON can hold. Throws a `ToolError` to tell the model
   * what is wrong; of any other error it reads only that the tool failed.
   */
  run(input: z.output<Input>, context: CallContext): unknown;
}

/** Gives a tool the types of its input. */
export function defineTool<Input extends z.ZodType>(
  definition: ToolDefinition<Input>,
): ToolDefinition<Input> {
  return definition;
}
