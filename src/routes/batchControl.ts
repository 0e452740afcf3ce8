import { createRoute, z } from "@hono/zod-openapi";
import { viewBatch } from "../services/outbound.ts";
import { viewDetail } from "./batchViews.ts";
import { requireKeys } from "./middleware/access.ts";
import { phoneNotConfigured, required } from "./middleware/httpProblem.ts";
import { jsonBody } from "./middleware/jsonBody.ts";
import {
  batchDetail,
  batchList,
  batchListQuery,
  batchSummary,
} from "./openapi/batchResultSchemas.ts";
import { batchEdit, batchIdParam, batchItemParam, itemEdit } from "./openapi/batchSchemas.ts";
import { answer, apiRoutes, errorAnswers, json } from "./openapi/schemaParts.ts";
import type { AuditAction } from "../services/store.ts";
import type { OutboundRoutesDeps } from "./outbound.ts";
import { unknownBatch } from "./outboundBatches.ts";

/** What operators see of batches, and do with them while they are under way. */
export function batchControlRoutes(
  { access, hasKeys, outbound, now }: OutboundRoutesDeps & { readonly now: () => number },
) {
  const routes = apiRoutes();
  const keyed = requireKeys(hasKeys);
  const reading = { middleware: [keyed, access("calls:read")] };
  const changing = (action: AuditAction) => ({
    middleware: [keyed, access("calls:create", action)],
  });
  const editing = { middleware: [keyed, access("calls:create", "batch.change"), jsonBody()] };
  const batchesOf = () => required(outbound, phoneNotConfigured).batches;

  routes.openapi({ ...list, ...reading }, async (c) => {
    const { limit, cursor: before } = c.req.valid("query");
    const batches = await batchesOf().list(c.get("caller"), { limit, before });
    const nextCursor = batches.length < limit ? null : batches.at(-1)?.id ?? null;
    return c.json({ batches: batches.map(viewBatch), nextCursor }, 200);
  });

  routes.openapi({ ...detail, ...reading }, async (c) => {
    const found = await batchesOf().detail(c.req.valid("param").id, c.get("caller"));
    return c.json(viewDetail(required(found, unknownBatch), now()), 200);
  });

  routes.openapi({ ...edit, ...editing }, async (c) => {
    const { name, startsAt, endsAt, ...plan } = c.req.valid("json");
    const changed = await batchesOf().edit(c.req.valid("param").id, c.get("caller"), {
      name,
      startsAt: momentOf(startsAt),
      endsAt: momentOf(endsAt),
      ...(Object.keys(plan).length > 0 && { plan }),
    });
    return c.json(viewBatch(required(changed, unknownBatch)), 200);
  });

  routes.openapi({ ...pause, ...changing("batch.pause") }, async (c) => {
    const paused = await batchesOf().pause(c.req.valid("param").id, c.get("caller"));
    return c.json(viewBatch(required(paused, unknownBatch)), 200);
  });

  routes.openapi({ ...resume, ...changing("batch.resume") }, async (c) => {
    const resumed = await batchesOf().resume(c.req.valid("param").id, c.get("caller"));
    return c.json(viewBatch(required(resumed, unknownBatch)), 200);
  });

  routes.openapi({ ...editItem, ...editing }, async (c) => {
    const { id, item } = c.req.valid("param");
    const change = { item, ...c.req.valid("json") };
    const changed = await batchesOf().editItem(id, c.get("caller"), change);
    return c.json({ success: required(changed, unknownBatch) }, 200);
  });

  routes.openapi({ ...cancelItem, ...changing("batch.cancel") }, async (c) => {
    const { id, item } = c.req.valid("param");
    const cancelled = await batchesOf().cancelItem(id, c.get("caller"), item);
    return c.json({ success: required(cancelled, unknownBatch) }, 200);
  });

  return routes;
}

function momentOf(text: string | null | undefined): number | null | undefined {
  return typeof text === "string" ? Date.parse(text) : text;
}

const tags = ["Calling out"];
const one = { tags, request: { params: batchIdParam } };
const summary = { 200: answer("The batch", batchSummary), ...errorAnswers };
const done = {
  200: answer("Done", z.object({ success: z.literal(true) }).openapi("BatchItemDone")),
  ...errorAnswers,
};

const list = createRoute({
  method: "get",
  path: "/api/outbound/batches",
  operationId: "listBatches",
  summary: "List batches",
  description: "The latest first: those of the key, or with the scope `calls:all` all.",
  tags,
  request: { query: batchListQuery },
  responses: { 200: answer("A page of batches", batchList), ...errorAnswers },
});

const detail = createRoute({
  method: "get",
  path: "/api/outbound/batches/{id}",
  operationId: "getBatch",
  summary: "Get a batch: how far it is, how its calls ended, and what they cost",
  ...one,
  responses: { 200: answer("The batch", batchDetail), ...errorAnswers },
});

const edit = createRoute({
  method: "patch",
  path: "/api/outbound/batches/{id}",
  operationId: "changeBatch",
  summary: "Change hours, pace, end and retries of a paused batch",
  tags,
  request: { params: batchIdParam, body: { required: true, content: json(batchEdit) } },
  responses: summary,
});

const pause = createRoute({
  method: "post",
  path: "/api/outbound/batches/{id}/pause",
  operationId: "pauseBatch",
  summary: "Pause a batch",
  description: "Nothing more is dialled; calls that have been dialled continue.",
  ...one,
  responses: summary,
});

const resume = createRoute({
  method: "post",
  path: "/api/outbound/batches/{id}/resume",
  operationId: "resumeBatch",
  summary: "Let a paused batch go on",
  ...one,
  responses: summary,
});

const editItem = createRoute({
  method: "patch",
  path: "/api/outbound/batches/{id}/calls/{item}",
  operationId: "changeBatchCall",
  summary: "Change a call of a paused batch that was never dialled",
  tags,
  request: { params: batchItemParam, body: { required: true, content: json(itemEdit) } },
  responses: done,
});

const cancelItem = createRoute({
  method: "delete",
  path: "/api/outbound/batches/{id}/calls/{item}",
  operationId: "cancelBatchCall",
  summary: "Take one call out of a batch that has not been dialled",
  tags,
  request: { params: batchItemParam },
  responses: done,
});
