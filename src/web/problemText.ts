/// <reference lib="dom" />
import { RequestError } from "./apiClient.ts";
import { t } from "./text.ts";

/** What the server says of a request that it has refused, with what is wrong in which field. Throws any other error. */
export function problemText(error: unknown): string {
  if (!(error instanceof RequestError)) throw error;
  return [error.message, ...error.details.slice(0, 5).map(detailText)].join(" ");
}

/** What is wrong with one field, or one line of a table. */
export function detailText({ path, line, message }: RequestError["details"][number]): string {
  const place = line == null ? path : t("Line {line}", { line });
  const text = place === "" ? message : `${place}: ${message}`;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
