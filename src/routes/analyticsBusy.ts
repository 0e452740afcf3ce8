import { AnalyticsBusy } from "../services/records.ts";
import { HttpProblem } from "./middleware/httpProblem.ts";

/** Rejects with a 503 `HttpProblem` where too many wait for analytics. */
export async function orBusy<Answer>(asked: Promise<Answer>): Promise<Answer> {
  return await asked.catch((error) => {
    throw error instanceof AnalyticsBusy ? busy() : error;
  });
}

function busy(): HttpProblem {
  return new HttpProblem(503, "analytics_busy", "Too many analytics requests are waiting.", {
    retryAfterSeconds: 5,
  });
}
