import type { z } from "@hono/zod-openapi";
import type { AnalysisFilter, CallFilter } from "../services/store.ts";
import type { Caller } from "./middleware/access.ts";
import type { callListQuery } from "./openapi/callSchemas.ts";
import { HttpProblem, unknownCall } from "./middleware/httpProblem.ts";
import { present } from "../utils/present.ts";

/** Turns a query into a filter, narrowed to the calls that the API client may see. Throws a 403 `HttpProblem`. */
export function filterFor(
  caller: Caller,
  { status, direction, agent, version, from, to, key, passed }: Partial<
    z.infer<typeof callListQuery>
  >,
  analysis: readonly AnalysisFilter[] = [],
): CallFilter {
  return {
    ...(passed !== undefined && { passed: passed === "true" }),
    ...(analysis.length > 0 && { analysis }),
    ...present({ status, direction, agent, agentVersion: version, since: from, until: to }),
    ...keyFilter(caller, key),
  };
}

/** Whether the API client may see a call, or an event of it. */
export function isVisible(
  { isAdmin, keyName }: Caller,
  call: { readonly keyName?: string | undefined },
): boolean {
  return isAdmin || (keyName !== undefined && call.keyName === keyName);
}

/** Throws a 404 `HttpProblem` for a call that the API client may not see, as for one that does not exist. */
export function visibleTo<T extends { readonly keyName?: string }>(
  caller: Caller,
  call: T | undefined,
): T {
  if (call !== undefined && isVisible(caller, call)) return call;
  throw unknownCall();
}

/** A key sees its own calls; an admin those of the key it names, or all. */
function keyFilter(
  { isAdmin, keyName }: Caller,
  asked: string | undefined,
): { readonly keyName?: string } {
  if (isAdmin) return asked === undefined ? {} : { keyName: asked };
  if (keyName === undefined || (asked !== undefined && asked !== keyName)) {
    throw new HttpProblem(
      403,
      "scope_missing",
      "This API key may see its own calls only: it lacks the scope admin.",
    );
  }
  return { keyName };
}
