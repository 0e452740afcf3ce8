import type { z } from "@hono/zod-openapi";
import { type CallFilter } from "../services/store.ts";
import type { Caller } from "./middleware/access.ts";
import type { callListQuery } from "./openapi/callSchemas.ts";
import { HttpProblem } from "./middleware/errors.ts";
import { present } from "../utils/present.ts";

/** What a query asks for, narrowed to the calls that its caller may see. */
export function filterFor(
  caller: Caller,
  { status, direction, agent, from, to, key }: Partial<z.infer<typeof callListQuery>>,
): CallFilter {
  return {
    ...present({ status, direction, agent, since: from, until: to }),
    ...keyFilter(caller, key),
  };
}

/** Its own calls, or for an admin those of the key it names, or all. */
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
