import { createRoute, z } from "@hono/zod-openapi";
import { viewMessage } from "../services/records.ts";
import { messageKinds, type MessageStore } from "../services/store.ts";
import { nextListCursor, readListCursor } from "./listCursor.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem, required } from "./middleware/httpProblem.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import { message } from "./openapi/messageSchemas.ts";
import {
  agentName,
  answer,
  apiRoutes,
  callIdParam,
  errorAnswers,
  json,
  optionalFlag,
  wholeNumber,
} from "./openapi/schemaParts.ts";
import { present } from "../utils/present.ts";

/** `/api/messages`: what callers have left, to be read and marked as done. */
export function messagesRoutes({ access, messages, now }: {
  readonly access: RequireScope;
  readonly messages: Pick<MessageStore, "get" | "list" | "setDone" | "remove">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}) {
  const routes = apiRoutes();
  const reading = { middleware: [access("lists:read")] };
  const changing = [access("lists:write", "message.change"), jsonBody(1024)];

  routes.openapi({ ...all, ...reading }, async (c) => {
    const { limit, cursor, done, ...asked } = c.req.valid("query");
    const after = readListCursor(cursor);
    const found = await messages.list(
      present({ ...asked, done: done === undefined ? undefined : done === "true" }),
      { limit, ...present({ after }) },
    );
    const nextCursor = nextListCursor(found, limit, ({ at, id }) => ({ startedAt: at, id }));
    return c.json({ messages: found.map(viewMessage), nextCursor }, 200);
  });

  routes.openapi({ ...one, ...reading }, async (c) => {
    return c.json(await find(c.req.valid("param").id), 200);
  });

  routes.openapi({ ...change, middleware: changing }, async (c) => {
    const { id } = c.req.valid("param");
    const { done } = c.req.valid("json");
    if (!await messages.setDone(id, done ? now() : undefined)) throw unknown();
    return c.json(await find(id), 200);
  });

  routes.openapi(
    { ...remove, middleware: [access("lists:write", "message.remove")] },
    async (c) => {
      if (!await messages.remove(c.req.valid("param").id)) throw unknown();
      return c.body(null, 204);
    },
  );

  return routes;

  async function find(id: string) {
    return viewMessage(required(await messages.get(id), unknown));
  }
}

function unknown(): HttpProblem {
  return new HttpProblem(404, "unknown_message", "There is no message of this id.");
}

const tags = ["Messages"];

const idParam = z.object({
  id: z.string().regex(/^msg_[0-9a-z]{1,64}$/, "must be msg_ and what follows"),
});

const all = createRoute({
  method: "get",
  path: "/api/messages",
  operationId: "listMessages",
  summary: "List the messages of callers",
  description: "The newest first. Takes the scope `lists:read`.",
  tags,
  request: {
    query: z.strictObject({
      limit: wholeNumber({ min: 1, max: 200, fallback: 50 }),
      cursor: z.string().min(1).max(200).optional().openapi({
        description: "`nextCursor` of the page before",
      }),
      kind: z.enum(messageKinds).optional(),
      agent: agentName.optional(),
      callId: callIdParam.shape.id.optional(),
      done: optionalFlag("Only those that are done, or only those that are not"),
    }),
  },
  responses: {
    200: answer(
      "A page of them",
      z.object({ messages: z.array(message), nextCursor: z.string().nullable() })
        .openapi("MessageList"),
    ),
    ...errorAnswers,
  },
});

const one = createRoute({
  method: "get",
  path: "/api/messages/{id}",
  operationId: "getMessage",
  summary: "Get a message",
  description: "Takes the scope `lists:read`.",
  tags,
  request: { params: idParam },
  responses: { 200: answer("The message", message), ...errorAnswers },
});

const change = createRoute({
  method: "patch",
  path: "/api/messages/{id}",
  operationId: "markMessage",
  summary: "Mark a message as done, or as not done",
  description: "Takes the scope `lists:write`.",
  tags,
  request: {
    params: idParam,
    body: { required: true, content: json(z.strictObject({ done: z.boolean() })) },
  },
  responses: { 200: answer("The message", message), ...errorAnswers },
});

const remove = createRoute({
  method: "delete",
  path: "/api/messages/{id}",
  operationId: "deleteMessage",
  summary: "Delete a message",
  description:
    "Its recording stays at Twilio until it is deleted there. Takes the scope `lists:write`.",
  tags,
  request: { params: idParam },
  responses: { 204: { description: "It is deleted" }, ...errorAnswers },
});
