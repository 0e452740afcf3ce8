import { createRoute, z } from "@hono/zod-openapi";
import { auditActions, type AuditEntry, type AuditStore } from "../services/store.ts";
import { present } from "../utils/present.ts";
import { nextListCursor, readListCursor } from "./listCursor.ts";
import type { RequireScope } from "./middleware/access.ts";
import {
  answer,
  apiRoutes,
  callerName,
  errorAnswers,
  moment,
  time,
  wholeNumber,
} from "./openapi/schemaParts.ts";

/** `GET /api/audit`: who has done what. */
export function auditRoutes({ access, audit }: {
  readonly access: RequireScope;
  readonly audit: Pick<AuditStore, "list">;
}) {
  const routes = apiRoutes();
  routes.openapi({ ...all, middleware: [access("admin")] }, async (c) => {
    const { limit, cursor, key, from, to, ...asked } = c.req.valid("query");
    const after = readListCursor(cursor);
    const found = await audit.list(
      present({ ...asked, keyName: key, since: from, until: to }),
      { limit, ...present({ after }) },
    );
    const nextCursor = nextListCursor(found, limit, ({ at, id }) => ({ startedAt: at, id }));
    return c.json({ entries: found.map(viewOf), nextCursor }, 200, { "Cache-Control": "no-store" });
  });
  return routes;
}

function viewOf({ id, at, keyName, action, subject, refused, times = 1 }: AuditEntry) {
  return {
    id,
    at: new Date(at).toISOString(),
    key: keyName ?? null,
    action,
    subject: subject ?? null,
    outcome: refused === undefined ? "done" as const : "refused" as const,
    refusal: refused ?? null,
    times,
  };
}

const all = createRoute({
  method: "get",
  path: "/api/audit",
  operationId: "listAudit",
  summary: "List who has done what",
  description:
    "The newest first: who listened to calls, acted on them, placed, tagged or erased them, changed agents, keys, batches, appointments, messages or the do-not-call list, and saved recordings, journals or tables; also what was refused to a key that is known. What one key is refused again for the same reason, or reads again, is one entry every ten minutes. Entries are kept for `AUDIT_DAYS`, also when the call is erased, `AUDIT_ENTRIES` at most, shared evenly among the actions of each key: what takes more than its share loses its oldest. They have nothing of callers. Takes the scope `admin`.",
  tags: ["Operation"],
  request: {
    query: z.strictObject({
      key: callerName.optional(),
      action: z.enum(auditActions).optional(),
      subject: z.string().regex(
        /^(…\d{3}|[\w-]{1,100})$/,
        "must be an id, a name or … and three digits",
      )
        .optional(),
      from: moment.optional(),
      to: moment.optional(),
      limit: wholeNumber({ min: 1, max: 200, fallback: 100 }),
      cursor: z.string().max(200).optional(),
    }),
  },
  responses: {
    200: answer(
      "A page of entries",
      z.object({
        entries: z.array(
          z.object({
            id: z.string(),
            at: time,
            key: z.string().nullable().openapi({
              description: "The name of the key or person; null on a server without keys",
            }),
            action: z.enum(auditActions),
            subject: z.string().nullable().openapi({
              description:
                "The id of a call, batch, message or appointment, the name of an agent or key, or the last three digits of a number; null also where refusals had several",
            }),
            outcome: z.enum(["done", "refused"]),
            refusal: z.string().nullable().openapi({ description: "The code of the error" }),
            times: z.number().openapi({
              description:
                "How often; of refusals and of what was read since the entry before. May still grow within ten minutes, and `at` with it",
            }),
          }).openapi("AuditEntry"),
        ),
        nextCursor: z.string().nullable(),
      }).openapi("AuditList"),
    ),
    ...errorAnswers,
  },
});
