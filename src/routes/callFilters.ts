import type { z } from "@hono/zod-openapi";
import type { AnalysisFilter, CallFilter, CallSearch } from "../services/store.ts";
import type { Caller } from "./middleware/access.ts";
import type { callListQuery } from "./openapi/callSearchSchemas.ts";
import { invalidRequest } from "./openapi/schemaParts.ts";
import { HttpProblem, unknownCall } from "./middleware/httpProblem.ts";
import { present } from "../utils/present.ts";

/** Turns a query into a filter, narrowed to the calls that the API client may see. Throws an `HttpProblem`. */
export function filterFor(
  caller: Caller,
  asked: Partial<z.infer<typeof callListQuery>>,
  analysis: readonly AnalysisFilter[] = [],
): CallSearch {
  const { status, direction, agent, version, from, to, key, passed, outcome, endReason } = asked;
  const { tag, minDurationMs, maxDurationMs, minCostUsd, maxCostUsd } = asked;
  return {
    ...(passed !== undefined && { passed: passed === "true" }),
    ...(analysis.length > 0 && { analysis }),
    ...present({ status, direction, agent, agentVersion: version, since: from, until: to }),
    ...present({ tag, outcome, endReason, minDurationMs, maxDurationMs, minCostUsd, maxCostUsd }),
    ...numberFilter(asked),
    ...wordsFilter(asked),
    ...keyFilter(caller, key),
  };
}

function numberFilter(
  { number }: Pick<Partial<z.infer<typeof callListQuery>>, "number">,
): Pick<CallFilter, "number" | "numberEnding"> {
  if (number === undefined) return {};
  return "number" in number ? { number: number.number } : { numberEnding: number.ending };
}

function wordsFilter(
  { words, saidBy }: Pick<Partial<z.infer<typeof callListQuery>>, "words" | "saidBy">,
): Pick<CallSearch, "words"> {
  if (words !== undefined) return { words: { terms: words, ...present({ saidBy }) } };
  if (saidBy === undefined) return {};
  throw invalidRequest([{ path: ["saidBy"], message: "goes with words" }]);
}

/** Whether the API client may see a call, or an event of it. */
export function isVisible(
  { seesAll, keyName }: Caller,
  call: { readonly keyName?: string | undefined },
): boolean {
  return seesAll || (keyName !== undefined && call.keyName === keyName);
}

/** Throws a 404 `HttpProblem` for a call that the API client may not see, as for one that does not exist. */
export function visibleTo<T extends { readonly keyName?: string }>(
  caller: Caller,
  call: T | undefined,
): T {
  if (call !== undefined && isVisible(caller, call)) return call;
  throw unknownCall();
}

/** A key sees its own calls; one with `calls:all` those of the key it names, or all. Throws a 403 `HttpProblem`. */
export function keyFilter(
  { seesAll, keyName }: Caller,
  asked: string | undefined,
): { readonly keyName?: string } {
  if (seesAll) return asked === undefined ? {} : { keyName: asked };
  if (keyName === undefined || (asked !== undefined && asked !== keyName)) {
    throw new HttpProblem(
      403,
      "scope_missing",
      "This API key may see its own calls only: it lacks the scope calls:all.",
    );
  }
  return { keyName };
}
