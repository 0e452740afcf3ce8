import type { Database } from "./database.ts";
import { numberOf } from "./row.ts";

/**
 * The database's clock, read from time to time and continued by the monotonic clock in between, so that
 * times of several processes are comparable, however their own clocks are set.
 */
export interface SharedClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Reads the database's clock anew. */
  sync(): Promise<void>;
}

export interface SharedClockOptions {
  readonly monotonic?: () => number;
}

/** An answer that took longer is too inexact, unless it is the first. */
const MAX_ROUND_TRIP_MS = 2000;

/** Reads the database's clock once. */
export async function openSharedClock(
  database: Database,
  { monotonic = () => performance.now() }: SharedClockOptions = {},
): Promise<SharedClock> {
  let offset: number | undefined;
  await sync();

  async function sync(): Promise<void> {
    const askedAt = monotonic();
    const [row] = await database.query(`SELECT ${databaseTime(database)} AS now`);
    const answeredAt = monotonic();
    if (row === undefined) return;
    if (offset !== undefined && answeredAt - askedAt > MAX_ROUND_TRIP_MS) return;
    offset = numberOf(row, "now") - (askedAt + answeredAt) / 2;
  }

  return {
    now: () => Math.round((offset ?? 0) + monotonic()),
    sync,
  };
}

/** An expression for the present time of the database, in milliseconds since 1970. */
export function databaseTime({ kind }: Pick<Database, "kind">): string {
  return kind === "postgres"
    ? "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    : "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
}
