import { createRoute, z } from "@hono/zod-openapi";
import { allows, keyRoles, keyScopes } from "../utils/auth.ts";
import type { RequireScope } from "./middleware/access.ts";
import { answer, apiRoutes, errorAnswers, time } from "./openapi/schemaParts.ts";

/** `GET /api/me`: whose key a request has, and what that may do. */
export function meRoutes({ access }: { readonly access: RequireScope }) {
  const routes = apiRoutes();
  routes.openapi({ ...me, middleware: [access("any")] }, (c) => {
    const { keyName = null, role = null, scopes, expiresAt } = c.get("caller");
    return c.json(
      {
        name: keyName,
        role,
        scopes: [...scopes],
        may: keyScopes.filter((scope) => allows(scopes, scope)),
        expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      },
      200,
      { "Cache-Control": "no-store" },
    );
  });
  return routes;
}

const me = createRoute({
  method: "get",
  path: "/api/me",
  operationId: "getMe",
  summary: "Read what this key may do",
  description: "Any key but a public one may ask. A server without keys has no name for who asks.",
  tags: ["Operation"],
  responses: {
    200: answer(
      "The key",
      z.object({
        name: z.string().nullable(),
        role: z.enum(keyRoles).nullable().openapi({ description: "Null for a key without one" }),
        scopes: z.array(z.enum(keyScopes)).openapi({ description: "As the settings give them" }),
        may: z.array(z.enum(keyScopes)).openapi({
          description: "What the key may do: with `admin` every scope",
        }),
        expiresAt: time.nullable(),
      }).openapi("Me"),
    ),
    ...errorAnswers,
  },
});
