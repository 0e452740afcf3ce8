import { createRoute, z } from "@hono/zod-openapi";
import type { DoNotCallEntry, DoNotCallList } from "../services/store.ts";
import type { RequireScope } from "./middleware/access.ts";
import { callerNumberParam } from "./openapi/erasureSchemas.ts";
import { HttpProblem, required } from "./middleware/httpProblem.ts";
import { optionalJsonBody } from "./middleware/jsonBody.ts";
import { answer, apiRoutes, errorAnswers, json, wholeNumber } from "./openapi/schemaParts.ts";
import { present } from "../utils/present.ts";

/** `/api/do-not-call`: numbers that are never called. */
export function doNotCallRoutes({ access, list, now }: {
  readonly access: RequireScope;
  readonly list: DoNotCallList;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}) {
  const routes = apiRoutes();
  const reading = { middleware: [access("lists:read")] };

  routes.openapi({ ...all, ...reading }, async (c) => {
    const { limit, after } = c.req.valid("query");
    const entries = await list.list({ limit, ...present({ after }) });
    const next = entries.length < limit ? null : entries.at(-1)?.number ?? null;
    return c.json({ numbers: entries.map(viewOf), next }, 200);
  });

  routes.openapi({ ...one, ...reading }, async (c) => {
    return c.json(await find(c.req.valid("param").number), 200);
  });

  routes.openapi(
    { ...put, middleware: [access("lists:write", "do_not_call.add"), optionalJsonBody(4096)] },
    async (c) => {
      const { number } = c.req.valid("param");
      c.set("audited", { action: "do_not_call.add", subject: lastDigits(number) });
      const { reason } = c.req.valid("json");
      const addedBy = c.get("caller").keyName;
      await list.add({
        number,
        addedAt: now(),
        ...present({ addedBy, reason }),
      });
      return c.json(await find(number), 200);
    },
  );

  routes.openapi(
    { ...remove, middleware: [access("lists:write", "do_not_call.remove")] },
    async (c) => {
      const { number } = c.req.valid("param");
      c.set("audited", { action: "do_not_call.remove", subject: lastDigits(number) });
      if (!await list.remove(number)) throw unlisted();
      return c.body(null, 204);
    },
  );

  return routes;

  async function find(number: string) {
    return viewOf(required(await list.get(number), unlisted));
  }
}

/** So much of a number that it is known again, and nobody is found by it. */
function lastDigits(number: string): string | undefined {
  const digits = /^\+\d*(\d{3})$/.exec(number)?.[1];
  return digits && `…${digits}`;
}

function viewOf({ number, addedAt, addedBy, reason, words, callId }: DoNotCallEntry) {
  return {
    number,
    addedAt: new Date(addedAt).toISOString(),
    addedBy: addedBy ?? null,
    reason: reason ?? null,
    words: words ?? null,
    callId: callId ?? null,
  };
}

function unlisted(): HttpProblem {
  return new HttpProblem(404, "not_listed", "This number is not on the do-not-call list.");
}

const tags = ["Do not call"];

const entry = z.object({
  number: z.string(),
  addedAt: z.iso.datetime(),
  addedBy: z.string().nullable().openapi({
    description: "The name of an API key, or of the agent that was asked during a call.",
  }),
  reason: z.string().nullable(),
  words: z.string().nullable().openapi({
    description: "What the person said, or the key; erased with the call.",
    example: "Stop calling me",
  }),
  callId: z.string().nullable().openapi({ description: "The call in which they said it." }),
}).openapi("DoNotCallEntry");

const all = createRoute({
  method: "get",
  path: "/api/do-not-call",
  operationId: "listDoNotCall",
  summary: "List the do-not-call list",
  description: "In the order of the numbers. Takes the scope `lists:read`.",
  tags,
  request: {
    query: z.strictObject({
      limit: wholeNumber({ min: 1, max: 1000, fallback: 100 }),
      after: callerNumberParam.shape.number.optional(),
    }),
  },
  responses: {
    200: answer(
      "A page of them",
      z.object({ numbers: z.array(entry), next: z.string().nullable() }).openapi("DoNotCallList"),
    ),
    ...errorAnswers,
  },
});

const one = createRoute({
  method: "get",
  path: "/api/do-not-call/{number}",
  operationId: "getDoNotCall",
  summary: "Look up a number on the do-not-call list",
  description: "404 for one that is not on the list. Takes the scope `lists:read`.",
  tags,
  request: { params: callerNumberParam },
  responses: { 200: answer("Its entry", entry), ...errorAnswers },
});

const put = createRoute({
  method: "put",
  path: "/api/do-not-call/{number}",
  operationId: "addDoNotCall",
  summary: "Put a number on the do-not-call list",
  description: "An existing entry is left unchanged. Takes the scope `lists:write`.",
  tags,
  request: {
    params: callerNumberParam,
    body: {
      content: json(z.strictObject({ reason: z.string().max(500).optional() })),
    },
  },
  responses: { 200: answer("Its entry", entry), ...errorAnswers },
});

const remove = createRoute({
  method: "delete",
  path: "/api/do-not-call/{number}",
  operationId: "removeDoNotCall",
  summary: "Take a number off the do-not-call list",
  description: "Takes the scope `lists:write`.",
  tags,
  request: { params: callerNumberParam },
  responses: { 204: { description: "It is off the list" }, ...errorAnswers },
});
