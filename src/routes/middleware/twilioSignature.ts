import type { Context, MiddlewareHandler } from "@hono/hono";
import { readForm } from "../../utils/bodyReader.ts";
import { validateTwilioForm, validateTwilioSocket } from "../../utils/twilioValidate.ts";
import { HttpProblem, invalidHost } from "./httpProblem.ts";

/** What Twilio signs with, and the origin of the URLs it was given. */
interface TwilioSigning {
  readonly authToken: string;
  readonly publicUrl: string;
}

/** The environment of routes behind `signedForm`. */
export interface SignedFormEnv {
  Variables: { form: URLSearchParams };
}

/** Refuses requests that are not forms signed by Twilio, and sets `form` for the route. */
export function signedForm({ authToken, publicUrl }: TwilioSigning): MiddlewareHandler<
  SignedFormEnv
> {
  return async function signedForm(c, next) {
    if (c.req.method !== "POST") throw new HttpProblem(405, "method_not_allowed", "Use POST.");
    const { value: params } = await readForm(c.req.raw, { maxBytes: 64 * 1024, maxFields: 200 });
    const signature = c.req.header("x-twilio-signature");
    const request = { authToken, signature, publicUrl, pathAndQuery: pathAndQuery(c), params };
    if (!validateTwilioForm(request)) throw invalidSignature();
    c.set("form", params);
    await next();
  };
}

/** Throws a 403 `HttpProblem` unless Twilio signed the WebSocket handshake. */
export function requireSignedSocket(c: Context, { authToken, publicUrl }: TwilioSigning): void {
  const signature = c.req.header("x-twilio-signature");
  const request = { authToken, signature, publicUrl, pathAndQuery: pathAndQuery(c) };
  if (!validateTwilioSocket(request)) throw invalidSignature();
}

/** As they stand on the request line, which is what Twilio signs. */
export function pathAndQuery(c: Context): string {
  const url = URL.parse(c.req.url);
  if (url === null) throw invalidHost();
  return url.pathname + url.search;
}

function invalidSignature(): HttpProblem {
  return new HttpProblem(
    403,
    "invalid_signature",
    "The request is not signed by Twilio for PUBLIC_URL.",
  );
}
