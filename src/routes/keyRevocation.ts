import { createRoute, z } from "@hono/zod-openapi";
import type { KeyRevocation } from "../services/cluster.ts";
import type { ApiOperations } from "../services/calls.ts";
import { type ApiKey, keyRoles, keyScopes } from "../utils/auth.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { answer, apiRoutes, errorAnswers, keyName, optionalFlag } from "./openapi/schemaParts.ts";

/** `/api/keys`: lists API keys without their secrets, and revokes them. */
export function keyRevocationRoutes({ access, keys, revocation, liveCallsOf }: {
  readonly access: RequireScope;
  /** Those of the settings. */
  readonly keys: readonly ApiKey[];
  readonly revocation: Pick<KeyRevocation, "isRevoked" | "revoke">;
  readonly liveCallsOf: ApiOperations["liveCallsOf"];
}) {
  const routes = apiRoutes();
  const guarded = { middleware: [access("admin")] };

  routes.openapi({ ...list, ...guarded }, (c) => c.json({ keys: keys.map(view) }, 200));

  routes.openapi({ ...revoke, middleware: [access("admin", "key.revoke")] }, async (c) => {
    const { name } = c.req.valid("param");
    const key = keys.find((key) => key.name === name);
    if (key === undefined) {
      throw new HttpProblem(404, "unknown_key", "There is no API key of this name.");
    }
    await revocation.revoke(key);
    const end = c.req.valid("query").endCalls === "true";
    return c.json({ ...view(key), ...await liveCallsOf(name, { end }) }, 200);
  });

  return routes;

  function view(key: ApiKey) {
    const { name, role = null, scopes, expiresAt, page } = key;
    return {
      name,
      role,
      scopes: [...scopes],
      origins: page === undefined ? null : [...page.origins],
      expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
      revoked: revocation.isRevoked(key),
    };
  }
}

const key = z.object({
  name: z.string(),
  role: z.enum(keyRoles).nullable(),
  scopes: z.array(z.enum(keyScopes)),
  origins: z.array(z.string()).nullable().openapi({
    description: "Where a public key may be used; null for any other key",
  }),
  expiresAt: z.iso.datetime().nullable(),
  revoked: z.boolean(),
}).openapi("Key");

const revokedKey = key.extend({
  liveCalls: z.number().openapi({ description: "Calls of the key that continue" }),
  endingCalls: z.number().openapi({ description: "Calls of the key that are being ended" }),
}).openapi("RevokedKey");

const list = createRoute({
  method: "get",
  path: "/api/keys",
  operationId: "listKeys",
  summary: "List API keys",
  description: "Their names and what they may do; never a secret. Takes the scope `admin`.",
  tags: ["Operation"],
  responses: {
    200: answer("The keys of the settings", z.object({ keys: z.array(key) }).openapi("Keys")),
    ...errorAnswers,
  },
});

const revoke = createRoute({
  method: "post",
  path: "/api/keys/{name}/revoke",
  operationId: "revokeKey",
  summary: "Revoke an API key",
  description:
    "At once and permanently, also while the settings still name it; the same name with a new secret works. Calls that it has queued are not dialled. Calls under way go on, and cost, unless `endCalls=true`: then the agent says goodbye and hangs up, at whichever instance, and calls that still ring are cancelled. A revoked key may be revoked again to end its calls. Takes the scope `admin`.",
  tags: ["Operation"],
  request: {
    params: z.object({ name: keyName }),
    query: z.strictObject({
      endCalls: optionalFlag("Whether the calls of the key that are under way are ended too"),
    }),
  },
  responses: { 200: answer("The key, revoked", revokedKey), ...errorAnswers },
});
