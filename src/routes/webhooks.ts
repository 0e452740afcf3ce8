import { createRoute, z } from "@hono/zod-openapi";
import type { DeadLetterPosition, WebhookOutbox } from "../services/store.ts";
import type { WebhookDispatcher } from "../services/webhooks.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem, required } from "./middleware/httpProblem.ts";
import { answer, apiRoutes, errorAnswers, wholeNumber } from "./openapi/schemaParts.ts";
import { present } from "../utils/present.ts";

/** `/api/webhooks`: dead letters, sending one again, and a test message. */
export function webhooksRoutes({ access, outbox, webhooks }: {
  readonly access: RequireScope;
  readonly outbox: Pick<WebhookOutbox, "deadLetters">;
  /** Absent where no webhook is set up. */
  readonly webhooks?: Pick<WebhookDispatcher, "sendTest" | "resend"> | undefined;
}) {
  const routes = apiRoutes();

  routes.openapi({ ...list, middleware: [access("setup:read")] }, async (c) => {
    const { limit, after } = c.req.valid("query");
    const dead = await outbox.deadLetters({ limit, ...present({ after }) });
    const last = dead.length < limit ? undefined : dead.at(-1);
    const deliveries = dead.map((letter) => ({
      id: letter.id,
      state: "dead" as const,
      type: letter.eventType,
      callId: letter.callId ?? null,
      attempts: letter.attempts,
      createdAt: new Date(letter.createdAt).toISOString(),
      deadAt: new Date(letter.deadAt).toISOString(),
      lastError: letter.lastError ?? null,
    }));
    return c.json({ deliveries, next: last === undefined ? null : cursorOf(last) }, 200);
  });

  routes.openapi({ ...resend, middleware: [access("admin", "webhook.resend")] }, async (c) => {
    const { id } = c.req.valid("param");
    if (await required(webhooks, notConfigured).resend(id)) {
      return c.json({ success: true, id } as const, 202);
    }
    throw new HttpProblem(404, "unknown_delivery", "There is no dead letter of this id.");
  });

  routes.openapi({ ...test, middleware: [access("admin", "webhook.test")] }, async (c) => {
    return c.json(
      { success: true, id: await required(webhooks, notConfigured).sendTest() } as const,
      202,
    );
  });

  return routes;
}

function notConfigured(): HttpProblem {
  return new HttpProblem(
    503,
    "webhooks_not_configured",
    "No webhook is set up: WEBHOOK_URL and WEBHOOK_SECRET are missing.",
  );
}

const tags = ["Webhooks"];

const accepted = z.object({ success: z.literal(true), id: z.string() }).openapi("QueuedWebhook");

const delivery = z.object({
  id: z.string().openapi({ example: "evt_call_01k9x2m3p4q5r6s7t8v9w0x1y2_call_ended" }),
  state: z.literal("dead"),
  type: z.string().openapi({ example: "call.ended" }),
  callId: z.string().nullable(),
  attempts: z.number(),
  createdAt: z.iso.datetime(),
  deadAt: z.iso.datetime(),
  lastError: z.string().nullable().openapi({ example: "answered 500" }),
}).openapi("WebhookDelivery");

/** A position in the list, written as `<deadAt>-<id>`. */
const position = z.string().regex(/^\d{1,15}-[\w-]{1,200}$/, "must be the next of a page")
  .transform((name): DeadLetterPosition => {
    const [deadAt = ""] = name.split("-", 1);
    return { deadAt: Number(deadAt), id: name.slice(deadAt.length + 1) };
  })
  .openapi({ type: "string", description: "`next` of the previous page" });

function cursorOf({ deadAt, id }: DeadLetterPosition): string {
  return `${deadAt}-${id}`;
}

const list = createRoute({
  method: "get",
  path: "/api/webhooks/deliveries",
  operationId: "listDeliveries",
  summary: "List dead letters",
  description: "Webhooks that could not be delivered, latest first. Takes the scope `setup:read`.",
  tags,
  request: {
    query: z.strictObject({
      state: z.literal("dead", { error: "must be dead" }).default("dead"),
      limit: wholeNumber({ min: 1, max: 200, fallback: 50 }),
      after: position.optional(),
    }),
  },
  responses: {
    200: answer(
      "A page of them",
      z.object({ deliveries: z.array(delivery), next: z.string().nullable() })
        .openapi("WebhookDeliveries"),
    ),
    ...errorAnswers,
  },
});

const resend = createRoute({
  method: "post",
  path: "/api/webhooks/deliveries/{id}/resend",
  operationId: "resendDelivery",
  summary: "Send a dead letter again",
  description: "With all its attempts. Takes the scope `admin`.",
  tags,
  request: {
    params: z.object({ id: z.string().regex(/^[\w-]{1,200}$/, "must be the id of a delivery") }),
  },
  responses: { 202: answer("It is queued", accepted), ...errorAnswers },
});

const test = createRoute({
  method: "post",
  path: "/api/webhooks/test",
  operationId: "sendTestWebhook",
  summary: "Send a test",
  description: "A message of the type `webhook.test`. Takes the scope `admin`.",
  tags,
  responses: { 202: answer("It is queued", accepted), ...errorAnswers },
});
