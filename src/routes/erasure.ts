import { createRoute, z } from "@hono/zod-openapi";
import type { CallLookup, EndCall } from "../services/calls.ts";
import type { CallErasure } from "../services/records.ts";
import type { RequireScope } from "./middleware/access.ts";
import { callerParam, erasure } from "./openapi/erasureSchemas.ts";
import { HttpProblem, required, unknownCall } from "./middleware/httpProblem.ts";
import {
  answer,
  apiRoutes,
  callIdParam,
  errorAnswers,
  optionalFlag,
} from "./openapi/schemaParts.ts";

/** Erases the stored data of one call, or of all calls with one number. */
export function erasureRoutes({ access, lookup, erasure, endCall }: {
  readonly access: RequireScope;
  readonly lookup: Pick<CallLookup, "record">;
  readonly erasure: Pick<CallErasure, "eraseNumber" | "eraseCall">;
  readonly endCall: EndCall;
}) {
  const routes = apiRoutes();

  routes.openapi({ ...eraseCall, middleware: [access("admin", "call.erase")] }, async (c) => {
    const call = required(await lookup.record(c.req.valid("param").id), unknownCall);
    const underWay = c.req.valid("query").end === "true";
    const erased = await erasure.eraseCall(call.id, { underWay });
    if (erased === "unknown") throw unknownCall();
    if (erased === "under_way") {
      throw new HttpProblem(
        409,
        "call_live",
        "The call is under way: end it first, or add end=true.",
      );
    }
    // Even where it cannot be ended from here, it is erased when it is over.
    if (erased.pending > 0) await endCall(call, { goodbye: false }).catch(() => false);
    return c.json(erased, 200);
  });

  routes.openapi({ ...eraseCaller, middleware: [access("admin", "caller.erase")] }, async (c) => {
    return c.json(await erasure.eraseNumber(c.req.valid("param").number), 200);
  });

  return routes;
}

const tags = ["Calls"];

const eraseCall = createRoute({
  method: "delete",
  path: "/api/calls/{id}",
  operationId: "eraseCall",
  summary: "Erase one call",
  description:
    "Everything stored of the call, in all instances that share the database: record, transcript, live events, webhooks that are not delivered yet, its entry of a batch, its journal and recording; also for callers without a number. A queued call is not dialled. A call under way is left alone (409 `call_live`), unless `end=true`: then it is ended, and erased as soon as it is over. Takes the scope `admin`.",
  tags,
  request: {
    params: callIdParam,
    query: z.strictObject({ end: optionalFlag("Whether a call that is under way is ended") }),
  },
  responses: { 200: answer("What was erased", erasure), ...errorAnswers },
});

const eraseCaller = createRoute({
  method: "delete",
  path: "/api/callers/{number}",
  operationId: "eraseCaller",
  summary: "Erase one person's calls",
  description:
    "Everything stored of calls with this number (or `sip:` or `client:` name), in all instances that share the database: records, transcripts, live events, webhooks that are not delivered yet, entries of batches, journals, recordings. Queued calls are not dialled. A call under way goes on: it is counted as `pending`, is erased as soon as it ends, is not retried, and no more webhooks are sent for it. A number on the do-not-call list stays on it. Takes the scope `admin`.",
  tags,
  request: { params: callerParam },
  responses: { 200: answer("What was erased", erasure), ...errorAnswers },
});
