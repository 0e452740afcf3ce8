import type { HttpMethod } from "../twiml/twimlElement.ts";
import type { CallbackTarget } from "./callbacks.ts";

/** Reads where status callbacks go; `completed` is told where nothing is said. */
export function readCallbacks(
  form: URLSearchParams,
  prefix = "",
  otherwise: readonly string[] = ["completed"],
): CallbackTarget | undefined {
  const url = form.get(`${prefix}StatusCallback`);
  if (url === null || url === "") return undefined;
  const events = form.getAll(`${prefix}StatusCallbackEvent`)
    .flatMap((event) => event.split(/[\s,]+/)).filter(Boolean);
  return {
    url,
    method: readMethod(form, `${prefix}StatusCallbackMethod`),
    events: events.length === 0 ? otherwise : events,
  };
}

export function readMethod(
  form: URLSearchParams,
  name: string,
  otherwise: HttpMethod = "POST",
): HttpMethod {
  const value = form.get(name)?.toUpperCase();
  return value === "GET" || value === "POST" ? value : otherwise;
}

export function readNumber(form: URLSearchParams, name: string): number | undefined {
  const value = form.get(name) ?? "";
  return /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}

/** A flag as Twilio's clients write it; undefined where it is not given. */
export function readFlag(form: URLSearchParams, name: string): boolean | undefined {
  const value = form.get(name)?.toLowerCase();
  return value === undefined ? undefined : value === "true";
}
