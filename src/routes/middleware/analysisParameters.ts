import type { MiddlewareHandler } from "@hono/hono";
import type { AnalysisFilter } from "../../services/store.ts";
import { fieldProblem, HttpProblem } from "./httpProblem.ts";

/** Where the handler finds what the query asks of analyses. */
export interface AnalysisParametersEnv {
  readonly Variables: { analysisFilters: readonly AnalysisFilter[] };
}

/** Parameters such as `analysis.topic` and `analysis.success.booked`. */
const PARAMETER = /^analysis\.(?:(success)\.)?([A-Za-z]\w{0,63})$/;
const MAX_PARAMETERS = 10;
const MAX_CHARS = 400;

/**
 * Takes the parameters whose names an agent's file gives out of the query, so that the route's schema still
 * refuses all others. Throws a 422 `HttpProblem`.
 */
export function analysisParameters(): MiddlewareHandler<AnalysisParametersEnv> {
  return async function analysisParameters(c, next) {
    const url = new URL(c.req.url);
    const found: AnalysisFilter[] = [];
    for (const [parameter, value] of [...url.searchParams]) {
      const [, success, name] = PARAMETER.exec(parameter) ?? [];
      if (name === undefined) continue;
      if (value.length > MAX_CHARS || found.length >= MAX_PARAMETERS) throw tooMuch(parameter);
      found.push({ kind: success === undefined ? "field" : "criterion", name, value });
      url.searchParams.delete(parameter, value);
    }
    c.set("analysisFilters", found);
    if (found.length > 0) {
      const { method, headers } = c.req.raw;
      c.req.raw = new Request(url, { method, headers });
    }
    await next();
  };
}

function tooMuch(path: string): HttpProblem {
  return new HttpProblem(422, "invalid_request", "The request is not valid: see details.", {
    details: [
      fieldProblem(path, "must be {chars} characters at most, of {count} such parameters", {
        chars: MAX_CHARS,
        count: MAX_PARAMETERS,
      }),
    ],
  });
}
