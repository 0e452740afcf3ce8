import { createRoute, z } from "@hono/zod-openapi";
import { viewText } from "../services/sms.ts";
import type { TextMessageStore } from "../services/store.ts";
import { nextListCursor, readListCursor } from "./listCursor.ts";
import type { RequireScope } from "./middleware/access.ts";
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
  routes.openapi({ ...all, middleware: [access("lists:read")] }, async (c) => {
    const { limit, cursor, ...asked } = c.req.valid("query");
    const after = readListCursor(cursor);
    const found = await textMessages.list(present(asked), { limit, ...present({ after }) });
    const nextCursor = nextListCursor(
      found,
      limit,
      ({ sentAt, id }) => ({ startedAt: sentAt, id }),
    );
    return c.json({ messages: found.map(viewText), nextCursor }, 200);
  });
  return routes;
}

const all = createRoute({
  method: "get",
  path: "/api/sms",
  operationId: "listTextMessages",
  summary: "List the text messages that agents have sent",
  description: "The newest first. Takes the scope `lists:read`.",
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
