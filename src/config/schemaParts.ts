import { z } from "zod";
import { isLoopback } from "../utils/http/loopback.ts";

/** A name within an agent's file, such as that of a tool as the model calls it. */
export const entryName = z.string().regex(
  /^[a-z][a-z0-9_]{0,63}$/,
  "must be lower-case letters, digits and _, beginning with a letter",
);

/** A phone number. YAML reads one without quotes as a sum of digits. */
export const e164 = z.string('must be in quotes, such as "+14155550123"').regex(
  /^\+[1-9]\d{6,14}$/,
  'must be in E.164 form, such as "+14155550123"',
);

/** The address of a service, which may get secrets. */
export const serviceUrl = z.string().max(2000).refine(
  isSafeUrl,
  "must be an https URL (http only on this machine)",
);

function isSafeUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
}
