import { createRoute, z } from "@hono/zod-openapi";
import type { AskedBatch } from "./batchRequest.ts";
import { askedByJson, askedByTable, batchBody, tableOf } from "./batchRequest.ts";
import { viewChecks, viewPreview, viewRefused, viewState } from "./batchViews.ts";
import { type Caller, requireKeys } from "./middleware/access.ts";
import { HttpProblem, phoneNotConfigured, required } from "./middleware/httpProblem.ts";
import { batchState } from "./openapi/batchResultSchemas.ts";
import {
  batchAnswer,
  batchIdParam,
  batchPreview,
  batchRequest,
  csvForm,
  csvQuery,
} from "./openapi/batchSchemas.ts";
import { idempotencyHeader } from "./openapi/outboundSchemas.ts";
import { answer, apiRoutes, errorAnswers, json, wholeNumber } from "./openapi/schemaParts.ts";
import { slicedJson } from "./slicedJson.ts";
import { keyNameOf, knownAgent, knownFrom, type OutboundRoutesDeps } from "./outbound.ts";

/** Lists of calls, placed one after another: sending, previewing and cancelling them. */
export function outboundBatchesRoutes(deps: OutboundRoutesDeps) {
  const { access, hasKeys, ownNumbers: [ownNumber = ""] } = deps;
  const routes = apiRoutes();
  const keyed = requireKeys(hasKeys);
  const taking = { middleware: [keyed, access("calls:create"), batchBody()] };
  const creating = { middleware: [keyed, access("calls:create", "batch.create"), batchBody()] };
  const cancelling = { middleware: [keyed, access("calls:create", "batch.cancel")] };

  for (const route of [add, addShort]) {
    routes.openapi({ ...route, ...creating }, async (c) => {
      const asked = await askedOf(c, c.req.valid("json"), c.req.valid("query").options);
      const { batches } = required(deps.outbound, phoneNotConfigured);
      const { batchId, accepted, refused, missing } = await batches.create(
        requestOf(asked, c.get("caller")),
        c.req.valid("header")["idempotency-key"],
      );
      c.set("audited", { action: "batch.create", subject: batchId });
      const rows = viewRefused(refused);
      const told = missing.length === 0 ? {} : { missingVariables: [...missing] };
      return slicedJson(202, { batchId, accepted, ...told }, "refused", rows);
    });
  }

  routes.openapi({ ...preview, ...taking }, async (c) => {
    const asked = await askedOf(c, c.req.valid("json"), c.req.valid("query").options);
    const { batches } = required(deps.outbound, phoneNotConfigured);
    const found = await batches.preview(requestOf(asked, c.get("caller")));
    const rows = viewChecks(found.calls);
    return slicedJson(200, viewPreview(found, asked), "calls", rows);
  });

  routes.openapi({ ...progress, middleware: [keyed, access("calls:read")] }, async (c) => {
    const { batches } = required(deps.outbound, phoneNotConfigured);
    const { limit, after } = c.req.valid("query");
    const { id } = c.req.valid("param");
    const found = await batches.state(id, c.get("caller"), { limit, after: after - 1 });
    return c.json(viewState(required(found, unknownBatch), limit), 200);
  });

  for (const route of [cancel, cancelShort]) {
    routes.openapi({ ...route, ...cancelling }, async (c) => {
      const { batches } = required(deps.outbound, phoneNotConfigured);
      const cancelled = await batches.cancel(c.req.valid("param").id, c.get("caller"));
      const answered = { success: true, cancelled: required(cancelled, unknownBatch) } as const;
      return c.json(answered, 200);
    });
  }

  return routes;

  function requestOf({ table, agent, from, ...rest }: AskedBatch, caller: Caller) {
    return {
      ...{ ...rest, columns: table?.columns },
      from: knownFrom(from, deps) ?? ownNumber,
      agent: knownAgent(agent, deps),
      keyName: keyNameOf(caller),
    };
  }
}

/** The answer where an asker has no batch of that id. */
export function unknownBatch(): HttpProblem {
  return new HttpProblem(404, "unknown_batch", "There is no such batch.");
}

async function askedOf(
  context: object,
  request: z.infer<typeof batchRequest> | string,
  options: string | undefined,
): Promise<AskedBatch> {
  const sent = tableOf(context);
  if (sent !== undefined) return await askedByTable(sent.bytes, options ?? sent.options);
  // A text has been read as a table.
  if (typeof request === "string") throw new Error("Cannot read the batch: it is a text");
  return askedByJson(context, request);
}

const tags = ["Calling out"];

const takes = {
  tags,
  request: {
    headers: idempotencyHeader,
    query: csvQuery,
    // Not required for the library alone, which would ask a table to be JSON; another body is refused.
    body: {
      content: {
        ...json(batchRequest),
        "text/csv": { schema: z.string() },
        ...csvForm,
      },
    },
  },
};

const description =
  "Up to 1000 calls as JSON, or 10,000 as a CSV file whose headings name the number's column and variables; called at the pace allowed per number, by the batch and by the limits of the key. A form (`multipart/form-data`) may have the file as `file`, and `options`. Calls that may not be placed are refused at once; the others are accepted.";

const accepted = { 202: answer("Accepted", batchAnswer), ...errorAnswers };

const add = createRoute({
  method: "post",
  path: "/api/outbound/batches",
  operationId: "createBatch",
  summary: "Place many phone calls",
  description,
  ...takes,
  responses: accepted,
});

const addShort = createRoute({
  method: "post",
  path: "/api/outbound/batch",
  operationId: "placeBatch",
  summary: "The same under its older address",
  description,
  ...takes,
  responses: accepted,
});

const preview = createRoute({
  method: "post",
  path: "/api/outbound/batches/preview",
  operationId: "previewBatch",
  summary: "What would become of a batch",
  description: "Says of each call what would be done with it; keeps and places nothing.",
  ...takes,
  responses: { 200: answer("What would become of each call", batchPreview), ...errorAnswers },
});

const progress = createRoute({
  method: "get",
  path: "/api/outbound/batch/{id}",
  operationId: "getBatchCalls",
  summary: "Get the calls of a batch",
  description: "`index` is the place of a call in the request, from 0, refused ones included.",
  tags,
  request: {
    params: batchIdParam,
    query: z.strictObject({
      limit: wholeNumber({ min: 1, max: 1000, fallback: 100 }),
      after: wholeNumber({ min: 0, max: 10_000, fallback: 0 }),
    }),
  },
  responses: { 200: answer("Its calls", batchState), ...errorAnswers },
});

const cancelled = {
  description:
    "Calls that have been dialled continue. A batch that is cancelled already has 0 calls cancelled; one that is done is refused with 409 `batch_over`.",
  tags,
  request: { params: batchIdParam },
  responses: {
    200: answer(
      "How many calls were cancelled: none of them is dialled any more",
      z.object({ success: z.literal(true), cancelled: z.number().int() }).openapi("CancelledBatch"),
    ),
    ...errorAnswers,
  },
};

const cancel = createRoute({
  method: "post",
  path: "/api/outbound/batches/{id}/cancel",
  operationId: "cancelBatch",
  summary: "Cancel the remaining calls of a batch",
  ...cancelled,
});

const cancelShort = createRoute({
  method: "post",
  path: "/api/outbound/batch/{id}/cancel",
  operationId: "cancelBatchShort",
  summary: "The same under its older address",
  ...cancelled,
});
