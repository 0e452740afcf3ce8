/// <reference lib="dom" />
import { RequestError } from "./apiClient.ts";

/** What the server says of a request that it has refused, with what is wrong in it. Throws any other error. */
export function problemText(error: unknown): string {
  if (!(error instanceof RequestError)) throw error;
  return [error.message, ...error.details.slice(0, 5).map(({ message }) => message)].join(" ");
}
