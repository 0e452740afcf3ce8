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
        checks: (await setup.check()).map(({ remedy, values, fix, ...check }) => ({
          ...check,
          remedy: remedy ?? null,
          values: { ...values },
          fix: fix === undefined ? null : { ...fix, values: { ...fix.values } },
        })),
      }, 200),
  );
  return routes;
}

const values = z.record(z.string(), z.union([z.string(), z.number()]));

const setupCheck = z.object({
  part: z.enum(setupParts),
  code: z.string().openapi({
    description:
      "Stable; each is described in docs/doctor.md. Ends in `_ok` where nothing has to be done",
    example: "number_not_connected",
  }),
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
  values: values.openapi({ example: { model: "gpt-realtime", host: "api.openai.com" } }),
  fix: z.object({ code: z.string(), text: z.string(), values }).nullable().openapi({
    description: "What `deno task doctor --fix` can change, after asking; null where it cannot",
  }),
}).openapi("SetupCheck");

const look = createRoute({
  method: "get",
  path: "/api/setup",
  operationId: "getSetup",
  summary: "Check the set-up",
  description:
    "What is on, off or broken, and what mends it. The servers of models, Twilio, the provider of sign-in, hosts of tools, MCP servers and endpoints of webhooks are asked, at most once in five seconds; nothing is changed. Takes the scope `setup:read`.",
  tags: ["Operation"],
  responses: {
    200: answer(
      "What was found, in the order of the parts; a part may have several",
      z.object({ checks: z.array(setupCheck) }).openapi("Setup"),
    ),
    ...errorAnswers,
  },
});
