import type { Database } from "./database.ts";
import { numberOf, onlyRow } from "./row.ts";

/** An answer that took longer is too inexact, unless it is the first. */
const MAX_ROUND_TRIP_MS = 2000;

/**
 * The database's clock, read from time to time and continued by the monotonic clock in between, so that
 * times of several processes are comparable, however their own clocks are set.
 */
export type SharedClock = Awaited<ReturnType<typeof openSharedClock>>;

/** Reads the database's clock once; `aheadMs` is added to whatever it says. */
export async function openSharedClock(database: Database, aheadMs = 0) {
  let offset: number | undefined;
  await sync();

  async function sync(): Promise<void> {
    const sentAt = performance.now();
    const answer = await database.query(`SELECT ${databaseTime(database)} AS now`);
    const receivedAt = performance.now();
    if (offset !== undefined && receivedAt - sentAt > MAX_ROUND_TRIP_MS) return;
    offset = numberOf(onlyRow(answer), "now") - (sentAt + receivedAt) / 2;
  }

  return {
    /** Milliseconds since 1970. */
    now: (): number => Math.round((offset ?? 0) + performance.now() + aheadMs),
    /** Reads the database's clock anew. */
    sync,
  };
}

/** An expression for the present time of the database, in milliseconds since 1970. */
export function databaseTime({ kind }: Pick<Database, "kind">): string {
  return kind === "postgres"
    ? "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    : "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
}
