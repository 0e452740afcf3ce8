import type { ToolDeclaration } from "../../call/modelSetup.ts";
import type { ToolCall } from "../../call/realtimeClient.ts";
import type { ToolOutcome } from "../../call/session.ts";
import type { Milliseconds } from "../../call/types.ts";
import { type Tool, type ToolContext, ToolError, type ToolResult } from "./tool.ts";
import { createArgumentReader, type ReadArguments } from "./schema/toolArguments.ts";
import { readToolSchema } from "./schema/toolSchema.ts";
import { present } from "../../utils/present.ts";

export interface ToolRegistryOptions {
  readonly tools: readonly Tool[];
  readonly timeLimitMs?: Milliseconds;
  readonly maxOutputChars?: number;
  /** Called for exceptions other than `ToolError`; the model reads only that the tool failed. */
  readonly onFault?: (toolName: string, error: unknown) => void;
}

/** The tools of an agent. */
export type ToolRegistry = ReturnType<typeof createToolRegistry>;

/** Throws where two tools share a name, or models would refuse one. */
export function createToolRegistry({
  tools,
  timeLimitMs = 20_000,
  maxOutputChars = 16_000,
  onFault = () => {},
}: ToolRegistryOptions) {
  const entries = new Map<string, Entry>();
  for (const tool of tools) {
    if (entries.has(tool.name)) {
      throw new TypeError(`Cannot offer two tools of the name ${tool.name}`);
    }
    entries.set(tool.name, entryOf(tool));
  }
  return {
    /** For the model: names, descriptions and parameters. */
    declarations: [...entries.values()].map(({ declaration }) => declaration),
    /**
     * Never rejects, and settles soon after the time limit or the signal. There is always an output for the
     * model; an error is `{"error": "...", "code": "..."}`.
     */
    async run(call: ToolCall, context: ToolContext): Promise<ToolOutcome> {
      try {
        const entry = entries.get(call.name);
        if (!entry) {
          throw new ToolError(
            "unknown_tool",
            `There is no such tool. There are: ${[...entries.keys()].join(", ")}`,
          );
        }
        const args = entry.readArguments(call.arguments);
        const limitMs = entry.tool.timeLimitMs ?? timeLimitMs;
        const result = await within(
          limitMs,
          context.signal,
          (signal) => entry.tool.run(args, { ...context, signal }),
        );
        return {
          output: encode(result.output, maxOutputChars),
          ok: true,
          ...present({ effect: result.effect }),
        };
      } catch (error) {
        if (!(error instanceof ToolError)) onFault(call.name, error);
        return { output: encodeError(error), ok: false };
      }
    },
  };
}

interface Entry {
  readonly tool: Tool;
  readonly declaration: ToolDeclaration;
  readonly readArguments: ReadArguments;
}

function entryOf(tool: Tool): Entry {
  const { name, description, parameters } = tool;
  try {
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) throw new TypeError("its name is not one for tools");
    const read = readToolSchema(parameters);
    return {
      tool,
      declaration: { name, description, parameters: read.schema },
      readArguments: createArgumentReader(read),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "its parameters are no JSON Schema";
    throw new TypeError(`Cannot offer the tool ${name}: ${reason}`, { cause });
  }
}

/** Settles when the tool is done, at the time limit or at the signal, also for a tool that ignores its signal. */
async function within(
  limitMs: Milliseconds,
  outer: AbortSignal,
  run: (signal: AbortSignal) => ToolResult | Promise<ToolResult>,
): Promise<ToolResult> {
  const abort = new AbortController();
  const over = Promise.withResolvers<never>();
  const stop = (error: ToolError) => {
    over.reject(error);
    abort.abort(error);
  };
  const callEnded = () => stop(new ToolError("call_ended", "The call has ended."));
  const timer = setTimeout(
    () => stop(new ToolError("timeout", "The tool took too long and was stopped.")),
    limitMs,
  );
  outer.addEventListener("abort", callEnded, { once: true });
  try {
    if (outer.aborted) callEnded();
    const done = outer.aborted ? over.promise : Promise.resolve(run(abort.signal));
    return await Promise.race([over.promise, done]);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", callEnded);
  }
}

function encode(output: unknown, maxChars: number): string {
  const text = typeof output === "string" ? output : JSON.stringify(output) ?? "null";
  if (text.length <= maxChars) return text;
  return JSON.stringify({ truncated: true, text: text.slice(0, maxChars).toWellFormed() });
}

function encodeError(error: unknown): string {
  return error instanceof ToolError
    ? JSON.stringify({ error: error.message, code: error.code })
    : JSON.stringify({ error: "The tool failed.", code: "tool_failed" });
}
