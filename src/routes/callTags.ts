import { createRoute, z } from "@hono/zod-openapi";
import type { CallLookup } from "../services/calls.ts";
import { type CallTags, MAX_TAGS_OF_CALL } from "../services/store.ts";
import { keyFilter, visibleTo } from "./callFilters.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { createLongQueries } from "./middleware/longQueries.ts";
import { callTag } from "./openapi/callSearchSchemas.ts";
import { answer, apiRoutes, callIdParam, errorAnswers } from "./openapi/schemaParts.ts";

/** Tags that are listed. */
const MAX_LISTED = 200;

/** `/api/calls/{id}/tags` and `/api/tags`: what operators file calls under. */
export function callTagsRoutes({ access, lookup, callTags }: {
  readonly access: RequireScope;
  readonly lookup: Pick<CallLookup, "record">;
  readonly callTags: CallTags;
}) {
  const routes = apiRoutes();
  const long = createLongQueries();

  routes.openapi({ ...known, middleware: [access("calls:read")] }, async (c) => {
    const { keyName } = keyFilter(c.get("caller"), undefined);
    const found = await long(() => callTags.known(keyName, MAX_LISTED));
    return c.json({ tags: [...found] }, 200);
  });

  routes.openapi({ ...put, middleware: [access("calls:create", "call.tag")] }, async (c) => {
    const { id, tag } = c.req.valid("param");
    visibleTo(c.get("caller"), await lookup.record(id));
    const added = await callTags.add(id, tag);
    if (added === "full") {
      throw new HttpProblem(
        409,
        "too_many_tags",
        "A call has {most} tags at most: remove one first.",
        { values: { most: MAX_TAGS_OF_CALL } },
      );
    }
    return c.json({ tags: [...added] }, 200);
  });

  routes.openapi({ ...remove, middleware: [access("calls:create", "call.untag")] }, async (c) => {
    const { id, tag } = c.req.valid("param");
    visibleTo(c.get("caller"), await lookup.record(id));
    return c.json({ tags: [...await callTags.remove(id, tag)] }, 200);
  });

  return routes;
}

const tagParams = callIdParam.extend({ tag: callTag });

const callTagsAnswer = z.object({
  tags: z.array(z.string()).openapi({ description: "All tags of the call, in their order" }),
}).openapi("CallTags");

const tags = ["Calls"];

const known = createRoute({
  method: "get",
  path: "/api/tags",
  operationId: "listTags",
  summary: "List the tags of calls",
  description: `Those of most calls first, ${MAX_LISTED} at most.`,
  tags,
  responses: {
    200: answer(
      "The tags",
      z.object({
        tags: z.array(z.object({ tag: z.string(), calls: z.number() })),
      }).openapi("KnownTags"),
    ),
    ...errorAnswers,
  },
});

const put = createRoute({
  method: "put",
  path: "/api/calls/{id}/tags/{tag}",
  operationId: "addTag",
  summary: "Add a tag to a call",
  description:
    `For an admin, or the key of the call. Tags are kept in lower case, ${MAX_TAGS_OF_CALL} of a call at most (409 \`too_many_tags\`), and are erased with it.`,
  tags,
  request: { params: tagParams },
  responses: { 200: answer("The call's tags", callTagsAnswer), ...errorAnswers },
});

const remove = createRoute({
  method: "delete",
  path: "/api/calls/{id}/tags/{tag}",
  operationId: "removeTag",
  summary: "Remove a tag from a call",
  description: "For an admin, or the key of the call. A tag that it does not have is no error.",
  tags,
  request: { params: tagParams },
  responses: { 200: answer("The call's tags", callTagsAnswer), ...errorAnswers },
});
