import type { Database } from "./database.ts";
import { textOf } from "./row.ts";

/** Durable values that all processes share, such as secrets. Table `facts`. */
export interface KeyValues {
  get(name: string): Promise<string | undefined>;
  set(name: string, value: string): Promise<void>;
  /** Resolves with the stored value; stores the one given where there is none. */
  getOrSet(name: string, value: string): Promise<string>;
}

export function createKeyValues({ query }: Database): KeyValues {
  async function get(name: string): Promise<string | undefined> {
    const [row] = await query("SELECT value FROM facts WHERE name = $1", [name]);
    return row && textOf(row, "value");
  }
  return {
    get,
    async set(name, value) {
      await query(
        `INSERT INTO facts (name, value) VALUES ($1, $2)
          ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
        [name, value],
      );
    },
    async getOrSet(name, value) {
      await query(
        "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        [name, value],
      );
      return await get(name) ?? value;
    },
  };
}
