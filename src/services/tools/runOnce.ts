import type { ToolOutcome } from "../../call/session.ts";
import { canonicalJson } from "../../utils/canonicalJson.ts";
import { sha256 } from "../../utils/sha256.ts";
import { errorText } from "./resultText.ts";
import type { ReadArguments } from "./schema/toolArguments.ts";
import { type ToolArguments, ToolError } from "./tool.ts";
import type { ToolMemory } from "./toolMemory.ts";

/** A tool that is about to run. */
export interface OnceRun {
  readonly name: string;
  /** By `identityOf`. */
  readonly tool: string;
  readonly args: ToolArguments;
  readonly readArguments: ReadArguments;
  readonly callId: string;
  readonly memory: ToolMemory | undefined;
  /** What is kept of the arguments, and so all that another session of the call knows of its own. */
  redact?: ((text: string) => string) | undefined;
  run(idempotencyKey: string): Promise<ToolOutcome>;
}

/**
 * Runs a tool, unless it has run in this call with the same arguments or is running: then the outcome of
 * that is returned, without its effect. A failure that was certainly one may be tried again. Rejects as
 * `run` does.
 */
export async function runOnce(
  { name, tool, args, readArguments, callId, memory, redact, run }: OnceRun,
): Promise<ToolOutcome> {
  const key = canonicalJson(args);
  const find = (key: string) =>
    memory?.find({ name, tool }, key, (json) => keyOf(json, readArguments));
  const earlier = find(key) ?? (redact && find(redact(key)));
  if (earlier !== undefined) return repeated(await earlier);
  const running = run(`parley-${sha256(`${callId} ${name} ${key}`).toHex().slice(0, 40)}`);
  memory?.keep(tool, key, running.catch((error) => ({ output: errorText(error), ok: false })));
  try {
    return await running;
  } catch (error) {
    if (!(error instanceof ToolError && error.mayHaveRun)) memory?.forget(tool, key);
    throw error;
  }
}

/** The model reads that nothing was done twice: it may have meant a second one. */
function repeated({ output, ok }: ToolOutcome): ToolOutcome {
  if (!ok) return { output, ok };
  const note = "This was asked for before in this call, with the same arguments. It was done once.";
  return { output: JSON.stringify({ repeated: true, note, result: parsed(output) }), ok };
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return output;
  }
}

function keyOf(json: string, readArguments: ReadArguments): string | undefined {
  try {
    return canonicalJson(readArguments(json));
  } catch {
    return unfitKeyOf(json);
  }
}

/** Of arguments that fitted before something in them was blacked out. */
function unfitKeyOf(json: string): string | undefined {
  try {
    return canonicalJson(JSON.parse(json));
  } catch {
    return undefined;
  }
}
