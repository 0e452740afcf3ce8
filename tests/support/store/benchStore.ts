import { openStore, type Store } from "../../../src/services/store/store.ts";
import { startPostgres } from "./postgres.ts";

/** Where the store of a measurement is. */
export type BenchDatabase =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly url: string };

/** Runs a measurement on an empty store: a SQLite file, or Postgres with `--postgres`. Both are removed after it. */
export async function withBenchStore(
  run: (store: Store, database: BenchDatabase) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const postgres = Deno.args.includes("--postgres") ? await startPostgres() : undefined;
  const database = await postgres?.createDatabase();
  const place: BenchDatabase = database === undefined
    ? { kind: "sqlite", path: `${folder}/bench.db` }
    : { kind: "postgres", url: database.url };
  const store = await openStore(place, { now: Date.now });
  try {
    await run(store, place);
  } finally {
    await store.close();
    await database?.drop();
    postgres?.kill();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Milliseconds that some runs of `work` take, in their order. */
export async function timesOf(rounds: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b);
}

/** The median and the slowest but one, rounded to `digits`. */
export function medianAndSlow(
  times: readonly number[],
  digits: number,
): { readonly medianMs: number; readonly slowMs: number } {
  const rounded = (at: number) => Number((times.at(at) ?? NaN).toFixed(digits));
  return { medianMs: rounded(Math.floor(times.length / 2)), slowMs: rounded(-2) };
}
