import { createRoute } from "@hono/zod-openapi";
import type { AnalyzeRefusal, CallAnalyses } from "../services/analysis.ts";
import type { CallLookup } from "../services/calls.ts";
import { viewAnalysis } from "../services/records.ts";
import type { RequireScope } from "./middleware/access.ts";
import { visibleTo } from "./callFilters.ts";
import { HttpProblem, required, unknownCall } from "./middleware/httpProblem.ts";
import { analyzeAnswer } from "./openapi/analysisSchemas.ts";
import { idempotencyHeader } from "./openapi/outboundSchemas.ts";
import { UNUSABLE } from "./usableAgent.ts";
import { answer, apiRoutes, callIdParam, errorAnswers } from "./openapi/schemaParts.ts";

/** `POST /api/calls/{id}/analyze`: runs the analysis of a call again. */
export function callAnalysisRoutes({ access, lookup, analysis }: {
  readonly access: RequireScope;
  readonly lookup: Pick<CallLookup, "record">;
  readonly analysis: Pick<CallAnalyses, "again">;
}) {
  const routes = apiRoutes();
  routes.openapi(
    { ...analyze, middleware: [access("calls:create", "call.analyze")] },
    async (c) => {
      const call = visibleTo(c.get("caller"), await lookup.record(c.req.valid("param").id));
      const asked = await analysis.again(call, c.req.valid("header")["idempotency-key"]);
      if (typeof asked === "string") throw problemOf(asked);
      const begun = required(viewAnalysis(asked, call) ?? undefined, unknownCall);
      return c.json({ success: true, callId: call.id, analysis: begun } as const, 202);
    },
  );
  return routes;
}

function problemOf(refusal: AnalyzeRefusal): HttpProblem {
  switch (refusal) {
    case "call_live":
      return new HttpProblem(409, "call_live", "The call has not ended.");
    case "unknown_agent":
      return new HttpProblem(409, "unknown_agent", "The agent of this call is gone.");
    case "agent_unusable":
      return new HttpProblem(503, "agent_unusable", UNUSABLE);
    case "no_analysis":
      return new HttpProblem(409, "no_analysis", "The agent's file has no analysis.");
    case "analysis_off":
      return new HttpProblem(503, "analysis_off", "ANALYSIS_MODEL is not set.");
  }
}

const analyze = createRoute({
  method: "post",
  path: "/api/calls/{id}/analyze",
  operationId: "analyzeCall",
  summary: "Analyse a call again",
  description:
    "By the agent's present file, in the background; its end is a `call.analyzed`. Where a run is pending, no other begins. Each run costs: with the same `Idempotency-Key` as the last one, nothing is done.",
  tags: ["Calls"],
  request: { params: callIdParam, headers: idempotencyHeader },
  responses: { 202: answer("The run is pending", analyzeAnswer), ...errorAnswers },
});
