import { jsonOrUndefined } from "./jsonOrUndefined.ts";

/** What a text says as JSON; the text itself where it is none. */
export function jsonOrText(text: string): unknown {
  const value = jsonOrUndefined(text);
  return value === undefined ? text : value;
}
