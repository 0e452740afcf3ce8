import type { Database, Row, SqlValue } from "../database.ts";
import { numberOf, onlyRow, readable, textOf } from "../row.ts";
import { BY_PARTIES } from "../words/byParties.ts";
import { type CallSnippet, findSnippet } from "../words/snippet.ts";
import { matchOf, wordsCondition } from "../words/wordConditions.ts";
import type { WordSearch } from "../words/wordSearch.ts";
import { type CallSearch, conditionsFor } from "./callList.ts";
import { behind, type CallSort, orderOf, type SortPosition, writeSortCursor } from "./callOrder.ts";
import type { CallRecord } from "./callRecord.ts";
import { callOf } from "./callRows.ts";
import { placeholders } from "../columns.ts";
import { WorkSlices } from "../../../utils/workSlices.ts";

/** Part of a list of calls. */
export interface CallPage {
  readonly calls: readonly CallRecord[];
  /** Where the words were said, by the ids of calls; present where words are looked for. */
  readonly snippets?: ReadonlyMap<string, CallSnippet>;
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}

export interface CallPageOptions {
  readonly limit: number;
  /** The newest first, unless it says otherwise. */
  readonly sort?: CallSort;
  /** Of the same order. */
  readonly after?: SortPosition;
}

/** From so many calls on, it is quicker to go through all in their order than to sort those that were found. */
const COMMON = 3000;

/** A page may have fewer calls than `limit` and not be the last: see `CallPage.next`. */
export async function listCalls(
  database: Database,
  search: CallSearch,
  { limit, sort = "newest", after }: CallPageOptions,
): Promise<CallPage> {
  const { words, ...filter } = search;
  const isLong = words !== undefined || filter.numberEnding !== undefined || sort !== "newest";
  const query = isLong ? database.longQuery : database.query;
  const conditions = conditionsFor(filter);
  const values = [...conditions.values];
  const bind = (value: SqlValue) => `$${values.push(value)}`;
  const parts = [conditions.sql];
  if (words !== undefined) {
    parts.push(wordsCondition(database.kind, words, bind, await areCommon(database, words)));
  }
  if (after !== undefined) parts.push(behind(after, bind));
  const { key, orderBy } = orderOf(sort);
  const rows = await query(
    `SELECT calls.*, ${key} AS sort_key FROM calls WHERE ${parts.join(" AND ")}
      ORDER BY ${orderBy} LIMIT ${bind(limit + 1)}`,
    values,
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  const calls = readable(page, callOf);
  const next = last && {
    next: writeSortCursor({ sort, value: numberOf(last, "sort_key"), id: textOf(last, "id") }),
  };
  if (words === undefined) return { calls, ...next };
  const snippets = await snippetsOf(database, calls.map(({ id }) => id), words);
  // Turns may have changed since they were indexed.
  return { calls: calls.filter(({ id }) => snippets.has(id)), snippets, ...next };
}

/** Postgres decides by its statistics. */
async function areCommon(database: Database, words: WordSearch): Promise<boolean> {
  if (database.kind !== "sqlite") return false;
  const found = await database.longQuery(
    `SELECT COUNT(*) AS calls FROM
      (SELECT 1 FROM call_words WHERE call_words MATCH $1 LIMIT ${COMMON})`,
    [matchOf(words)],
  );
  return numberOf(onlyRow(found), "calls") === COMMON;
}

async function snippetsOf(
  database: Database,
  callIds: readonly string[],
  words: WordSearch,
): Promise<ReadonlyMap<string, CallSnippet>> {
  if (callIds.length === 0) return new Map();
  const rows = await database.longQuery(
    `SELECT call_id, id, role, started_ms, text FROM turns
      WHERE call_id IN (${placeholders(callIds)}) AND ${BY_PARTIES}
      ORDER BY started_ms, position, id`,
    callIds,
  );
  const snippets = new Map<string, CallSnippet>();
  const slices = new WorkSlices();
  for (const [callId, turns] of Map.groupBy(rows, (row) => textOf(row, "call_id"))) {
    await slices.pause();
    const snippet = findSnippet(turns.map(saidTurnOf), words);
    if (snippet !== undefined) snippets.set(callId, snippet);
  }
  return snippets;
}

function saidTurnOf(row: Row) {
  return {
    id: textOf(row, "id"),
    role: textOf(row, "role") === "agent" ? "agent" as const : "caller" as const,
    startedMs: numberOf(row, "started_ms"),
    text: textOf(row, "text"),
  };
}
