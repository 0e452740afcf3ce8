import { type AgentProblem, describeProblem } from "../../config/agentProblem.ts";
import type { Agent, Agents } from "../../config/agents.ts";
import type { ToolEffect } from "../../call/callInput.ts";
import { newId } from "../../utils/ids.ts";
import { present } from "../../utils/present.ts";
import type { Toolbox } from "./agentTools.ts";
import { errorCodeIn } from "../../utils/errorCode.ts";
import type { ShownRequest, ToolKind } from "./tool.ts";
import type { ToolOptions } from "./toolOptions.ts";
import type { ToolRegistry } from "./toolRegistry.ts";

/** A tool of an agent as an operator sees it; secrets are dots. */
export interface ShownTool {
  readonly name: string;
  readonly kind: ToolKind;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly options: ToolOptions;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface ShownTools {
  readonly tools: readonly ShownTool[];
  /** What is wrong with the agent's file and its tools, a line each. */
  readonly problems: readonly string[];
}

/** What came of a tool that was run without a call. */
export interface ToolTrial {
  /** Begins with `try_`. */
  readonly callId: string;
  readonly ok: boolean;
  /** As the model would get it, but with dots for what is redacted. */
  readonly output: string;
  /** The code of the error, where it failed. */
  readonly error?: string;
  readonly durationMs: number;
  /** What the tool has logged. */
  readonly notes: readonly string[];
  /** What was sent to a service. */
  readonly request?: ShownRequest;
  /** What it would have done to the call. */
  readonly effect?: ToolEffect["type"];
  /** The exception that the tool threw. */
  readonly fault?: string;
}

export interface ToolTrialsDeps {
  readonly agents: Pick<Agents, "get" | "problems">;
  readonly toolsOf: Toolbox;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

export type ToolTrials = ReturnType<typeof createToolTrials>;

/** Shows the tools of agents, and runs them for an operator. */
export function createToolTrials({ agents, toolsOf, now }: ToolTrialsDeps) {
  return {
    /** Undefined where there is no such agent. */
    list(name: string): ShownTools | undefined {
      const agent = agents.get(name);
      const problems = agents.problems.get(name) ?? [];
      if (agent === undefined && problems.length === 0) return undefined;
      const tools = agent && toolsOf(agent);
      return {
        tools: tools === undefined ? [] : shownOf(tools),
        problems: [
          ...problems.map((problem: AgentProblem) => describeProblem(`${name}.md`, problem)),
          ...tools?.problems ?? [],
        ],
      };
    },
    /**
     * Really runs a tool, as the model would with these arguments, but asks nobody for a confirmation, and
     * no effect on a call takes place. Undefined where the agent has no such tool.
     */
    async run(
      agent: Agent,
      tool: string,
      args: Readonly<Record<string, unknown>>,
      signal: AbortSignal,
    ): Promise<ToolTrial | undefined> {
      const tools = toolsOf(agent);
      if (tools.remote.tools.some(({ name }) => name === tool)) return notHere();
      if (!tools.declarations.some(({ name }) => name === tool)) return undefined;
      return await tried(tools, { agent, tool, args, signal });
    },
  };

  async function tried(tools: ToolRegistry, { agent, tool, args, signal }: {
    readonly agent: Agent;
    readonly tool: string;
    readonly args: Readonly<Record<string, unknown>>;
    readonly signal: AbortSignal;
  }): Promise<ToolTrial> {
    const callId = newId("try");
    let request: ShownRequest | undefined;
    let fault: string | undefined;
    const notes: string[] = [];
    const call = { callId, name: tool, arguments: JSON.stringify(args) };
    const redaction = tools.redactionOf(tool);
    const hidden = redaction?.hideArguments(call.arguments).hidden ?? [];
    const startedAt = now();
    const { output, ok, effect } = await tools.run(call, {
      signal,
      callId,
      direction: "web",
      agent: agent.name,
      variables: {},
      now: () => new Date(),
      timeZone: agent.timezone,
      log: (note) => {
        if (notes.length < MAX_NOTES) notes.push(String(note).slice(0, MAX_NOTE_CHARS));
      },
      onRequest: (sent) => {
        const hide = (text: string) => redaction?.hideOutput(text, hidden) ?? text;
        const body = sent.body && hide(sent.body);
        request = { ...sent, url: hide(sent.url), ...present({ body }) };
      },
      onFault: (error) => {
        fault = (error instanceof Error ? error.stack ?? error.message : String(error))
          .slice(0, MAX_FAULT_CHARS);
      },
    });
    return {
      callId,
      ok,
      output: redaction?.hideOutput(output, hidden) ?? output,
      durationMs: Math.round(now() - startedAt),
      notes,
      ...present({
        error: ok ? undefined : errorCodeIn(output),
        request,
        effect: effect?.type,
        fault,
      }),
    };
  }
}

/** Only the provider of the model is connected to the tool's server. */
function notHere(): ToolTrial {
  const error =
    "The model runs this tool by itself (by: model): only a call can show what it does.";
  const output = JSON.stringify({ error, code: RUN_BY_MODEL });
  const callId = newId("try");
  return { callId, ok: false, output, error: RUN_BY_MODEL, durationMs: 0, notes: [] };
}

const RUN_BY_MODEL = "run_by_model";
const MAX_FAULT_CHARS = 2000;
const MAX_NOTES = 100;
const MAX_NOTE_CHARS = 500;

function shownOf(tools: ToolRegistry): readonly ShownTool[] {
  const remote = tools.remote.tools.map(({ name, server, options }): ShownTool => ({
    name,
    kind: "mcp",
    description: "The model runs it by itself, and reads of the server what it is for.",
    parameters: {},
    options,
    details: { server, by: "model" },
  }));
  return [...tools.list().map(shown), ...remote];
}

function shown({ tool, options, parameters }: ReturnType<ToolRegistry["list"]>[number]): ShownTool {
  const { name, kind = "built_in", description, details = {} } = tool;
  return { name, kind, description, parameters, options, details };
}
