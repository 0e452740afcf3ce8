/// <reference lib="dom" />
import { RequestError } from "./apiClient.ts";

/** What the server says of a request that it has refused, with what is wrong in which field. Throws any other error. */
export function problemText(error: unknown): string {
  if (!(error instanceof RequestError)) throw error;
  const details = error.details.slice(0, 5)
    .map(({ path, message }) => path === "" ? message : `${path}: ${message}`);
  return [error.message, ...details].join(" ");
}
