import { createRoute, z } from "@hono/zod-openapi";
import type { BatchState } from "../services/outbound.ts";
import { requireKeys } from "./middleware/access.ts";
import { HttpProblem, phoneNotConfigured, required } from "./middleware/httpProblem.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import { answer, apiRoutes, errorAnswers, json, wholeNumber } from "./openapi/schemaParts.ts";
import { keyNameOf, knownAgent, knownFrom, type OutboundRoutesDeps } from "./outbound.ts";
import { refusalOf } from "./middleware/outboundProblem.ts";
import { batchAnswer, batchIdParam, batchRequest, batchState } from "./openapi/outboundSchemas.ts";

/** Lists of calls, placed one after another. */
export function outboundBatchesRoutes(deps: OutboundRoutesDeps) {
  const { access, hasKeys, ownNumbers: [ownNumber = ""] } = deps;
  const routes = apiRoutes();
  const keyed = requireKeys(hasKeys);
  const creating = [keyed, access("calls:create")];

  routes.openapi(
    { ...add, middleware: [...creating, jsonBody(MAX_BATCH_BYTES)] },
    async (c) => {
      const { batches } = required(deps.outbound, phoneNotConfigured);
      const { agent, from, ...request } = c.req.valid("json");
      const { batchId, accepted, refused } = await batches.create({
        ...request,
        from: knownFrom(from, deps) ?? ownNumber,
        agent: knownAgent(agent, deps),
        keyName: keyNameOf(c.get("caller")),
      });
      const refusals = refused.map(({ index, refusal }) => ({
        index,
        code: refusal.kind === "duplicate" ? refusal.code : refusalOf(refusal).code,
        reason: refusal.code,
        error: refusal.sentence,
      }));
      return c.json({ batchId, accepted, refused: refusals }, 202);
    },
  );

  routes.openapi({ ...progress, middleware: [keyed, access("calls:read")] }, async (c) => {
    const { batches } = required(deps.outbound, phoneNotConfigured);
    const { limit, after } = c.req.valid("query");
    const { id } = c.req.valid("param");
    const found = await batches.state(id, c.get("caller"), { limit, after: after - 1 });
    return c.json(viewOf(required(found, unknownBatch), limit), 200);
  });

  routes.openapi({ ...cancel, middleware: creating }, async (c) => {
    const { batches } = required(deps.outbound, phoneNotConfigured);
    const cancelled = await batches.cancel(c.req.valid("param").id, c.get("caller"));
    return c.json({ success: true, cancelled: required(cancelled, unknownBatch) } as const, 200);
  });

  return routes;
}

/** A thousand numbers, each with some variables. */
const MAX_BATCH_BYTES = 2 * 1024 * 1024;

function viewOf({ batch, items }: BatchState, limit: number) {
  const { id, createdAt, progress } = batch;
  return {
    batchId: id,
    createdAt: new Date(createdAt).toISOString(),
    total: Object.values(progress).reduce((sum, items) => sum + items, 0),
    progress: { ...progress },
    calls: items.map(({ item, number, state, callId, detail }) => ({
      index: item,
      to: number,
      state,
      callId: callId ?? null,
      detail: detail ?? null,
    })),
    next: items.length < limit ? null : (items.at(-1)?.item ?? 0) + 1,
  };
}

function unknownBatch(): HttpProblem {
  return new HttpProblem(404, "unknown_batch", "There is no such batch.");
}

const tags = ["Calling out"];

const add = createRoute({
  method: "post",
  path: "/api/outbound/batch",
  operationId: "placeBatch",
  summary: "Place many phone calls",
  description:
    "Up to 1000, one after another at the rate allowed per number and within the limits of the key. Numbers that may not be dialled are refused at once; the others are accepted.",
  tags,
  request: { body: { required: true, content: json(batchRequest) } },
  responses: { 202: answer("Accepted", batchAnswer), ...errorAnswers },
});

const progress = createRoute({
  method: "get",
  path: "/api/outbound/batch/{id}",
  operationId: "getBatch",
  summary: "Get the progress of a batch",
  description: "`index` counts the accepted calls, from 0.",
  tags,
  request: {
    params: batchIdParam,
    query: z.strictObject({
      limit: wholeNumber({ min: 1, max: 1000, fallback: 100 }),
      after: wholeNumber({ min: 0, max: 1000, fallback: 0 }),
    }),
  },
  responses: { 200: answer("Its calls", batchState), ...errorAnswers },
});

const cancel = createRoute({
  method: "post",
  path: "/api/outbound/batch/{id}/cancel",
  operationId: "cancelBatch",
  summary: "Cancel the remaining calls of a batch",
  description: "Calls that have been dialled continue.",
  tags,
  request: { params: batchIdParam },
  responses: {
    200: answer(
      "How many calls were cancelled",
      z.object({ success: z.literal(true), cancelled: z.number().int() }).openapi("CancelledBatch"),
    ),
    ...errorAnswers,
  },
});
