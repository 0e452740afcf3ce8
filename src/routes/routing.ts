import { createRoute, z } from "@hono/zod-openapi";
import { callDirections } from "../call/types.ts";
import type { AgentSet } from "../config/agents.ts";
import { precallStatuses, type Routing } from "../services/routing.ts";
import { newId } from "../utils/ids.ts";
import { present } from "../utils/present.ts";
import type { RequireScope } from "./middleware/access.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import { agentName, answer, apiRoutes, e164, errorAnswers, json } from "./openapi/schemaParts.ts";
import { knownAgent } from "./outbound.ts";

/** `/api/routing/test`: who would get a call, and why. */
export function routingRoutes({ access, routing, agents, defaultAgent }: {
  readonly access: RequireScope;
  readonly routing: Pick<Routing, "test">;
  readonly agents: AgentSet;
  readonly defaultAgent: string;
}) {
  const routes = apiRoutes();

  routes.openapi({ ...test, middleware: [access("admin"), jsonBody(4096)] }, async (c) => {
    const { from, to, direction, agent: wanted } = c.req.valid("json");
    const named = wanted === undefined ? undefined : knownAgent(wanted, { agents, defaultAgent });
    const [caller, called] = direction === "outbound" ? [to, from] : [from, to];
    const { agent, choice, outside, refuse, precall } = await routing.test({
      callId: newId("call"),
      direction,
      ...present({ named, caller, called }),
    });
    const isChosen = precall?.answer.agent !== undefined;
    return c.json({
      agent,
      because: isChosen ? "call_url" as const : choice.because,
      closed: [...choice.closed, ...(choice.outside === undefined ? [] : [choice.agent])],
      outside: outside?.kind ?? null,
      refused: refuse !== undefined,
      callUrl: precall === undefined ? null : {
        status: precall.status,
        durationMs: precall.durationMs,
        problems: [...precall.problems],
        answer: precall.answer,
      },
    }, 200);
  });

  return routes;
}

const texts = z.record(z.string(), z.string());

const test = createRoute({
  method: "post",
  path: "/api/routing/test",
  operationId: "testRouting",
  summary: "Find out which agent a call would get",
  description: [
    "Places no call. The endpoint of `CALL_URL` is asked, with `test: true`, where it is asked about calls of this direction.",
    "Takes the scope `admin`.",
  ].join(" "),
  tags: ["Agents"],
  request: {
    body: {
      required: true,
      content: json(
        z.strictObject({
          from: e164.optional(),
          to: e164.optional().openapi({ description: "For an inbound call, the called number" }),
          direction: z.enum(callDirections).default("inbound"),
          agent: agentName.optional().openapi({ description: "As if asked for by name" }),
        }).openapi("RoutingQuestion"),
      ),
    },
  },
  responses: {
    200: answer(
      "Who would get it",
      z.object({
        agent: z.string(),
        because: z.enum(["named", "number", "default", "call_url"]).openapi({
          description: "What chose the agent; `closed` may have sent the call on from there",
        }),
        closed: z.array(z.string()).openapi({ description: "Agents that are closed now" }),
        outside: z.enum(["message", "voicemail", "transfer"]).nullable().openapi({
          description: "What is done in the place of a conversation",
        }),
        refused: z.boolean(),
        callUrl: z.object({
          status: z.enum(precallStatuses),
          durationMs: z.number(),
          problems: z.array(z.string()),
          answer: z.object({
            agent: z.string().optional(),
            language: z.string().optional(),
            context: z.string().optional(),
            variables: texts.optional(),
            metadata: texts.optional(),
            refuse: z.union([z.literal(true), z.object({ sentence: z.string() })]).optional(),
          }).openapi({ description: "The parts of it that can be used" }),
        }).nullable().openapi({ description: "Null where the endpoint is not asked" }),
      }).openapi("RoutingAnswer"),
    ),
    ...errorAnswers,
  },
});
