import { createRoute, z } from "@hono/zod-openapi";
import { type Setup, setupParts, setupStates } from "../services/setup.ts";
import type { RequireScope } from "./middleware/access.ts";
import { answer, apiRoutes, errorAnswers } from "./openapi/schemaParts.ts";

/** `GET /api/setup`: what of the set-up is on, off or broken, and how to mend it. */
export function setupRoutes({ access, setup }: {
  readonly access: RequireScope;
  readonly setup: Setup;
}) {
  const routes = apiRoutes();
  routes.openapi(
    { ...look, middleware: [access("setup:read")] },
    async (c) =>
      c.json({
        checks: (await setup.check()).map((check) => ({
          ...check,
          values: { ...check.values },
          remedy: check.remedy ?? null,
        })),
      }, 200),
  );
  return routes;
}

const setupCheck = z.object({
  part: z.enum(setupParts),
  state: z.enum(setupStates).openapi({
    description: "`off` is a choice, `warning` works with a risk, `broken` does not work",
  }),
  text: z.string().openapi({
    description: "A sentence, in which `{name}` stands for one of the values",
    example: "{model} answers, at {host}.",
  }),
  remedy: z.string().nullable().openapi({
    description: "What mends it, in the same form; null where nothing has to be done",
  }),
  values: z.record(z.string(), z.union([z.string(), z.number()])).openapi({
    example: { model: "gpt-realtime", host: "api.openai.com" },
  }),
}).openapi("SetupCheck");

const look = createRoute({
  method: "get",
  path: "/api/setup",
  operationId: "getSetup",
  summary: "Check the set-up",
  description:
    "What is on, off or broken, and what mends it. The server of the model, Twilio and the provider of sign-in are asked, at most once in five seconds. Takes the scope `setup:read`.",
  tags: ["Operation"],
  responses: {
    200: answer(
      "The parts of the set-up",
      z.object({ checks: z.array(setupCheck) }).openapi("Setup"),
    ),
    ...errorAnswers,
  },
});
