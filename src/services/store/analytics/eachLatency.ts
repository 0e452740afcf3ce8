import type { Database } from "../database.ts";

/**
 * A row of `ms` for each turn of the calls of `source`, a table expression with `latencies_ms`, a
 * comma-separated list; with its columns `names` besides.
 */
export function eachLatency(
  { kind }: Pick<Database, "kind">,
  source: string,
  names: readonly string[] = [],
): string {
  const columns = names.map((name) => `${name}, `).join("");
  return kind === "postgres"
    ? `SELECT ${columns}CAST(unnest(string_to_array(latencies_ms, ',')) AS BIGINT) AS ms FROM ${source}`
    : `SELECT ${columns}each_ms.value AS ms
      FROM (SELECT ${columns}latencies_ms FROM ${source}) AS listed,
      json_each('[' || listed.latencies_ms || ']') AS each_ms`;
}
