import { createRoute, z } from "@hono/zod-openapi";
import type { Agents } from "../config/agents.ts";
import type { PreviewSession } from "../services/calls.ts";
import type { RequireScope } from "./middleware/access.ts";
import { usableAgent } from "./usableAgent.ts";
import { agentName, answer, apiRoutes, errorAnswers } from "./openapi/schemaParts.ts";

/** `/api/agents/{name}/session`: what the model of a call would be sent. */
export function agentSessionRoutes({ access, agents, previewSession }: {
  readonly access: RequireScope;
  readonly agents: Pick<Agents, "get" | "unusable">;
  readonly previewSession: PreviewSession;
}) {
  const routes = apiRoutes();

  routes.openapi({ ...read, middleware: [access("admin")] }, (c) => {
    const { name } = c.req.valid("param");
    const { direction } = c.req.valid("query");
    const agent = usableAgent(agents, name);
    const { greeting, examples, ...preview } = previewSession(agent, direction);
    c.header("Cache-Control", "no-store");
    return c.json({
      agent: name,
      version: agent.version,
      direction,
      ...preview,
      examples: { ...examples },
      greeting: greeting ?? null,
    }, 200);
  });

  return routes;
}

const read = createRoute({
  method: "get",
  path: "/api/agents/{name}/session",
  operationId: "getAgentSession",
  summary: "See what the model is sent",
  description:
    "The session of the Realtime API with which a call would begin now: instructions with their variables filled, tools, voice and turn detection. What only a call knows has examples, and secrets are dots. Nothing is sent. Takes the scope `admin`.",
  tags: ["Agents"],
  request: {
    params: z.object({ name: agentName }),
    query: z.strictObject({
      direction: z.enum(["web", "inbound", "outbound"]).default("web").openapi({
        description: "From a browser, from a phone, or placed by the server",
      }),
    }),
  },
  responses: {
    200: answer(
      "The session",
      z.object({
        agent: z.string(),
        version: z.string(),
        direction: z.string(),
        model: z.string(),
        examples: z.record(z.string(), z.string()).openapi({
          description: "What stands for the variables that a request for a call may give",
        }),
        greeting: z.string().nullable().openapi({ description: "What the agent says first" }),
        session: z.record(z.string(), z.unknown()).openapi({
          description: "As `session` of the event `session.update`",
        }),
      }).openapi("AgentSession"),
    ),
    ...errorAnswers,
  },
});
