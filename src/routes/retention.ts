import { createRoute } from "@hono/zod-openapi";
import type { Analytics } from "../services/records.ts";
import type { HeardLine } from "../services/store.ts";
import { orBusy } from "./analyticsBusy.ts";
import { filterFor } from "./callFilters.ts";
import type { RequireScope } from "./middleware/access.ts";
import { retention, retentionQuery } from "./openapi/retentionSchemas.ts";
import { answer, apiRoutes, errorAnswers } from "./openapi/schemaParts.ts";

/** `GET /api/analytics/retention`: how far callers listen to agents, and what was spoken for nobody. */
export function retentionRoutes({ access, analytics }: {
  readonly access: RequireScope;
  readonly analytics: Pick<Analytics, "retention">;
}) {
  const routes = apiRoutes();
  routes.openapi({ ...listened, middleware: [access("calls:read")] }, async (c) => {
    const filter = filterFor(c.get("caller"), c.req.valid("query"));
    const { greetings, answers, unheard } = await orBusy(analytics.retention(filter));
    const sum = (of: "usd" | "words" | "unheardWords") =>
      unheard.reduce((total, each) => total + each[of], 0);
    const answered = {
      greetings: greetings.map((line) => ({ ...viewLine(line), version: line.version ?? null })),
      answers: answers.map(viewLine),
      unheard: {
        usd: Math.round(sum("usd") * 1e6) / 1e6,
        words: sum("words"),
        unheardWords: sum("unheardWords"),
        byAgent: unheard.map((each) => ({ ...each })),
      },
    };
    return c.json(answered, 200);
  });
  return routes;
}

function viewLine({ agent, calls, times, words, cutAfter, hungUpAfter }: HeardLine) {
  let left = times;
  const heard = cutAfter.map((cut) => left -= cut);
  return {
    ...{ agent, calls, times, words: [...words], heard },
    ...{ cutAfter: [...cutAfter], hungUpAfter: [...hungUpAfter], heardToEnd: left },
  };
}

const listened = createRoute({
  method: "get",
  path: "/api/analytics/retention",
  operationId: "getRetention",
  summary: "See how far callers listen",
  description:
    "How many callers heard each word of greetings and of standard answers, where they cut in or hung up, and what the speech has cost that nobody heard. Of the calls that began in the last 30 days where no `from` is given.",
  tags: ["Calls"],
  request: { query: retentionQuery },
  responses: { 200: answer("How far callers listened", retention), ...errorAnswers },
});
