import type { CallAnalysis } from "../analyses/analysis.ts";
import { analysisOf } from "../analyses/analysisRows.ts";
import { type BatchItem, type BatchItemState, batchItemStates, itemOf } from "./batchRow.ts";
import { placeholders } from "../columns.ts";
import type { Database, Row } from "../database.ts";
import { choiceOf, maybeNumber, maybeText, numberOf, onlyRow, readable, textOf } from "../row.ts";
import { present } from "../../../utils/present.ts";

/** One call that was made of an item; times in milliseconds since 1970. */
export interface BatchCall {
  readonly callId: string;
  readonly queuedAt: number;
  readonly placedAt?: number;
  readonly endedAt?: number;
  readonly outcome?: string;
  readonly detail?: string;
  readonly durationMs?: number;
  readonly usd?: number;
}

/** An item with its calls, the first one first, and what was found out in the latest. */
export interface BatchResult {
  readonly item: BatchItem;
  readonly calls: readonly BatchCall[];
  readonly analysis?: CallAnalysis;
}

/** How the items of a batch have ended, and what its calls took. */
export interface BatchFigures {
  readonly outcomes: readonly {
    readonly state: BatchItemState;
    readonly detail: string;
    readonly items: number;
  }[];
  readonly calls: number;
  readonly connectedMs: number;
  readonly usd: number;
  /** Calls that are over and whose cost is not known. */
  readonly unpriced: number;
  /** Items that came to their end within the last ten minutes. */
  readonly endedLately: number;
  /** When the first of those calls was queued. */
  readonly latelySince?: number;
}

/** The latest calls of an agent that were answered. */
export interface UsualCall {
  readonly calls: number;
  readonly meanMs: number;
  readonly usdPerMinute?: number;
}

/** Over which the rate is taken. */
export const RATE_MS = 10 * 60_000;

/** What came of batches. */
export function createBatchResults({ query, longQuery }: Database) {
  return {
    async results(
      id: string,
      { limit, after = -1 }: { readonly limit: number; readonly after?: number },
    ): Promise<readonly BatchResult[]> {
      const rows = await longQuery(
        "SELECT * FROM batch_items WHERE batch_id = $1 AND item > $2 ORDER BY item LIMIT $3",
        [id, after, limit],
      );
      const items = readable(rows, itemOf);
      const [first, last] = [items[0], items.at(-1)];
      if (first === undefined || last === undefined) return [];
      const calls = await longQuery(
        `SELECT * FROM batch_calls WHERE batch_id = $1 AND item BETWEEN $2 AND $3
          ORDER BY item, attempt`,
        [id, first.item, last.item],
      );
      const analyses = await analysesOf(items.flatMap(({ callId }) => callId ?? []));
      const callsOf = Map.groupBy(calls, (call) => numberOf(call, "item"));
      return items.map((item) => ({
        item,
        calls: (callsOf.get(item.item) ?? []).map(callOf),
        ...present({ analysis: analyses.get(item.callId ?? "") }),
      }));
    },
    /** How long the latest answered calls of an agent lasted, and what they cost, as far as that is known. */
    async usualCall(agent: string): Promise<UsualCall> {
      const row = onlyRow(
        await longQuery(
          `SELECT COUNT(*) AS calls, CAST(SUM(duration_ms) AS BIGINT) AS ms, SUM(cost_usd) AS usd,
            CAST(SUM(CASE WHEN cost_usd IS NULL THEN 0 ELSE duration_ms END) AS BIGINT) AS priced_ms
            FROM (SELECT duration_ms, cost_usd FROM calls WHERE direction = 'outbound'
              AND agent = $1 AND answered_at IS NOT NULL AND duration_ms > 0
              ORDER BY started_at DESC LIMIT 100) AS latest`,
          [agent],
        ),
      );
      const [calls, pricedMs] = [numberOf(row, "calls"), maybeNumber(row, "priced_ms") ?? 0];
      const [ms, usd] = [maybeNumber(row, "ms") ?? 0, maybeNumber(row, "usd") ?? 0];
      return {
        calls,
        meanMs: calls === 0 ? 0 : ms / calls,
        ...(pricedMs > 0 && { usdPerMinute: usd / (pricedMs / 60_000) }),
      };
    },
    async figures(id: string, now: number): Promise<BatchFigures> {
      const outcomes = await query(
        `SELECT state, COALESCE(detail, '') AS detail, COUNT(*) AS items FROM batch_items
          WHERE batch_id = $1 AND state NOT IN ('pending', 'placing', 'placed')
          GROUP BY state, COALESCE(detail, '') ORDER BY 3 DESC, 1, 2`,
        [id],
      );
      const sums = onlyRow(
        await query(
          `SELECT COUNT(placed_at) AS calls, CAST(SUM(duration_ms) AS BIGINT) AS connected_ms, SUM(usd) AS usd,
            SUM(CASE WHEN duration_ms > 0 AND usd IS NULL THEN 1 ELSE 0 END) AS unpriced,
            SUM(CASE WHEN ended_at > $2 AND placed_at IS NOT NULL THEN 1 ELSE 0 END) AS lately,
            MIN(CASE WHEN ended_at > $2 THEN queued_at END) AS lately_since
            FROM batch_calls WHERE batch_id = $1`,
          [id, Math.round(now - RATE_MS)],
        ),
      );
      return {
        outcomes: outcomes.map((row) => ({
          state: choiceOf(row, "state", batchItemStates),
          detail: textOf(row, "detail"),
          items: numberOf(row, "items"),
        })),
        calls: numberOf(sums, "calls"),
        connectedMs: maybeNumber(sums, "connected_ms") ?? 0,
        usd: maybeNumber(sums, "usd") ?? 0,
        unpriced: maybeNumber(sums, "unpriced") ?? 0,
        endedLately: maybeNumber(sums, "lately") ?? 0,
        ...present({ latelySince: maybeNumber(sums, "lately_since") }),
      };
    },
  };

  async function analysesOf(
    callIds: readonly string[],
  ): Promise<ReadonlyMap<string, CallAnalysis>> {
    if (callIds.length === 0) return new Map();
    const rows = await longQuery(
      `SELECT * FROM analyses WHERE call_id IN (${placeholders(callIds)})`,
      callIds,
    );
    return new Map(
      readable(rows, (row): [string, CallAnalysis] => [textOf(row, "call_id"), analysisOf(row)]),
    );
  }
}

function callOf(row: Row): BatchCall {
  return {
    callId: textOf(row, "call_id"),
    queuedAt: numberOf(row, "queued_at"),
    ...present({
      placedAt: maybeNumber(row, "placed_at"),
      endedAt: maybeNumber(row, "ended_at"),
      outcome: maybeText(row, "outcome"),
      detail: maybeText(row, "detail"),
      durationMs: maybeNumber(row, "duration_ms"),
      usd: maybeNumber(row, "usd"),
    }),
  };
}
