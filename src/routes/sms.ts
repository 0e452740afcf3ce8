import { createRoute, z } from "@hono/zod-openapi";
import { viewText } from "../services/sms.ts";
import { readCursor, type TextMessageStore, writeCursor } from "../services/store.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { textMessage } from "./openapi/messageSchemas.ts";
import {
  agentName,
  answer,
  apiRoutes,
  callIdParam,
  errorAnswers,
  wholeNumber,
} from "./openapi/schemaParts.ts";
import { present } from "../utils/present.ts";

/** `/api/sms`: the text messages that agents have sent, and what became of them. */
export function smsRoutes({ access, textMessages }: {
  readonly access: RequireScope;
  readonly textMessages: Pick<TextMessageStore, "list">;
}) {
  const routes = apiRoutes();
  routes.openapi({ ...all, middleware: [access("admin")] }, async (c) => {
    const { limit, cursor, ...asked } = c.req.valid("query");
    const after = cursor === undefined ? undefined : readCursor(cursor);
    if (cursor !== undefined && after === undefined) {
      throw new HttpProblem(422, "invalid_cursor", "The cursor is not one of this list.");
    }
    const found = await textMessages.list(present(asked), { limit, ...present({ after }) });
    const last = found.length < limit ? undefined : found.at(-1);
    const nextCursor = last === undefined
      ? null
      : writeCursor({ startedAt: last.sentAt, id: last.id });
    return c.json({ messages: found.map(viewText), nextCursor }, 200);
  });
  return routes;
}

const all = createRoute({
  method: "get",
  path: "/api/sms",
  operationId: "listTextMessages",
  summary: "List the text messages that agents have sent",
  description: "The newest first. Takes the scope `admin`.",
  tags: ["Messages"],
  request: {
    query: z.strictObject({
      limit: wholeNumber({ min: 1, max: 200, fallback: 50 }),
      cursor: z.string().min(1).max(200).optional().openapi({
        description: "`nextCursor` of the page before",
      }),
      agent: agentName.optional(),
      callId: callIdParam.shape.id.optional(),
    }),
  },
  responses: {
    200: answer(
      "A page of them",
      z.object({ messages: z.array(textMessage), nextCursor: z.string().nullable() })
        .openapi("TextMessageList"),
    ),
    ...errorAnswers,
  },
});
