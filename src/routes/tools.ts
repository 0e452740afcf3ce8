import { createRoute, z } from "@hono/zod-openapi";
import type { Agents } from "../config/agents.ts";
import { TOOL_NAME } from "../config/names.ts";
import { type ShownTool, toolKinds, type ToolTrials } from "../services/tools.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem, required } from "./middleware/httpProblem.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import { unknownAgent, usableAgent } from "./usableAgent.ts";
import { agentName, answer, apiRoutes, errorAnswers, json } from "./openapi/schemaParts.ts";

/** `/api/agents/{name}/tools`: what an agent's tools are, and a way to try one without a call. */
export function toolsRoutes({ access, agents, trials }: {
  readonly access: RequireScope;
  readonly agents: Pick<Agents, "get" | "unusable">;
  readonly trials: ToolTrials;
}) {
  const routes = apiRoutes();

  routes.openapi({ ...all, middleware: [access("setup:read")] }, (c) => {
    const { name } = c.req.valid("param");
    const { tools, problems } = required(trials.list(name), unknownAgent);
    const openServers = (agents.get(name)?.mcp_servers ?? [])
      .flatMap(({ by, tools, name }) => by === "model" && tools === "all" ? [name] : []);
    return c.json({ tools: tools.map(viewTool), openServers, problems: [...problems] }, 200);
  });

  routes.openapi(
    { ...attempt, middleware: [access("admin", "tool.try"), jsonBody(MAX_BODY)] },
    async (c) => {
      const { name, tool } = c.req.valid("param");
      const { arguments: args } = c.req.valid("json");
      const agent = usableAgent(agents, name);
      const trial = required(
        await trials.run(agent, tool, args, c.req.raw.signal),
        () => new HttpProblem(404, "unknown_tool", "The agent has no tool of this name."),
      );
      c.header("Cache-Control", "no-store");
      return c.json({
        ...trial,
        notes: [...trial.notes],
        error: trial.error ?? null,
        effect: trial.effect ?? null,
        fault: trial.fault ?? null,
        request: trial.request === undefined ? null : { body: null, ...trial.request },
      }, 200);
    },
  );

  return routes;
}

const MAX_BODY = 64 * 1024;

function viewTool({ options, ...tool }: ShownTool) {
  return {
    ...tool,
    options: {
      title: options.confirm?.title ?? null,
      say: options.say ?? null,
      async: options.isAsync ?? false,
      confirm: options.confirm === undefined ? false : options.confirm.question ?? true,
      after_heard: [...options.afterHeard ?? []],
      timeout_ms: options.timeoutMs ?? null,
      filler_after_ms: options.fillerAfterMs ?? null,
      redact: [...options.redact ?? []],
      max_result_chars: options.maxResultChars ?? null,
      once: options.once ?? false,
    },
  };
}

const nullable = z.string().nullable();

const tool = z.object({
  name: z.string(),
  kind: z.enum(toolKinds),
  description: z.string(),
  parameters: z.record(z.string(), z.unknown()).openapi({
    description: "A JSON Schema object, as the model gets it",
  }),
  options: z.object({
    title: nullable,
    say: nullable,
    async: z.boolean(),
    confirm: z.union([z.boolean(), z.string()]),
    after_heard: z.array(z.string()),
    timeout_ms: z.number().nullable(),
    filler_after_ms: z.number().nullable(),
    redact: z.array(z.string()),
    max_result_chars: z.number().nullable(),
    once: z.boolean(),
  }),
  details: z.record(z.string(), z.unknown()).openapi({
    description:
      "What its kind has besides, such as `method`, `url` and `headers`; secrets are dots",
  }),
}).openapi("Tool");

const trial = z.object({
  callId: z.string().openapi({ description: "The id that the tool got; begins with `try_`" }),
  ok: z.boolean(),
  output: z.string().openapi({
    description: "What the model would get; what is redacted is dots",
  }),
  error: nullable.openapi({ description: "The code of the error, where it failed" }),
  durationMs: z.number(),
  notes: z.array(z.string()).openapi({ description: "What the tool has logged" }),
  request: z.object({
    method: z.string(),
    url: z.string(),
    headers: z.record(z.string(), z.string()),
    body: nullable,
  }).nullable().openapi({ description: "What was sent to the service; secrets are dots" }),
  effect: nullable.openapi({ description: "What it would have done to a call" }),
  fault: nullable.openapi({ description: "The exception that a tool in TypeScript threw" }),
}).openapi("ToolTrial");

const all = createRoute({
  method: "get",
  path: "/api/agents/{name}/tools",
  operationId: "listTools",
  summary: "List an agent's tools",
  description:
    "With their options and the problems of the agent's file and of its MCP servers: of one that cannot be used, the problems alone. Takes the scope `setup:read`.",
  tags: ["Agents"],
  request: { params: z.object({ name: agentName }) },
  responses: {
    200: answer(
      "The tools",
      z.object({
        tools: z.array(tool),
        openServers: z.array(z.string()).openapi({
          description:
            "MCP servers of which the model itself may call every tool: theirs are not among `tools`",
        }),
        problems: z.array(z.string()),
      }),
    ),
    ...errorAnswers,
  },
});

const attempt = createRoute({
  method: "post",
  path: "/api/agents/{name}/tools/{tool}/try",
  operationId: "tryTool",
  summary: "Try a tool",
  description:
    "Runs the tool really, with what that does outside of calls, as the model would with these arguments, but without a call: nobody is asked for a confirmation, and nothing is recorded. Takes the scope `admin`.",
  tags: ["Agents"],
  request: {
    params: z.object({
      name: agentName,
      tool: z.string().regex(TOOL_NAME, "must be a tool's name"),
    }),
    body: {
      content: json(
        z.strictObject({ arguments: z.record(z.string(), z.unknown()).default({}) }),
      ),
      required: true,
    },
  },
  responses: { 200: answer("What came of it", trial), ...errorAnswers },
});
