import { Client } from "../../../src/services/store/postgres/client.ts";
import { shown } from "../load/measure.ts";

/** CPU milliseconds of the processes of a Postgres on this machine, from Linux' own books. */
export interface PostgresCpu extends AsyncDisposable {
  /** Starts to measure; the function that this gives tells what has been used since then. */
  measure(): Promise<() => Promise<number>>;
}

export async function watchPostgresCpu(url: string): Promise<PostgresCpu> {
  const client = new Client({ connectionString: url });
  await client.connect();

  async function used(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await client.query("SELECT pid FROM pg_stat_activity");
    return new Map(rows.map(({ pid }) => {
      const [nanoseconds] = shown("cat", `/proc/${pid}/schedstat`).split(" ");
      return [String(pid), Number(nanoseconds) / 1e6];
    }));
  }

  return {
    async measure() {
      const before = await used();
      return async () => {
        const after = [...await used()];
        return after.reduce((sum, [pid, ms]) => sum + ms - (before.get(pid) ?? ms), 0);
      };
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}
