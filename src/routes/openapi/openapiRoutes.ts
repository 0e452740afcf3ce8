import { transferAsked, transferProgress, transferRequested } from "./transferSchemas.ts";
import { Hono } from "@hono/hono";
import { z } from "@hono/zod-openapi";
import { callDirections } from "../../call/types.ts";
import type { Router } from "../baseRouter.ts";
import { sendTagged, type TaggedText, tagText } from "../middleware/etag.ts";
import { refuseForeignHosts } from "../middleware/requestOrigin.ts";
import { analysis } from "./analysisSchemas.ts";
import { appointment } from "./appointmentSchema.ts";
import { batchSummary } from "./batchResultSchemas.ts";
import { callDetail, callSummary } from "./callSchemas.ts";
import { message, textMessage } from "./messageSchemas.ts";
import { answer, errorAnswers, json } from "./schemaParts.ts";

/**
 * `GET /openapi.json`: all routes of a router, generated from the schemas that validate requests. `sessionCookie`
 * is the name of the session cookie; absent where sign-in is off.
 */
export function openapiRoutes(router: Router, keyed: boolean, sessionCookie?: string): Hono {
  const routes = new Hono();
  let document: TaggedText | undefined;

  routes.get("/openapi.json", refuseForeignHosts(keyed), (c) => {
    // At the first request, when all routes are mounted.
    document ??= tagText(JSON.stringify(describeApi(router, sessionCookie)), "application/json");
    return sendTagged(c, document, { "Cache-Control": "no-cache" });
  });
  return routes;
}

/** The OpenAPI 3.1 document of a router's routes, and of the webhooks that this server sends. */
function describeApi(router: Router, sessionCookie: string | undefined) {
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
  if (sessionCookie !== undefined) {
    registry.registerComponent("securitySchemes", "session", {
      type: "apiKey",
      in: "cookie",
      name: sessionCookie,
      description:
        "Of a person who is signed in, with the scopes of their role. It counts for requests of the server's own page alone: programs and other pages use a key.",
    });
  }
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
      responses: { "2XX": { description: "Accepted; any other answer is retried for a day" } },
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
    security: [
      { bearer: [] },
      { apiKey: [] },
      ...(sessionCookie === undefined ? [] : [{ session: [] }]),
    ],
    tags: [
      { name: "Calling out", description: "Phone calls that this server places." },
      { name: "Do not call", description: "Numbers that this server never calls." },
      { name: "Agents", description: "The agents of this server, and their versions." },
      { name: "Calls", description: "Transcripts, outcomes and cost of calls." },
      { name: "Appointments", description: "What is booked in the calendars of the agents." },
      { name: "Messages", description: "What callers have left, and text messages of agents." },
      { name: "Events", description: "Live events of calls." },
      { name: "Webhooks", description: "Messages that this server sends to yours." },
      { name: "Operation", description: "For the operator of the server." },
    ],
  });
}

const introduction = `A server for voice agents on the phone and in the browser.

**Keys.** Send \`Authorization: Bearer <secret>\` or \`X-API-Key: <secret>\`, with a secret from the setting API_KEYS. A key has scopes: \`calls:create\` places calls and acts on them, \`calls:read\` reads its own calls, \`calls:listen\` hears them live, \`calls:all\` makes that the calls of every key, \`appointments:read\` and \`appointments:write\` are for appointments, \`lists:read\` and \`lists:write\` for messages, text messages and the do-not-call list, \`setup:read\` reads the set-up, the tools of agents and undelivered webhooks, \`metrics\` reads the metrics, \`admin\` does everything, for the calls of every key. A role stands for some of them: \`viewer\` reads all but changes nothing and hears no live call, \`operator\` also acts, listens, calls out and keeps the lists and the calendar, \`admin\` does everything; \`GET /api/me\` says what a key may do. To a key, another key's calls do not exist. A server without keys serves its own machine only.

**Errors.** Every error answer is \`{"error": "A sentence", "code": "snake_case", "requestId": "req_..."}\`, with \`details\` where a request is not valid. 429 and 503 say in \`Retry-After\` when to try again.

**Pages.** The list of calls gives a \`nextCursor\`; pass it as \`cursor\` for the next page. A batch, the do-not-call list and undelivered webhooks give a \`next\`; pass it as \`after\`. Either is null on the last page.

**Times** are ISO 8601 in UTC. Names that end in \`Ms\` are milliseconds.`;

const signed =
  "Sent to WEBHOOK_URL, at least once, signed after the Standard Webhooks specification with WEBHOOK_SECRET: `webhook-signature` holds the base64 HMAC-SHA256 of `id.timestamp.body`.";

const batchNews = batchSummary.extend({ reason: z.string().nullable() });
const about = { callId: z.string(), key: z.string().nullable() };

const messages = [
  [
    "call.started",
    "A call begins",
    z.object({
      ...about,
      direction: z.enum(callDirections),
      agent: z.string(),
      agentVersion: z.string().nullable(),
    }),
  ],
  ["call.answered", "The call is answered", z.object(about)],
  [
    "call.transferred",
    "A caller is to be transferred",
    z.object({ ...about, ...transferAsked, ...transferRequested }),
  ],
  [
    "transfer.progress",
    "A person is called for a transfer, talks with the caller, has hung up, or was not reached",
    z.object({ ...about, ...transferProgress }),
  ],
  [
    "tool.failed",
    "A tool call failed",
    z.object({
      ...about,
      toolCallId: z.string(),
      name: z.string(),
      output: z.string(),
      error: z.string().nullable(),
      durationMs: z.number(),
    }),
  ],
  [
    "call.ended",
    "A call is over, with transcript and cost",
    callDetail.omit({ costSoFar: true, transferNames: true }),
  ],
  [
    "call.analyzed",
    "An analysis of a call is over: made, skipped or given up",
    callSummary.extend({ analysis }),
  ],
  ["message.taken", "A caller has left a message", message],
  ["sms.delivered", "A text message that an agent sent has arrived", textMessage],
  ["sms.failed", "A text message that an agent sent has not arrived", textMessage],
  ["appointment.booked", "An appointment is booked, in a call or by an operator", appointment],
  ["appointment.moved", "An appointment has another time", appointment],
  ["appointment.cancelled", "An appointment is cancelled", appointment],
  ["batch.started", "A batch of calls has begun", batchNews],
  [
    "batch.paused",
    "A batch is paused: by its operator, by failures or by what it has cost",
    batchNews,
  ],
  ["batch.resumed", "A paused batch goes on", batchNews],
  ["batch.cancelled", "The remaining calls of a batch are cancelled", batchNews],
  ["batch.done", "Nothing of a batch is left", batchNews],
  ["webhook.test", "A test message", z.object({ message: z.string() })],
] as const;

/** Routes without a schema of their own. */
function describePlainRoutes({ openAPIRegistry: registry }: Router): void {
  const state = z.object({ status: z.string(), checks: z.record(z.string(), z.unknown()) });
  const incident = z.object({
    code: z.string(),
    subject: z.string().optional(),
    message: z.string(),
    count: z.number(),
    since: z.iso.datetime(),
    last: z.iso.datetime(),
  }).openapi({ description: "A fault that outlasts one call, reported until it is resolved" });
  registry.registerPath({
    method: "get",
    path: "/health",
    operationId: "getHealth",
    summary: "Is the process alive?",
    tags: ["Operation"],
    security: [],
    responses: {
      200: answer(
        "Yes",
        state.extend({
          uptimeSeconds: z.number(),
          calls: z.object({ live: z.number(), max: z.number() }),
          incidents: z.array(incident),
        }),
      ),
      "4XX": errorAnswers["4XX"],
    },
  });
  registry.registerPath({
    method: "get",
    path: "/ready",
    operationId: "getReadiness",
    summary: "Can the server take another call?",
    tags: ["Operation"],
    security: [],
    responses: {
      200: answer("Yes", state),
      503: answer("No: full, draining, overloaded or failing", state),
      "4XX": errorAnswers["4XX"],
    },
  });
  registry.registerPath({
    method: "post",
    path: "/api/web/session",
    operationId: "createWebSession",
    summary: "Create a token for a browser",
    description:
      "A token for one connection to the socket `/web`, offered there as the subprotocols `parley.v1` and `token.<token>` within a minute.",
    tags: ["Calls"],
    request: { body: { content: json(z.strictObject({ agent: z.string().optional() })) } },
    responses: {
      200: answer("The token", z.object({ token: z.string(), expiresAt: z.iso.datetime() })),
      ...errorAnswers,
    },
  });
}
