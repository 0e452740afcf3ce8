import type { MiddlewareHandler } from "@hono/hono";
import { createRoute } from "@hono/zod-openapi";
import { type CostSoFarOf, viewCall } from "../services/records.ts";
import type { AuditAction, CallSnippet, CallStore, WordIndex } from "../services/store.ts";
import { present } from "../utils/present.ts";
import { filterFor } from "./callFilters.ts";
import { readSortedCursor } from "./listCursor.ts";
import type { CallerEnv, RequireScope } from "./middleware/access.ts";
import { analysisParameters, type AnalysisParametersEnv } from "./middleware/analysisParameters.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { callList, callListQuery } from "./openapi/callSearchSchemas.ts";
import { answer, apiRoutes, errorAnswers } from "./openapi/schemaParts.ts";

/** More at once that take long are refused: SQLite performs them one after another. */
const MAX_SEARCHES = 20;

/** `GET /api/calls`: finds calls. */
export function callSearchRoutes({ access, callStore, words, costSoFarOf }: {
  readonly access: RequireScope;
  readonly callStore: Pick<CallStore, "list" | "handoffs">;
  readonly words: Pick<WordIndex, "behind">;
  readonly costSoFarOf: CostSoFarOf;
}) {
  const routes = apiRoutes();
  let searches = 0;

  routes.openapi({ ...list, middleware: searchChecks(access) }, async (c) => {
    const { cursor, limit, sort, ...asked } = c.req.valid("query");
    const filter = filterFor(c.get("caller"), asked, c.get("analysisFilters"));
    const after = readSortedCursor(cursor, sort);
    const weight = filter.words ?? filter.numberEnding ? 1 : 0;
    if (weight > 0 && searches >= MAX_SEARCHES) throw busy();
    searches += weight;
    try {
      const [page, unindexed] = await Promise.all([
        callStore.list(filter, { limit, sort, ...present({ after }) }),
        filter.words && words.behind(),
      ]);
      const handedOver = page.calls.filter(({ status, currentAgent }) =>
        status !== "ended" && currentAgent !== undefined
      );
      const handoffs = await callStore.handoffs(handedOver.map(({ id }) => id));
      const calls = page.calls.map((call) => ({
        ...viewCall(call),
        costSoFar: costSoFarOf(call, handoffs.get(call.id)),
        ...present({ found: viewFound(page.snippets?.get(call.id)) }),
      }));
      return c.json({ calls, nextCursor: page.next ?? null, ...present({ unindexed }) }, 200);
    } finally {
      searches -= weight;
    }
  });

  return routes;
}

/** What every request that finds calls goes through. */
export function searchChecks(
  access: RequireScope,
  action?: AuditAction,
): [MiddlewareHandler<CallerEnv>, MiddlewareHandler<AnalysisParametersEnv>] {
  return [access("calls:read", action), analysisParameters()];
}

function viewFound(snippet: CallSnippet | undefined) {
  return snippet && { ...snippet, marks: [...snippet.marks] };
}

function busy(): HttpProblem {
  return new HttpProblem(503, "search_busy", "Too many searches for calls are waiting.", {
    retryAfterSeconds: 2,
  });
}

const list = createRoute({
  method: "get",
  path: "/api/calls",
  operationId: "listCalls",
  summary: "Find calls",
  description:
    "All that is given must fit. A key sees its own calls, one with the scope `calls:all` all. `analysis.NAME=value` selects by a field of the analysis, `analysis.success.NAME=pass` (or `fail`, `unknown`) by a criterion. Where many search at once: 503 `search_busy`.",
  tags: ["Calls"],
  request: { query: callListQuery },
  responses: { 200: answer("A page of calls", callList), ...errorAnswers },
});
