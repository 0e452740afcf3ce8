import { createRoute, z } from "@hono/zod-openapi";
import type { SignIn } from "../services/signIn.ts";
import { keyRoles } from "../utils/auth.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { answer, apiRoutes, errorAnswers, time } from "./openapi/schemaParts.ts";

/** `/api/sessions`: who is signed in, and the end of it. */
export function sessionsRoutes({ access, signIn }: {
  readonly access: RequireScope;
  /** Absent where nobody can sign in. */
  readonly signIn: Pick<SignIn, "sessions" | "roleOf"> | undefined;
}) {
  const routes = apiRoutes();

  routes.openapi({ ...list, middleware: [access("admin")] }, (c) => {
    const { sessionId } = c.get("caller");
    const sessions = (signIn?.sessions.list() ?? []).slice(0, MAX_LISTED).map((session) => ({
      id: session.id,
      name: session.person,
      role: signIn?.roleOf(session) ?? null,
      beganAt: new Date(session.beganAt).toISOString(),
      expiresAt: new Date(session.expiresAt).toISOString(),
      isOwn: session.id === sessionId,
    }));
    return c.json({ sessions }, 200, { "Cache-Control": "no-store" });
  });

  routes.openapi({ ...end, middleware: [access("admin", "session.revoke")] }, async (c) => {
    const { id } = c.req.valid("param");
    const session = signIn?.sessions.list().find((one) => one.id === id);
    if (session === undefined) {
      throw new HttpProblem(404, "unknown_session", "Nobody is signed in with this id any more.");
    }
    await signIn?.sessions.end(session);
    return c.body(null, 204);
  });

  return routes;
}

const MAX_LISTED = 500;

const session = z.object({
  id: z.string(),
  name: z.string().openapi({ description: "The address of the person, or `sub:` and an id" }),
  role: z.enum(keyRoles).nullable().openapi({
    description: "By the settings as they are now; null for somebody whom none of them names",
  }),
  beganAt: time,
  expiresAt: time,
  isOwn: z.boolean().openapi({ description: "Whether it is the one of who asks" }),
}).openapi("Session");

const list = createRoute({
  method: "get",
  path: "/api/sessions",
  operationId: "listSessions",
  summary: "List who is signed in",
  description: "The latest first, 500 at most. Takes the scope `admin`.",
  tags: ["Operation"],
  responses: {
    200: answer("The sessions", z.object({ sessions: z.array(session) }).openapi("Sessions")),
    ...errorAnswers,
  },
});

const end = createRoute({
  method: "post",
  path: "/api/sessions/{id}/end",
  operationId: "endSession",
  summary: "Sign somebody out",
  description:
    "At every instance, with the streams that are open. Who is still named in `SIGN_IN_ROLES` can sign in again. Takes the scope `admin`.",
  tags: ["Operation"],
  request: { params: z.object({ id: z.string().regex(/^session_[0-9a-z]{26}$/) }) },
  responses: { 204: { description: "It is over" }, ...errorAnswers },
});
