import type { Database } from "./database.ts";
import { textOf } from "./row.ts";

export type KeyValues = ReturnType<typeof createKeyValues>;

/** Durable values that all processes share, such as secrets. Table `facts`. */
export function createKeyValues({ query }: Database) {
  async function get(name: string): Promise<string | undefined> {
    const [row] = await query("SELECT value FROM facts WHERE name = $1", [name]);
    return row && textOf(row, "value");
  }
  return {
    get,
    async set(name: string, value: string): Promise<void> {
      await query(
        `INSERT INTO facts (name, value) VALUES ($1, $2)
          ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        [name, value],
      );
    },
    /** Resolves with the stored value; stores the one given where there is none. */
    async getOrSet(name: string, value: string): Promise<string> {
      await query(
        "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        [name, value],
      );
      return await get(name) ?? value;
    },
  };
}
