import type { Env } from "@hono/hono";
import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { callDetail } from "./callSchemas.ts";
import { errorAnswers, json } from "./schemaParts.ts";

/** The OpenAPI 3.1 document of a router's routes, and of what this server asks of others. */
export function describeApi<E extends Env>(router: OpenAPIHono<E>) {
  const { openAPIRegistry: registry } = router;
  registry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "An API key, as `Authorization: Bearer <secret>`.",
  });
  registry.registerComponent("securitySchemes", "apiKey", {
    type: "apiKey",
    in: "header",
    name: "X-API-Key",
  });
  describePlainRoutes(router);
  for (const [type, summary, data] of messages) {
    registry.registerWebhook({
      method: "post",
      path: type,
      operationId: `on${
        type.split(".").map((word) => word[0]?.toUpperCase() + word.slice(1)).join("")
      }`,
      summary,
      description: signed,
      tags: ["Webhooks"],
      request: {
        headers: z.object({
          "webhook-id": z.string().openapi({ description: "The same on every attempt" }),
          "webhook-timestamp": z.string().openapi({ description: "Seconds since 1970" }),
          "webhook-signature": z.string().openapi({ example: "v1,K5oZfzN95Z9UVu1EsfQmfV..." }),
        }),
        body: {
          required: true,
          content: json(z.object({ type: z.literal(type), timestamp: z.iso.datetime(), data })),
        },
      },
      responses: { "2XX": { description: "Taken; anything else is tried again for a day" } },
    });
  }
  return router.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Parley",
      version: "1",
      description: introduction,
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
    },
    servers: [{ url: "/", description: "Where this document was read" }],
    security: [{ bearer: [] }, { apiKey: [] }],
    tags: [
      { name: "Calling out", description: "Phone calls that this server places." },
      { name: "Do not call", description: "Numbers that this server never calls." },
      { name: "Calls", description: "What was said, how calls ended, and what they cost." },
      { name: "Events", description: "What happens in calls, while it happens." },
      { name: "Webhooks", description: "What this server tells yours." },
      { name: "Operation", description: "For whoever keeps the server running." },
    ],
  });
}

const introduction = `A server for voice agents on the phone and in the browser.

**Keys.** Send \`Authorization: Bearer <secret>\` or \`X-API-Key: <secret>\`, with a secret from the setting API_KEYS. A key has scopes: \`calls:create\` places calls and acts on them, \`calls:read\` reads its own calls, \`metrics\` reads the figures, \`admin\` does everything, for the calls of every key. To a key, another key's calls do not exist. A server without keys serves its own machine only.

**Errors.** Whatever goes wrong, the answer is \`{"error": "A sentence", "code": "snake_case", "requestId": "req_..."}\`, with \`details\` where a request is not valid. 429 and 503 tell by \`Retry-After\` when to try again.

**Pages.** The list of calls gives a \`nextCursor\`; pass it as \`cursor\` for the next page. A batch, the do-not-call list and undelivered webhooks give a \`next\`; pass it as \`after\`. Either is null on the last page.

**Times** are ISO 8601 in UTC. Names that end in \`Ms\` are milliseconds.`;

const signed =
  "Sent to WEBHOOK_URL, at least once, signed after the Standard Webhooks specification with WEBHOOK_SECRET: `webhook-signature` holds the base64 HMAC-SHA256 of `id.timestamp.body`.";

const about = { callId: z.string(), key: z.string().nullable() };

const messages = [
  [
    "call.started",
    "A call begins",
    z.object({ ...about, direction: z.enum(["inbound", "outbound", "web"]), agent: z.string() }),
  ],
  ["call.answered", "Somebody is on the line", z.object(about)],
  ["call.transferred", "A caller is transferred", z.object({ ...about, to: z.string() })],
  [
    "tool.failed",
    "A tool did not do its work",
    z.object({
      ...about,
      toolCallId: z.string(),
      name: z.string(),
      output: z.string(),
      durationMs: z.number(),
    }),
  ],
  ["call.ended", "A call is over, with transcript and cost", callDetail],
  ["webhook.test", "Somebody wants to see whether it arrives", z.object({ message: z.string() })],
] as const;

/** Routes that take nothing to be checked, or check it by hand. */
function describePlainRoutes<E extends Env>({ openAPIRegistry: registry }: OpenAPIHono<E>): void {
  const state = z.object({ status: z.string(), checks: z.record(z.string(), z.unknown()) });
  const incident = z.object({
    code: z.string(),
    subject: z.string().optional(),
    message: z.string(),
    count: z.number(),
    since: z.iso.datetime(),
    last: z.iso.datetime(),
  }).openapi({ description: "A fault that outlasts one call, and stands until it is resolved" });
  registry.registerPath({
    method: "get",
    path: "/health",
    operationId: "getHealth",
    summary: "Does the process live?",
    tags: ["Operation"],
    security: [],
    responses: {
      200: {
        description: "It does",
        content: json(state.extend({
          uptimeSeconds: z.number(),
          calls: z.object({ live: z.number(), max: z.number() }),
          incidents: z.array(incident),
        })),
      },
      "4XX": errorAnswers["4XX"],
    },
  });
  registry.registerPath({
    method: "get",
    path: "/ready",
    operationId: "getReadiness",
    summary: "Does another call fit?",
    tags: ["Operation"],
    security: [],
    responses: {
      200: { description: "It does", content: json(state) },
      503: { description: "It does not: full, draining or failing", content: json(state) },
      "4XX": errorAnswers["4XX"],
    },
  });
  registry.registerPath({
    method: "post",
    path: "/api/web/session",
    operationId: "createWebSession",
    summary: "Let a browser talk",
    description:
      "A token for one connection to the socket `/web`, offered there as the subprotocols `parley.v1` and `token.<token>` within a minute.",
    tags: ["Calls"],
    request: { body: { content: json(z.strictObject({ agent: z.string().optional() })) } },
    responses: {
      200: {
        description: "The token",
        content: json(z.object({ token: z.string(), expiresAt: z.iso.datetime() })),
      },
      ...errorAnswers,
    },
  });
}
