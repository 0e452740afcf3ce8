import { createRoute, z } from "@hono/zod-openapi";
import { allows, keyRoles, keyScopes } from "../utils/auth.ts";
import type { RequireScope } from "./middleware/access.ts";
import { answer, apiRoutes, errorAnswers, time } from "./openapi/schemaParts.ts";

/** `GET /api/me`: whose request it is, and what they may do. */
export function meRoutes({ access }: { readonly access: RequireScope }) {
  const routes = apiRoutes();
  routes.openapi({ ...me, middleware: [access("any")] }, (c) => {
    const { keyName = null, role = null, scopes, sessionId, expiresAt } = c.get("caller");
    return c.json(
      {
        name: keyName,
        role,
        scopes: [...scopes],
        may: keyScopes.filter((scope) => allows(scopes, scope)),
        by: keyName === null ? null : sessionId === undefined ? "key" as const : "sign-in" as const,
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
  summary: "Read what this key or person may do",
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
        by: z.enum(["key", "sign-in"]).nullable().openapi({
          description: "Whether that is the name of a key, or a person who is signed in",
        }),
        expiresAt: time.nullable().openapi({ description: "When the key or the session expires" }),
      }).openapi("Me"),
    ),
    ...errorAnswers,
  },
});
