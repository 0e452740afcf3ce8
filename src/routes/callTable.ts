import { createRoute, z } from "@hono/zod-openapi";
import { viewCall } from "../services/records.ts";
import type {
  CallAnalysis,
  CallRecord,
  CallSearch,
  CallSnippet,
  CallSort,
  CallStore,
  CallTable,
} from "../services/store.ts";
import { readSortCursor } from "../services/store.ts";
import { csvLine } from "../utils/csv/csvLine.ts";
import { present } from "../utils/present.ts";
import { WorkSlices } from "../utils/workSlices.ts";
import { filterFor } from "./callFilters.ts";
import { searchChecks } from "./callSearch.ts";
import type { RequireScope } from "./middleware/access.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";
import { callTableQuery } from "./openapi/callSearchSchemas.ts";
import { apiRoutes, errorAnswers } from "./openapi/schemaParts.ts";
import type { TableStreams } from "./tableStreams.ts";

/** What a spreadsheet can still be worked with. */
const MAX_ROWS = 100_000;
const PAGE = 500;
/** Pages that are read at once; where there are so many, no other table is begun. */
const MAX_READING = 4;

export interface CallTableDeps {
  readonly access: RequireScope;
  readonly callStore: Pick<CallStore, "list">;
  readonly callTable: CallTable;
  readonly sendTable: TableStreams;
}

/** `GET /api/calls.csv`: the calls that the same query of `/api/calls` finds, as a table. */
export function callTableRoutes({ access, callStore, callTable, sendTable }: CallTableDeps) {
  const routes = apiRoutes();
  // Not the tables: one that is read slowly asks little of the store.
  let reading = 0;
  const counted: Pick<CallStore, "list"> = {
    list(search, options) {
      reading++;
      return callStore.list(search, options).finally(() => reading--);
    },
  };

  routes.openapi({ ...table, middleware: searchChecks(access, "calls.export") }, (c) => {
    const { sort, ...asked } = c.req.valid("query");
    const search = filterFor(c.get("caller"), asked, c.get("analysisFilters"));
    if (reading >= MAX_READING) {
      throw new HttpProblem(503, "export_busy", "Other tables of calls are being written.", {
        retryAfterSeconds: 10,
      });
    }
    const lines = () => linesOf({ callStore: counted, callTable }, search, sort);
    return sendTable(c, "calls.csv", lines);
  });

  return routes;
}

const HEADINGS = [
  ...["id", "started_at", "direction", "agent", "status", "key", "from", "to", "answered_at"],
  ...["ended_at", "duration_seconds", "connected_seconds", "end_reason", "end_detail", "outcome"],
  ...["answered_by", "usd", "latency_p50_ms", "latency_p95_ms", "passed", "tags"],
];
const FOUND_HEADINGS = ["found_who", "found_at_seconds", "found_text"];

async function* linesOf(
  { callStore, callTable }: Pick<CallTableDeps, "callStore" | "callTable">,
  search: CallSearch,
  sort: CallSort,
): AsyncGenerator<string> {
  const slices = new WorkSlices();
  const { words, ...filter } = search;
  const { fields, criteria } = await callTable.names(filter);
  // Spreadsheets take a table for UTF-8 by its mark.
  yield `\ufeff${
    csvLine([
      ...[...HEADINGS, ...(words === undefined ? [] : FOUND_HEADINGS), "summary"],
      ...fields.map((name) => `field_${name}`),
      ...criteria.map((name) => `success_${name}`),
    ])
  }`;
  let after: ReturnType<typeof readSortCursor>;
  for (let rows = 0; rows < MAX_ROWS; rows += PAGE) {
    const page = await callStore.list(search, { limit: PAGE, sort, ...present({ after }) });
    const analyses = await callTable.analyses(page.calls.map(({ id }) => id));
    let chunk = "";
    for (const call of page.calls) {
      await slices.pause();
      const { result } = analyses.get(call.id) ?? {};
      chunk += csvLine([
        ...cellsOf(call),
        ...(words === undefined ? [] : foundCells(page.snippets?.get(call.id))),
        ...analysisCells(result, { fields, criteria }),
      ]);
    }
    if (chunk !== "") yield chunk;
    after = page.next === undefined ? undefined : readSortCursor(page.next, sort);
    if (after === undefined) return;
  }
}

function cellsOf(record: CallRecord) {
  const call = viewCall(record);
  return [
    ...[call.id, call.startedAt, call.direction, call.agent, call.status, call.key, call.from],
    ...[call.to, call.answeredAt, call.endedAt, seconds(call.durationMs)],
    ...[seconds(call.connectedMs), call.end?.reason, call.end?.detail, call.outcome],
    ...[call.answeredBy, call.cost?.usd, call.latency?.p50Ms, call.latency?.p95Ms, call.passed],
    call.tags.join(", "),
  ];
}

function foundCells(snippet: CallSnippet | undefined) {
  return [snippet?.role, seconds(snippet?.atMs), snippet?.text];
}

function analysisCells(
  result: CallAnalysis["result"],
  { fields, criteria }: {
    readonly fields: readonly string[];
    readonly criteria: readonly string[];
  },
) {
  const own = <T>(record: Readonly<Record<string, T>> | undefined, name: string) =>
    record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
  return [
    result?.summary,
    ...fields.map((name) => own(result?.fields, name)?.value),
    ...criteria.map((name) => own(result?.success, name)?.result),
  ];
}

function seconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms / 100) / 10;
}

const table = createRoute({
  method: "get",
  path: "/api/calls.csv",
  operationId: "getCallTable",
  summary: "Get the calls that are found, as CSV",
  description:
    `The parameters are those of the list; ${MAX_ROWS} rows at most. With the fields and criteria of the analyses as columns. Texts that a spreadsheet would take for formulas begin with an apostrophe. Where others are being written: 503 \`export_busy\`, or 429 \`too_many_streams\` of the fourth one of a key. Breaks off where its reader takes nothing for a minute, or is not done in half an hour.`,
  tags: ["Calls"],
  request: { query: callTableQuery },
  responses: {
    200: { description: "The table", content: { "text/csv": { schema: z.string() } } },
    ...errorAnswers,
  },
});
