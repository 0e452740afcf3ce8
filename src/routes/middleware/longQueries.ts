import { HttpProblem } from "./httpProblem.ts";

/**
 * Lets so many queries that read much run at a time, as a key may ask for more than the database can answer. Throws a
 * 503 `HttpProblem` beyond them.
 */
export function createLongQueries(
  most = 4,
): <Answer>(query: () => Promise<Answer>) => Promise<Answer> {
  let running = 0;
  return async function run(query) {
    if (running >= most) {
      throw new HttpProblem(
        503,
        "queries_busy",
        "Others ask for the same: try again in a moment.",
        {
          retryAfterSeconds: 2,
        },
      );
    }
    running++;
    try {
      return await query();
    } finally {
      running--;
    }
  };
}
