import { createRoute, z } from "@hono/zod-openapi";
import type { BatchResult } from "../services/store.ts";
import { readDetails } from "../services/outbound.ts";
import { csvLine } from "../utils/csv/csvLine.ts";
import { WorkSlices } from "../utils/workSlices.ts";
import { maybeIso } from "./batchViews.ts";
import { requireKeys } from "./middleware/access.ts";
import { phoneNotConfigured, required } from "./middleware/httpProblem.ts";
import { batchResults, resultsQuery } from "./openapi/batchResultSchemas.ts";
import { batchIdParam } from "./openapi/batchSchemas.ts";
import { answer, apiRoutes, errorAnswers } from "./openapi/schemaParts.ts";
import type { OutboundRoutesDeps } from "./outbound.ts";
import { unknownBatch } from "./outboundBatches.ts";
import type { TableStreams } from "./tableStreams.ts";

type ResultView = z.infer<typeof batchResults>["results"][number];

/** What came of batches, as JSON and as a table. */
export function batchResultsRoutes(
  { access, hasKeys, outbound, sendTable }: OutboundRoutesDeps & {
    readonly sendTable: TableStreams;
  },
) {
  const routes = apiRoutes();
  const reading = { middleware: [requireKeys(hasKeys), access("calls:read")] };
  const batchesOf = () => required(outbound, phoneNotConfigured).batches;

  routes.openapi({ ...results, ...reading }, async (c) => {
    const { id } = c.req.valid("param");
    const { limit, after } = c.req.valid("query");
    required(await batchesOf().find(id, c.get("caller")), unknownBatch);
    const page = await batchesOf().results(id, { limit, after: after - 1 });
    const next = page.length < limit ? null : (page.at(-1)?.item.item ?? 0) + 1;
    return c.json({ results: page.map(viewResult), next }, 200);
  });

  routes.openapi({
    ...table,
    middleware: [requireKeys(hasKeys), access("calls:read", "batch.export")],
  }, async (c) => {
    const { id } = c.req.valid("param");
    const batches = batchesOf();
    required(await batches.find(id, c.get("caller")), unknownBatch);
    const pageAfter = (after: number) => batches.results(id, { limit: PAGE, after });
    return sendTable(c, `${id}.csv`, () => linesOf(pageAfter));
  });

  return routes;
}

/** Items that are read at a time. */
const PAGE = 100;

const CHUNK_CHARS = 32_000;

const HEADINGS = [
  ...[
    "index",
    "line",
    "id",
    "to",
    "state",
    "detail",
    "error",
    "outcome",
    "attempts",
    "first_call_at",
  ],
  ...["last_call_at", "ended_at", "duration_seconds", "usd", "passed", "summary", "call_ids"],
];

/** First all names of variables and fields are gathered, so that the table has its columns. */
async function* linesOf(
  pageAfter: (after: number) => Promise<readonly BatchResult[]>,
): AsyncGenerator<string> {
  const variables = new Set<string>();
  const fields = new Set<string>();
  const slices = new WorkSlices();
  for await (const result of all(pageAfter)) {
    await slices.pause();
    const view = viewResult(result);
    for (const name of Object.keys(view.variables)) variables.add(name);
    for (const name of Object.keys(view.fields)) fields.add(name);
  }
  // Spreadsheets take a table for UTF-8 by its mark.
  let chunk = `\ufeff${
    csvLine([
      ...HEADINGS,
      ...[...variables].map((name) => `variable_${name}`),
      ...[...fields].map((name) => `field_${name}`),
    ])
  }`;
  for await (const result of all(pageAfter)) {
    await slices.pause();
    const view = viewResult(result);
    chunk += csvLine([
      ...[view.index, view.line, view.id, view.to, view.state, view.detail, view.error],
      ...[view.outcome, view.attempts],
      ...[view.firstCallAt, view.lastCallAt, view.endedAt, view.durationSeconds, view.usd],
      ...[view.passed, view.summary, view.callIds.join(" ")],
      ...[...variables].map((name) => view.variables[name]),
      ...[...fields].map((name) => view.fields[name]),
    ]);
    if (chunk.length < CHUNK_CHARS) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

async function* all(
  pageAfter: (after: number) => Promise<readonly BatchResult[]>,
): AsyncGenerator<BatchResult> {
  for (let after = -1;;) {
    const page = await pageAfter(after);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.item.item;
  }
}

const variablesShape = z.record(z.string(), z.string());

function viewResult({ item, calls, analysis }: BatchResult): ResultView {
  const { result } = analysis ?? {};
  const [first, last] = [calls[0], calls.at(-1)];
  const timed = calls.filter(({ durationMs }) => durationMs !== undefined);
  const priced = calls.filter(({ usd }) => usd !== undefined);
  const { line, refused } = readDetails(item);
  return {
    index: item.item,
    line: line ?? null,
    id: item.reference ?? null,
    to: item.number,
    state: item.state,
    detail: item.detail ?? null,
    error: refused?.sentence ?? null,
    dueAt: item.state === "pending" ? maybeIso(item.dueAt) : null,
    outcome: last?.outcome ?? null,
    attempts: calls.filter(wasDialled).length,
    firstCallAt: maybeIso(first?.placedAt ?? first?.queuedAt),
    lastCallAt: maybeIso(last?.placedAt ?? last?.queuedAt),
    endedAt: maybeIso(last?.endedAt),
    durationSeconds: timed.length === 0
      ? null
      : Math.round(timed.reduce((sum, { durationMs = 0 }) => sum + durationMs, 0) / 100) / 10,
    usd: priced.length === 0
      ? null
      : Math.round(priced.reduce((sum, { usd = 0 }) => sum + usd, 0) * 1e6) / 1e6,
    callIds: calls.map(({ callId }) => callId),
    variables: variablesShape.safeParse(item.variables).data ?? {},
    fields: Object.fromEntries(
      Object.entries(result?.fields ?? {}).map(([name, { value }]) => [name, value]),
    ),
    summary: result?.summary ?? null,
    passed: result?.passed ?? null,
  };
}

/** Also where its process died before it could note that it had been placed. */
function wasDialled({ placedAt, outcome }: BatchResult["calls"][number]): boolean {
  if (placedAt !== undefined) return true;
  return outcome !== undefined && outcome !== "cancelled" && outcome !== "failed";
}

const tags = ["Calling out"];

const results = createRoute({
  method: "get",
  path: "/api/outbound/batches/{id}/results",
  operationId: "getBatchResults",
  summary: "Get what came of each call of a batch",
  tags,
  request: { params: batchIdParam, query: resultsQuery },
  responses: { 200: answer("A page of results", batchResults), ...errorAnswers },
});

const table = createRoute({
  method: "get",
  path: "/api/outbound/batches/{id}/results.csv",
  operationId: "getBatchResultsTable",
  summary: "Get what came of each call of a batch, as CSV",
  description:
    "With the variables of each call and the fields of its analysis. Texts that a spreadsheet would take for formulas begin with an apostrophe.",
  tags,
  request: { params: batchIdParam },
  responses: {
    200: {
      description: "The table",
      content: { "text/csv": { schema: z.string() } },
    },
    ...errorAnswers,
  },
});
