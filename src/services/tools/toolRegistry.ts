import type { ToolDeclaration } from "../../call/modelSetup.ts";
import type { ToolCall } from "../../call/realtimeClient.ts";
import type { ToolOutcome } from "../../call/session.ts";
import type { AnswerWords, ConfirmPolicy, ToolPolicy } from "../../call/toolPolicy.ts";
import type { CallDirection, Milliseconds } from "../../call/types.ts";
import { TOOL_NAME } from "../../config/names.ts";
import type { ToolOptionsEntry } from "../../config/toolOptionsSchema.ts";
import { present } from "../../utils/present.ts";
import type { RemoteTools } from "./mcp/remoteTools.ts";
import { createRedaction, type Redaction } from "./redaction.ts";
import { errorText, resultText } from "./resultText.ts";
import { runOnce } from "./runOnce.ts";
import { createArgumentReader, type ReadArguments } from "./schema/toolArguments.ts";
import { propertiesOf } from "./schema/schemaRewrite.ts";
import { readToolSchema } from "./schema/toolSchema.ts";
import { withinTime } from "./timeLimit.ts";
import { identityOf, type Tool, type ToolArguments, type ToolContext, ToolError } from "./tool.ts";
import type { ToolMemory } from "./toolMemory.ts";
import { policyOf, type ToolOptions, withEntry } from "./toolOptions.ts";

export interface ToolRegistryOptions {
  readonly tools: readonly Tool[];
  /** What the agent's file says of single tools, by name. */
  readonly entries?: Readonly<Record<string, ToolOptionsEntry>>;
  /** How callers agree to tools, and refuse them, beside the words that are built in. */
  readonly confirmWords?: AnswerWords;
  /** What the model runs by itself. */
  readonly remote?: RemoteTools;
  /** What is left out of the tools for now, a sentence each. */
  readonly problems?: readonly string[];
  readonly timeLimitMs?: Milliseconds;
  readonly maxOutputChars?: number;
  /**
   * Called for failures that are not the model's doing: exceptions other than `ToolError`, of which the
   * model reads only that the tool failed, and errors that are a fault.
   */
  readonly onFault?: (toolName: string, error: unknown) => void;
}

/** The tools of an agent. */
export type ToolRegistry = ReturnType<typeof createToolRegistry>;

/** Throws where two tools share a name, or models would refuse one. */
export function createToolRegistry({
  tools,
  entries: given = {},
  confirmWords: words,
  remote = { servers: [], tools: [] },
  problems = [],
  timeLimitMs = 20_000,
  maxOutputChars = 16_000,
  onFault = () => {},
}: ToolRegistryOptions) {
  const entries = new Map<string, Entry>();
  for (const tool of tools) {
    if (entries.has(tool.name)) {
      throw new TypeError(`Cannot offer two tools of the name ${tool.name}`);
    }
    entries.set(tool.name, entryOf(tool, given[tool.name] ?? {}));
  }
  const policies = new Map<string, ToolPolicy>();
  const demand = (
    name: string,
    options: ToolOptions,
    more: ConfirmPolicy = {},
  ) => {
    const { confirm, ...policy } = policyOf(options) ?? {};
    const asking = confirm && { confirm: { ...confirm, ...more, ...present({ words }) } };
    if (confirm !== undefined || Object.keys(policy).length > 0) {
      policies.set(name, { ...policy, ...asking });
    }
  };
  for (const [name, { options, declared }] of entries) {
    demand(name, options, present({ declared }));
  }
  for (const { name, options } of remote.tools) {
    demand(name, options);
    // Of its own tools this server sees to that itself.
    if (options.once === true) policies.set(name, { ...policies.get(name), once: true });
  }
  const redactions = new Map(
    remote.tools.flatMap(({ name, options: { redact } }) =>
      redact === undefined ? [] : [[name, createRedaction(redact)] as const]
    ),
  );

  async function attempt(entry: Entry, args: ToolArguments, context: ToolContext) {
    const { tool, options } = entry;
    const result = await withinTime(
      options.timeoutMs ?? timeLimitMs,
      context.signal,
      (signal) => tool.run(args, { ...context, signal }),
    );
    return {
      output: resultText(result.output, options.maxResultChars ?? maxOutputChars),
      ok: true,
      ...present({ effect: result.effect }),
    };
  }

  return {
    /** For the model: names, descriptions and parameters. */
    declarations: [...entries.values()].map(({ declaration }) => declaration),
    /** Those that are of use in a call of this direction. */
    declarationsFor: (direction: CallDirection): readonly ToolDeclaration[] =>
      [...entries.values()].filter(({ tool: { kind, directions = [direction] } }) =>
        (kind !== "client" || direction === "web") && directions.includes(direction)
      )
        .map(({ declaration }) => declaration),
    /** What the call demands of single tools, by name. */
    policies: Object.fromEntries(policies) as Readonly<Record<string, ToolPolicy>>,
    /** The tools with the options that are in force, in the order of the declarations. */
    list: (): readonly ListedTool[] =>
      [...entries.values()].map(({ tool, options, declaration }) => ({
        tool,
        options: { timeoutMs: timeLimitMs, maxResultChars: maxOutputChars, ...options },
        parameters: declaration.parameters,
      })),
    /** What is hidden of a tool's arguments and result; undefined for nothing. */
    redactionOf: (name: string): Redaction | undefined =>
      entries.get(name)?.redaction ?? redactions.get(name),
    /** What the model is to be connected to, and runs the tools of. */
    remote,
    /** What is left out of the tools for now, a sentence each. */
    problems,
    /** What tells the tool of a name from those that other agents have under it. */
    identityOf(name: string): string | undefined {
      const tool = entries.get(name)?.tool;
      return tool && identityOf(tool);
    },
    /**
     * Never rejects, and settles soon after the time limit or the signal. There is always an output for the
     * model; an error is `{"error": "...", "code": "..."}`. What `memory` has of the same tool with the same
     * arguments is returned in the place of another run, where the tool is one to run once.
     */
    async run(call: ToolCall, context: ToolContext, memory?: ToolMemory): Promise<ToolOutcome> {
      try {
        const entry = entries.get(call.name);
        if (!entry) {
          throw new ToolError(
            "unknown_tool",
            `There is no such tool. There are: ${[...entries.keys()].join(", ")}`,
          );
        }
        const args = entry.readArguments(call.arguments);
        if (entry.options.once !== true) return await attempt(entry, args, context);
        return await runOnce({
          name: call.name,
          tool: identityOf(entry.tool),
          args,
          readArguments: entry.readArguments,
          callId: context.callId,
          memory,
          redact: context.redact,
          run: (idempotencyKey) => attempt(entry, args, { ...context, idempotencyKey }),
        });
      } catch (error) {
        if (!(error instanceof ToolError)) context.onFault?.(error);
        if (!(error instanceof ToolError) || error.isFault) onFault(call.name, error);
        return { output: errorText(error), ok: false };
      }
    },
  };
}

export interface ListedTool {
  readonly tool: Tool;
  readonly options: ToolOptions;
  /** As the model gets them. */
  readonly parameters: ToolDeclaration["parameters"];
}

interface Entry {
  readonly tool: Tool;
  readonly options: ToolOptions;
  readonly redaction: Redaction | undefined;
  readonly declaration: ToolDeclaration;
  readonly readArguments: ReadArguments;
  /** The names of its arguments, where others are dropped. */
  readonly declared: readonly string[] | undefined;
}

function entryOf(tool: Tool, given: ToolOptionsEntry): Entry {
  const { name, description, parameters } = tool;
  try {
    if (!TOOL_NAME.test(name)) throw new TypeError("its name is not one for tools");
    const read = readToolSchema(parameters);
    const options = withEntry(tool.options ?? {}, given);
    return {
      tool,
      options,
      redaction: options.redact === undefined ? undefined : createRedaction(options.redact),
      declaration: { name, description, parameters: read.schema },
      readArguments: createArgumentReader(read),
      declared: read.closedByDefault ? Object.keys(propertiesOf(read.schema)) : undefined,
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "its parameters are no JSON Schema";
    throw new TypeError(`Cannot offer the tool ${name}: ${reason}`, { cause });
  }
}
